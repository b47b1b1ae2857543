//! What a mail says: templates in Korean and English, as text and as HTML. In HTML, people's words are escaped.

use std::sync::LazyLock;

use minijinja::{Environment, context};
use naru_ids::UnixMs;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// What a verification mail needs to know.
#[derive(Debug)]
pub struct Verification<'a> {
    pub locale: &'a str,
    pub name: &'a str,
    pub company: &'a str,
    pub link: &'a str,
    pub apm_url: &'a str,
    pub console_url: &'a str,
    pub verify_by: UnixMs,
}

macro_rules! templates {
    ($($name:literal),* $(,)?) => { [$(($name, include_str!(concat!("../../mails/", $name)))),*] };
}

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    for (name, source) in templates![
        "frame.html",
        "verify_email.en.subject.txt",
        "verify_email.en.txt",
        "verify_email.en.html",
        "verify_email.ko.subject.txt",
        "verify_email.ko.txt",
        "verify_email.ko.html",
    ] {
        environment
            .add_template(name, source)
            .expect("the templates are compiled in, and a test renders each");
    }
    environment
});

/// Asks a person to prove their mail address.
pub fn verification(about: &Verification<'_>) -> Result<Letter, minijinja::Error> {
    let locale = if about.locale == "ko" { "ko" } else { "en" };
    let values = context! {
        name => about.name,
        company => about.company,
        link => about.link,
        apm_url => about.apm_url,
        console_url => about.console_url,
        verify_by => moment(about.verify_by, locale),
    };
    let render =
        |part: &str| TEMPLATES.get_template(&format!("verify_email.{locale}.{part}"))?.render(&values);
    Ok(Letter {
        subject: render("subject.txt")?.trim().to_owned(),
        text: render("txt")?,
        html: render("html")?,
    })
}

/// We don't know the reader's time zone: Korean mails say Korean time, the others UTC, and each says which.
fn moment(at: UnixMs, locale: &str) -> String {
    let ms = i64::try_from(at.0).unwrap_or(i64::MAX);
    let time = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::MAX);
    if locale == "ko" {
        let seoul = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
        time.to_zoned(seoul).strftime("%Y년 %-m월 %-d일 %H:%M(한국 시간)").to_string()
    } else {
        time.to_zoned(jiff::tz::TimeZone::UTC).strftime("%-d %B %Y, %H:%M UTC").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(locale: &str) -> Letter {
        verification(&Verification {
            locale,
            name: "Kim <b>Naru</b>",
            company: "Acme & Co",
            link: "http://console.localhost:8080/verify?token=abc",
            apm_url: "http://acme.apm.local.localhost:8080",
            console_url: "http://console.localhost:8080",
            verify_by: UnixMs(1_764_000_000_000),
        })
        .unwrap()
    }

    #[test]
    fn a_letter_speaks_the_readers_language_and_holds_the_link() {
        let (english, korean) = (about("en"), about("ko"));
        assert_eq!(english.subject, "Confirm your mail address for Naru");
        assert_eq!(korean.subject, "[Naru] 이메일 주소를 인증해 주세요");
        assert!(english.text.contains("24 November 2025, 16:00 UTC"), "{}", english.text);
        assert!(korean.text.contains("2025년 11월 25일 01:00(한국 시간)"), "{}", korean.text);
        for letter in [english, korean] {
            assert!(letter.text.contains("http://console.localhost:8080/verify?token=abc"));
            assert!(letter.text.contains("Kim <b>Naru</b>") && letter.text.contains("Acme & Co"));
        }
    }

    #[test]
    fn peoples_words_never_become_html() {
        let letter = about("en");
        assert!(
            !letter.html.contains("<b>Naru</b>") && letter.html.contains("Acme &amp; Co"),
            "{}",
            letter.html
        );
        assert!(letter.html.contains("<title>Confirm your mail address</title>"), "{}", letter.html);
        assert!(letter.html.contains("<html lang=\"en\">"));
    }
}
