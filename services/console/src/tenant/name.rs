//! What a tenant may be called: the name becomes a host name, so it must be a plain DNS label that nobody mistakes
//! for another tenant or for us.

use serde::Serialize;

use super::{reserved, skeleton};

pub const SLUG_LEN_MIN: usize = 3;
/// A DNS label holds 63; shorter names still fit a browser tab and a mail's subject.
pub const SLUG_LEN_MAX: usize = 40;

/// A name that passed every check that needs no database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    /// The decision is a pure function, so its test is a table.
    pub fn parse(text: &str) -> Result<Self, NameProblem> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.is_empty() {
            return Err(NameProblem::Required);
        }
        if !text.bytes().all(plain) {
            return Err(NameProblem::Invalid);
        }
        if text.len() < SLUG_LEN_MIN {
            return Err(NameProblem::TooShort);
        }
        if text.len() > SLUG_LEN_MAX {
            return Err(NameProblem::TooLong);
        }
        // Hyphens at positions 3 and 4 mark an encoded label (`xn--…`), which browsers show as something else.
        if text.as_bytes().get(2..4) == Some(b"--") {
            return Err(NameProblem::Punycode);
        }
        if text.starts_with('-') || text.ends_with('-') || text.contains("--") {
            return Err(NameProblem::Invalid);
        }
        if reserved::is_reserved(text) {
            return Err(NameProblem::Reserved);
        }
        if reserved::looks_reserved(text) {
            return Err(NameProblem::Confusable);
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Two tenants never share it.
    #[must_use]
    pub fn skeleton(&self) -> String {
        skeleton::of(&self.0)
    }
}

/// Why a name is refused. The codes are part of the public API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NameProblem {
    Required,
    TooShort,
    TooLong,
    Invalid,
    Punycode,
    Reserved,
    Confusable,
    Taken,
}

impl NameProblem {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::Invalid => "invalid",
            Self::Punycode => "punycode",
            Self::Reserved => "reserved",
            Self::Confusable => "confusable",
            Self::Taken => "taken",
        }
    }

    /// A sentence for the person who typed it.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Required => "choose a name for your subdomain",
            Self::TooShort => "use at least 3 characters",
            Self::TooLong => "use at most 40 characters",
            Self::Invalid => {
                "use lower-case letters, digits and single hyphens, and begin and end with a letter or digit"
            }
            Self::Punycode => "names with hyphens as third and fourth character are kept for encoded domains",
            Self::Reserved => "this name is kept for the service itself",
            Self::Confusable => "this name looks too much like one that is in use",
            Self::Taken => "this name is taken",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bad_name_is_refused_for_its_own_reason() {
        let forty = "a".repeat(40);
        let forty_one = "a".repeat(41);
        let table = [
            ("", Err(NameProblem::Required)),
            ("ac", Err(NameProblem::TooShort)),
            ("acm", Ok(())),
            (forty.as_str(), Ok(())),
            (forty_one.as_str(), Err(NameProblem::TooLong)),
            ("acme", Ok(())),
            ("acme-2", Ok(())),
            ("2acme", Ok(())),
            ("a-b-c", Ok(())),
            ("Acme", Err(NameProblem::Invalid)),
            ("acme.shop", Err(NameProblem::Invalid)),
            ("ac me", Err(NameProblem::Invalid)),
            ("acmé", Err(NameProblem::Invalid)),
            ("аcme", Err(NameProblem::Invalid)), // Cyrillic а
            ("한국", Err(NameProblem::Invalid)),
            ("-acme", Err(NameProblem::Invalid)),
            ("acme-", Err(NameProblem::Invalid)),
            ("acme--shop", Err(NameProblem::Invalid)),
            ("xn--acme", Err(NameProblem::Punycode)),
            ("ab--cd", Err(NameProblem::Punycode)),
            ("www", Err(NameProblem::Reserved)),
            ("console", Err(NameProblem::Reserved)),
            ("c0nsole", Err(NameProblem::Confusable)),
            ("conso1e", Err(NameProblem::Confusable)),
            ("con-sole", Err(NameProblem::Confusable)),
            ("adrnin", Err(NameProblem::Confusable)),
            ("vvww", Err(NameProblem::Confusable)),
            ("rnail", Err(NameProblem::Confusable)),
            ("demo", Ok(())),
        ];
        for (text, expected) in table {
            assert_eq!(Slug::parse(text).map(|_| ()), expected, "{text}");
        }
    }
}
