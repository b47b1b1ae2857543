//! How a mail leaves: over SMTP in production, as an `.eml` file in development.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp::authentication::Credentials,
};

use super::letter::Letter;
use crate::config::Config;

/// To reach the SMTP server.
const SMTP_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// For a whole mail, some ten short steps. Mails go one after the other, so one that hangs delays all; lettre itself
/// waits for a silent server forever.
const SMTP_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error("neither mail_dir nor smtp_url is configured")]
    NotConfigured,
    #[error("reading smtp_url")]
    SmtpUrl(#[source] lettre::transport::smtp::Error),
    #[error("reading the SMTP password from {path}")]
    PasswordFile { path: PathBuf, source: std::io::Error },
    #[error("mail_from or a recipient is no mail address")]
    Address(#[source] lettre::address::AddressError),
    #[error("building a mail")]
    Build(#[source] lettre::error::Error),
    #[error("writing {path}")]
    Write { path: PathBuf, source: std::io::Error },
    /// Without the server's own words: they often repeat the recipient, and logs hold no mail addresses.
    #[error("handing a mail to the SMTP server ({what}, code {code})")]
    Smtp { what: &'static str, code: String },
}

#[derive(Debug)]
pub struct Post {
    from: Mailbox,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Files(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Post {
    /// `mail_dir` wins, so that a development stack never writes to strangers.
    pub fn from_config(config: &Config) -> Result<Self, PostError> {
        let from = config.mail_from.parse().map_err(PostError::Address)?;
        let way = match (&config.mail_dir, &config.smtp_url) {
            (Some(dir), _) => {
                std::fs::create_dir_all(dir)
                    .map_err(|source| PostError::Write { path: dir.clone(), source })?;
                Way::Files(dir.clone())
            }
            (None, Some(url)) => Way::Smtp(smtp(url, config.smtp_password_file.as_deref())?),
            (None, None) => return Err(PostError::NotConfigured),
        };
        Ok(Self { from, way })
    }

    /// `Ok` = the mail server has it, or the file is there, complete.
    pub async fn send(&self, to: &str, letter: Letter) -> Result<(), PostError> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(to.parse().map_err(PostError::Address)?)
            .subject(letter.subject)
            .message_id(None)
            .multipart(MultiPart::alternative_plain_html(letter.text, letter.html))
            .map_err(PostError::Build)?;
        match &self.way {
            Way::Files(dir) => write(dir, &message).await,
            Way::Smtp(transport) => match tokio::time::timeout(SMTP_TIMEOUT, transport.send(message)).await {
                Ok(sent) => sent.map(|_| ()).map_err(|error| smtp_error(&error)),
                Err(_) => Err(PostError::Smtp { what: "no answer in time", code: "none".to_owned() }),
            },
        }
    }
}

fn smtp_error(error: &lettre::transport::smtp::Error) -> PostError {
    let what = match () {
        () if error.is_permanent() => "refused for good",
        () if error.is_transient() => "refused for now",
        () if error.is_timeout() => "no answer in time",
        () if error.is_tls() => "no TLS",
        () => "no connection",
    };
    PostError::Smtp { what, code: error.status().map_or_else(|| "none".to_owned(), |code| code.to_string()) }
}

fn smtp(url: &str, password_file: Option<&Path>) -> Result<AsyncSmtpTransport<Tokio1Executor>, PostError> {
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(PostError::SmtpUrl)?;
    let builder = builder.timeout(Some(SMTP_CONNECT_TIMEOUT));
    let Some(path) = password_file else { return Ok(builder.build()) };
    let password = std::fs::read_to_string(path)
        .map_err(|source| PostError::PasswordFile { path: path.to_owned(), source })?;
    let user = user_of(url).unwrap_or_default();
    Ok(builder.credentials(Credentials::new(user, password.trim_end().to_owned())).build())
}

/// `smtps://user@host` → `user`. An address as user name has its own @, hence the last one.
fn user_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (user, _) = rest.rsplit_once('@')?;
    Some(user.replace("%40", "@"))
}

/// Written beside and renamed: whoever watches the folder never reads half a mail. Names sort by time.
async fn write(dir: &Path, message: &Message) -> Result<(), PostError> {
    let name = uuid::Uuid::now_v7().simple().to_string();
    let (part, path) = (dir.join(format!(".{name}.part")), dir.join(format!("{name}.eml")));
    let written = async {
        // The folder may have been cleaned away meanwhile.
        tokio::fs::create_dir_all(dir).await?;
        tokio::fs::write(&part, message.formatted()).await?;
        tokio::fs::File::open(&part).await?.sync_all().await?;
        tokio::fs::rename(&part, &path).await
    };
    written.await.map_err(|source| PostError::Write { path: path.clone(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smtp_user_is_read_from_the_url() {
        assert_eq!(user_of("smtps://naru@mail.example.com:465").as_deref(), Some("naru"));
        assert_eq!(user_of("smtp://me%40example.com@mail.example.com").as_deref(), Some("me@example.com"));
        assert_eq!(user_of("smtp://mail.example.com"), None);
    }

    #[test]
    fn nowhere_to_send_is_said_at_start() {
        let refused = Post::from_config(&Config::default());
        assert!(matches!(refused, Err(PostError::NotConfigured)));
    }

    #[tokio::test]
    async fn a_mail_server_that_says_nothing_is_given_up_soon() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", silent.local_addr().unwrap());
        let post = Post::from_config(&Config { smtp_url: Some(url), ..Config::default() }).unwrap();
        let letter = Letter { subject: "s".into(), text: "t".into(), html: "h".into() };
        let sent = tokio::time::timeout(SMTP_TIMEOUT * 2, post.send("ann@example.com", letter)).await;
        assert!(matches!(sent, Ok(Err(PostError::Smtp { .. }))), "{sent:?}");
    }
}
