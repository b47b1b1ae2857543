//! Versions as programs print them.

use std::fmt;

/// Major, minor, patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

/// Older NATS servers have known losses of acknowledged messages.
pub(crate) const NATS_MIN: Version = Version(2, 14, 6);

impl Version {
    /// The first thing that looks like a version: `nats-server: v2.15.1`, `Redis server v=7.0.15 sha=…`,
    /// `postgres (PostgreSQL) 15.14 (Debian …)`. A missing patch is 0.
    pub(crate) fn find(text: &str) -> Option<Self> {
        text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(|word| {
            let mut parts = word.split('.');
            let major = parts.next()?.parse().ok()?;
            let minor = parts.next()?.parse().ok()?;
            let patch = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
            Some(Self(major, minor, patch))
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_print() {
        let cases = [
            ("nats-server: v2.15.1", Version(2, 15, 1)),
            ("nats-server: v2.9.10-RC.1", Version(2, 9, 10)),
            ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", Version(7, 0, 15)),
            ("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", Version(15, 14, 0)),
            ("HAProxy version 2.6.12-1+deb12u2 2025/04/17 - https://haproxy.org/", Version(2, 6, 12)),
        ];
        for (text, version) in cases {
            assert_eq!(Version::find(text), Some(version), "{text}");
        }
        assert_eq!(Version::find("no version at all"), None);
    }

    #[test]
    fn debians_nats_is_too_old() {
        assert!(Version(2, 9, 10) < NATS_MIN);
        assert!(Version(2, 15, 1) > NATS_MIN);
    }
}
