//! The text of a license key: `nlk_<region>_<30 base62><6 base62 crc32>`.
//!
//! The prefix lets leak scanners find keys, the checksum tells a typo from a key we don't know, and the region tells
//! an agent that it knocks at the wrong door.

use std::fmt;

use rand::Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const PREFIX: &str = "nlk_";
const SECRET_LEN: usize = 30;
const CHECK_LEN: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A well-formed key. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText {
    text: String,
    region_len: usize,
}

/// SHA-256 of a key's text, 64 hex letters on the wire. License stores an HMAC of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyDigest(pub [u8; 32]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a license key: expected nlk_<region>_ and 36 letters with a matching checksum")]
pub struct KeyFormatError;

impl KeyText {
    /// A new key of `region` from 178 bits of the thread's cryptographic randomness.
    #[must_use]
    pub fn generate(region: &str) -> Self {
        let mut rng = rand::rng();
        let secret: String =
            (0..SECRET_LEN).map(|_| char::from(BASE62[rng.random_range(0..BASE62.len())])).collect();
        let body = format!("{PREFIX}{region}_{secret}");
        let text = format!("{body}{}", checksum(&body));
        Self { text, region_len: region.len() }
    }

    /// Checks form and checksum; knows nothing of whether the key was ever issued.
    pub fn parse(text: &str) -> Result<Self, KeyFormatError> {
        let rest = text.strip_prefix(PREFIX).ok_or(KeyFormatError)?;
        let (region, letters) = rest.rsplit_once('_').ok_or(KeyFormatError)?;
        let region_is_plain = !region.is_empty()
            && region.len() <= 32
            && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !region_is_plain
            || letters.len() != SECRET_LEN + CHECK_LEN
            || !letters.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            return Err(KeyFormatError);
        }
        let (body, check) = text.split_at(text.len() - CHECK_LEN);
        if checksum(body) != check {
            return Err(KeyFormatError);
        }
        Ok(Self { text: text.to_owned(), region_len: region.len() })
    }

    #[must_use]
    pub fn region(&self) -> &str {
        &self.text[PREFIX.len()..PREFIX.len() + self.region_len]
    }

    /// The whole secret: for the one answer that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn digest(&self) -> KeyDigest {
        KeyDigest(Sha256::digest(self.text.as_bytes()).into())
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyText({})", hint_of(&self.text))
    }
}

/// `nlk_local_3f…x9Qa`: enough to recognise a key, useless to use one.
#[must_use]
pub fn hint_of(key: &str) -> String {
    let start = key.rfind('_').map_or(0, |at| at + 3).min(key.len());
    let end = key.len().saturating_sub(4).max(start);
    format!("{}…{}", key.get(..start).unwrap_or(""), key.get(end..).unwrap_or(""))
}

/// CRC-32 (IEEE) of the text before it, six base62 letters, most significant first.
fn checksum(body: &str) -> String {
    let mut value = crc32fast::hash(body.as_bytes()) as usize;
    let mut letters = [b'0'; CHECK_LEN];
    for letter in letters.iter_mut().rev() {
        *letter = BASE62[value % 62];
        value /= 62;
    }
    letters.iter().map(|&byte| char::from(byte)).collect()
}

impl fmt::Display for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyDigest({}…)", hex::encode(&self.0[..4]))
    }
}

impl Serialize for KeyDigest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyDigest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut digest = [0; 32];
        hex::decode_to_slice(&text, &mut digest).map_err(serde::de::Error::custom)?;
        Ok(Self(digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_key_parses_and_names_its_region() {
        for region in ["local", "ap-northeast-2", "eu1"] {
            let key = KeyText::generate(region);
            let parsed = KeyText::parse(key.expose()).unwrap();
            assert_eq!(parsed.region(), region);
            assert_eq!(parsed.digest(), key.digest());
        }
    }

    #[test]
    fn a_typo_is_told_from_an_unknown_key() {
        let key = KeyText::generate("local").expose().to_owned();
        for at in 4..key.len() {
            let mut letters = key.clone().into_bytes();
            letters[at] = if letters[at] == b'x' { b'y' } else { b'x' };
            let typo = String::from_utf8(letters).unwrap();
            assert!(KeyText::parse(&typo).is_err(), "{at}");
        }
        for bad in ["", "nlk_", "nlk_local_", "nlk__0123", "é", "nlk_local_😀😀😀😀😀😀😀😀😀"]
        {
            assert!(KeyText::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_never_shows_in_debug_output() {
        let key = KeyText::generate("local");
        let shown = format!("{key:?}");
        assert!(!shown.contains(key.expose()) && shown.contains("nlk_local_"));
        assert!(hint_of(key.expose()).len() < 25);
    }
}
