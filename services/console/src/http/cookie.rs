//! Cookies: HttpOnly, for one host, and over https with the `__Host-` prefix, so that no sibling host can plant one.

use http::{HeaderMap, HeaderValue, header};

use crate::{app::App, places::Places, session::Opened};

/// The session, for as long as it lives.
pub(super) fn session(app: &App, opened: &Opened) -> HeaderValue {
    let life_s = opened.expires.0.saturating_sub(app.now().0) / 1_000;
    set(&app.places, &app.places.session_cookie(), opened.secret.expose(), life_s)
}

pub(super) fn no_session(app: &App) -> HeaderValue {
    set(&app.places, &app.places.session_cookie(), "", 0)
}

pub(super) fn nonce(app: &App, text: &str, life_s: u64) -> HeaderValue {
    set(&app.places, &app.places.nonce_cookie(), text, life_s)
}

/// The value of the first cookie of this name that is not empty.
pub(super) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
}

fn set(places: &Places, name: &str, value: &str, life_s: u64) -> HeaderValue {
    let secure = if places.is_https() { "; Secure" } else { "" };
    // Lax and not Strict: the hand-over and links in mails arrive from another site and must find the session.
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={life_s}{secure}");
    HeaderValue::from_str(&text).expect("names and secrets of ours are plain ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_https_a_cookie_belongs_to_one_host_and_travels_encrypted() {
        let https = Places::new("https", "naru.example", 443);
        let text = set(&https, &https.session_cookie(), "ncs_x", 60);
        assert_eq!(text, "__Host-naru_session=ncs_x; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
        assert_eq!(https.nonce_cookie(), "__Host-naru_nonce");
        let http = Places::new("http", "localhost", 18_080);
        let text = set(&http, &http.session_cookie(), "ncs_x", 60);
        assert_eq!(text, "naru_session_18080=ncs_x; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("xnaru=1; naru=; naru2=2"));
        headers.append(header::COOKIE, HeaderValue::from_static(" naru=3 ; naru=4"));
        assert_eq!(read(&headers, "naru"), Some("3"));
        assert_eq!(read(&headers, "nothing"), None);
    }
}
