//! Secrets we hand out, and what we keep of them.
//!
//! A random secret of ≥ 160 bits needs no slow hash: it is kept as its SHA-256, or, where a stolen table must not even
//! confirm a guess, as an HMAC of that under a pepper that lies outside the database.

use std::{fmt, path::Path};

use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::{Digest, Sha256};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// log2(62³⁰) = 178 bits.
const LETTERS: usize = 30;
const PEPPER_BYTES_MIN: usize = 32;

/// A text that proves something. `Debug` never shows it, and it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// `prefix` and 30 base62 letters of the thread's cryptographic randomness.
    #[must_use]
    pub fn generate(prefix: &str) -> Self {
        let mut rng = rand::rng();
        let letters = (0..LETTERS).map(|_| char::from(BASE62[rng.random_range(0..BASE62.len())]));
        Self(prefix.chars().chain(letters).collect())
    }

    /// Wraps what a client sent.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the one answer or cookie that carries it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// [`digest`] of the text.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        digest(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

/// SHA-256 of a secret's text: what travels between services and is looked up.
#[must_use]
pub fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The key of our HMACs. It lies in a file that is not in the database's backup.
#[derive(Clone)]
pub struct Pepper(Vec<u8>);

#[derive(Debug, thiserror::Error)]
pub enum PepperError {
    #[error("reading the pepper from {path}")]
    Read { path: String, source: std::io::Error },
    #[error("the pepper in {path} has {bytes} bytes; at least 32 random ones are needed")]
    TooShort { path: String, bytes: usize },
}

impl Pepper {
    /// Reads ≥ 32 bytes. A trailing line break belongs to the editor, not to the secret.
    pub fn from_file(path: &Path) -> Result<Self, PepperError> {
        let shown = || path.display().to_string();
        let bytes = std::fs::read(path).map_err(|source| PepperError::Read { path: shown(), source })?;
        let bytes = bytes.trim_ascii_end().to_vec();
        if bytes.len() < PEPPER_BYTES_MIN {
            return Err(PepperError::TooShort { path: shown(), bytes: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// HMAC-SHA256 of a [`digest`] under this pepper: what a table stores.
    #[must_use]
    pub fn mac(&self, digest: &[u8; 32]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(digest);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_never_show() {
        let (one, two) = (Secret::generate("nat_"), Secret::generate("nat_"));
        assert_ne!(one, two);
        assert_eq!(one.expose().len(), 34);
        assert!(one.expose().starts_with("nat_"));
        assert_eq!(format!("{one:?}"), "Secret([redacted])");
    }

    #[test]
    fn digest_and_mac_are_the_standard_ones() {
        // SHA-256("abc") from FIPS 180-2, and HMAC from Python's hmac module over it.
        let digest = digest("abc");
        assert_eq!(hex::encode(digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let pepper = Pepper(vec![b'k'; 32]);
        assert_eq!(
            hex::encode(pepper.mac(&digest)),
            "b4a161ad0318299b0ff3b054f792482d0c142538ae54b3adadd4f853776f1275"
        );
        assert_ne!(pepper.mac(&digest), Pepper(vec![b'q'; 32]).mac(&digest));
    }

    #[test]
    fn a_short_or_missing_pepper_is_refused_by_path() {
        let dir = std::env::temp_dir().join(format!("naru-pepper-{}", std::process::id()));
        std::fs::write(&dir, "short\n").unwrap();
        assert!(matches!(Pepper::from_file(&dir), Err(PepperError::TooShort { bytes: 5, .. })));
        std::fs::write(&dir, format!("{}\n", "x".repeat(32))).unwrap();
        assert!(Pepper::from_file(&dir).is_ok());
        std::fs::remove_file(&dir).unwrap();
        assert!(matches!(Pepper::from_file(&dir), Err(PepperError::Read { .. })));
    }
}
