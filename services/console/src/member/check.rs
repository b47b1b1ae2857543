//! Fields a person types, checked one by one, so that all that is wrong can be said at once.

use naru_http::FieldError;

pub const EMAIL_LEN_MAX: usize = 254;
pub const NAME_LEN_MAX: usize = 80;
pub const COMPANY_LEN_MAX: usize = 120;

/// The languages of mails and screens.
pub const LOCALES: [&str; 2] = ["ko", "en"];

/// Collects what is wrong; a form is answered once, with everything.
#[derive(Debug, Default)]
pub struct Problems(pub Vec<FieldError>);

impl Problems {
    pub fn add(&mut self, field: &str, code: &str, message: &str) {
        self.0.push(FieldError::new(field, code, message));
    }

    #[must_use]
    pub fn concerns(&self, field: &str) -> bool {
        self.0.iter().any(|problem| problem.field == field)
    }

    /// A line of text: not empty, not too long, without control characters. Gives it back trimmed.
    pub fn line(&mut self, field: &str, text: &str, len_max: usize) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.add(field, "required", "fill in this field");
        } else if text.chars().count() > len_max {
            self.add(field, "too_long", &format!("use at most {len_max} characters"));
        } else if text.chars().any(|letter| letter.is_control() || is_direction_mark(letter)) {
            self.add(field, "invalid", "this field holds characters that cannot be shown");
        }
        text.to_owned()
    }

    pub fn email(&mut self, field: &str, text: &str) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.add(field, "required", "enter your mail address");
        } else if text.len() > EMAIL_LEN_MAX {
            self.add(field, "too_long", "a mail address has at most 254 characters");
        } else if !is_email(text) {
            self.add(field, "invalid", "this is not a complete mail address");
        }
        text.to_owned()
    }

    /// `ko`, `ko-KR` and `en_US` are understood; nothing means English.
    pub fn locale(&mut self, field: &str, text: &str) -> String {
        let language = text.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
        match LOCALES.iter().find(|known| **known == language) {
            Some(known) => (*known).to_owned(),
            None if text.is_empty() => "en".to_owned(),
            None => {
                self.add(field, "unsupported", "choose ko or en");
                "en".to_owned()
            }
        }
    }
}

/// Mail addresses that differ in case only are one address: nobody runs a mail server that tells them apart.
#[must_use]
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Plain enough for every mail server and for our own headers; whether it exists, the verification mail finds out.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let local_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let label_plain = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    !local.is_empty()
        && local.len() <= 64
        && local.bytes().all(local_plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && domain.contains('.')
        && domain.split('.').all(label_plain)
}

/// Marks that reverse what follows: a name must not rewrite the line it stands in.
fn is_direction_mark(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_are_told_from_other_texts() {
        for good in ["a@b.co", "first.last+tag@mail.example.com", "o'neil@example.org", "KIM@Example.KR"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "a",
            "a@",
            "@b.co",
            "a@b",
            "a b@c.de",
            "a@b..co",
            ".a@b.co",
            "a.@b.co",
            "a@-b.co",
            "a@b.co\r\nbcc: x@y.z",
            "a@b@c.de",
            "\"a\"@b.co",
            "a@[127.0.0.1]",
            "é@b.co",
            "a,b@c.de",
            "<a@b.co>",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn a_locale_is_read_from_what_browsers_say() {
        let mut problems = Problems::default();
        assert_eq!(problems.locale("locale", "ko-KR"), "ko");
        assert_eq!(problems.locale("locale", "EN"), "en");
        assert_eq!(problems.locale("locale", ""), "en");
        assert!(problems.0.is_empty());
        problems.locale("locale", "xx");
        assert!(problems.concerns("locale"));
    }

    #[test]
    fn a_name_cannot_hold_line_breaks_or_direction_marks() {
        for bad in ["a\nb", "a\u{202e}b", "\u{0}"] {
            let mut problems = Problems::default();
            problems.line("name", bad, 80);
            assert!(problems.concerns("name"), "{bad:?}");
        }
        let mut problems = Problems::default();
        assert_eq!(problems.line("name", "  김나루 ", 80), "김나루");
        assert!(problems.0.is_empty());
    }
}
