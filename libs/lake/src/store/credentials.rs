//! Who we are to an S3 server: from a file that may be replaced while we run.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use object_store::{CredentialProvider, aws::AwsCredential};

/// Whoever rotates credentials lets the old ones live longer than this.
const READ_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Why a file tells nobody who we are. Never shows what is in it.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    #[error("the file cannot be read")]
    Unreadable(#[source] io::Error),
    #[error("the file has no `{0} = …` under [default]")]
    Missing(&'static str),
}

/// A file as the AWS tools write it, of which the profile `default` counts.
#[derive(Debug)]
pub(super) struct CredentialsFile {
    path: PathBuf,
    read: Mutex<Option<(Instant, Arc<AwsCredential>)>>,
}

impl CredentialsFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, read: Mutex::new(None) }
    }

    /// What the file says, at most a minute ago.
    pub(super) fn get(&self) -> Result<Arc<AwsCredential>, CredentialsError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, known)) = &*read
            && at.elapsed() < READ_AGAIN_AFTER
        {
            return Ok(Arc::clone(known));
        }
        let text = std::fs::read_to_string(&self.path).map_err(CredentialsError::Unreadable)?;
        let fresh = Arc::new(parse(&text)?);
        *read = Some((Instant::now(), Arc::clone(&fresh)));
        Ok(fresh)
    }
}

#[async_trait::async_trait]
impl CredentialProvider for CredentialsFile {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        self.get().map_err(|source| object_store::Error::Generic { store: "S3", source: Box::new(source) })
    }
}

fn parse(text: &str) -> Result<AwsCredential, CredentialsError> {
    let mut is_default = false;
    let (mut key_id, mut secret_key, mut token) = (None, None, None);
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            is_default = line == "[default]";
        } else if is_default && let Some((key, value)) = line.split_once('=') {
            let place = match key.trim() {
                "aws_access_key_id" => &mut key_id,
                "aws_secret_access_key" => &mut secret_key,
                "aws_session_token" => &mut token,
                _ => continue,
            };
            *place = Some(value.trim().to_owned());
        }
    }
    let needed = |value: Option<String>, key| {
        value.filter(|value| !value.is_empty()).ok_or(CredentialsError::Missing(key))
    };
    Ok(AwsCredential {
        key_id: needed(key_id, "aws_access_key_id")?,
        secret_key: needed(secret_key, "aws_secret_access_key")?,
        token: token.filter(|token| !token.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_profile_says_who_we_are() {
        let text = "# made by hand\n[other]\naws_access_key_id = no\n\n[default]\naws_access_key_id=id\n  \
                    aws_secret_access_key = a/b=c\nregion = eu\n[last]\naws_secret_access_key = no\n";
        let credential = parse(text).unwrap();
        let said = (credential.key_id.as_str(), credential.secret_key.as_str(), credential.token.as_deref());
        assert_eq!(said, ("id", "a/b=c", None));
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_else_is_told() {
        let said = |text: &str| parse(text).unwrap_err().to_string();
        assert_eq!(said("aws_access_key_id = id"), "the file has no `aws_access_key_id = …` under [default]");
        assert_eq!(
            said("[default]\naws_access_key_id = id\naws_secret_access_key ="),
            "the file has no `aws_secret_access_key = …` under [default]"
        );
        let missing = CredentialsFile::new(PathBuf::from("/nowhere/s3"));
        assert!(matches!(missing.get(), Err(CredentialsError::Unreadable(_))));
    }
}
