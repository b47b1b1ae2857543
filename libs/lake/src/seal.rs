//! Extents at rest: sealed, so that a stolen disk shows nothing and a changed byte is noticed.
//!
//! Each extent has a random key of its own ([`ExtentKey`]), kept in its catalog row wrapped by its tenant's key
//! ([`TenantKey`]), which is kept wrapped by a key outside of the database ([`KeyFile`]). Without its tenant's key an
//! extent is noise: deleting that key deletes every extent. All three are AES-256-GCM.

pub(crate) mod frames;
mod keys;
mod sealer;

pub use keys::{ExtentKey, KeyFile, KeyFileError, TenantKey, WrappedKey};
pub use sealer::Sealer;

/// These bytes are not what was sealed with this key, for this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes do not open: they were changed, cut, moved, or sealed with another key")]
pub struct Unsealable;
