//! Reading the `.eml` files that console writes in development.

use std::{path::Path, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};

/// Waits for the mail number `count` to `to` and answers its plain text.
pub(crate) async fn mail_to(dir: &Path, to: &str, count: usize) -> String {
    naru_testkit::wait_until("the mail is there", Duration::from_secs(20), || async {
        mails_to(dir, to).len() >= count
    })
    .await;
    let mail = mails_to(dir, to).swap_remove(count - 1);
    plain_text(&mail)
}

/// Oldest first: names sort by time.
pub(crate) fn mails_to(dir: &Path, to: &str) -> Vec<String> {
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    paths.sort();
    let mails = paths.iter().map(|path| std::fs::read_to_string(path).unwrap());
    mails.filter(|mail| mail.contains(&format!("To: {to}"))).collect()
}

/// The token of the link in a verification mail.
pub(crate) fn token(text: &str) -> String {
    let rest = text.split("/verify?token=").nth(1).unwrap_or_else(|| panic!("no link in {text}"));
    rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect()
}

fn plain_text(mail: &str) -> String {
    let mail = mail.replace("\r\n", "\n");
    let part = mail.split("Content-Type: text/plain").nth(1).unwrap_or_else(|| panic!("no text in {mail}"));
    let (headers, rest) = part.split_once("\n\n").unwrap();
    let body = rest.split("\n--").next().unwrap();
    if headers.contains("base64") {
        let joined: String = body.split_whitespace().collect();
        String::from_utf8(STANDARD.decode(joined).unwrap()).unwrap()
    } else if headers.contains("quoted-printable") {
        quoted_printable(body)
    } else {
        body.to_owned()
    }
}

fn quoted_printable(body: &str) -> String {
    let joined = body.replace("=\n", "");
    let mut parts = joined.split('=');
    let mut bytes = parts.next().unwrap_or("").as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}
