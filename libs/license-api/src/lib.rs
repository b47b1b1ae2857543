//! What other services may know of license: the form of a key, what a key permits, and why one is refused.
//!
//! Requests go to license (`license.v1.…`, NATS request/reply in the versioned envelope of `naru-nats`); key events
//! (`key.<tenant>.<project>.issued|revoked`, core NATS) belong to license and are heard by gateways.

mod key;

use naru_ids::{KeyId, ProjectId, TenantId};
use serde::{Deserialize, Serialize};

pub use key::{KeyDigest, KeyFormatError, KeyText, hint_of};

/// Is this key good? [`Resolve`] → [`Resolution`].
pub const RESOLVE: &str = "license.v1.resolve";
/// [`IssueKey`] → [`IssuedKey`]. Only console asks, after it has checked the caller.
pub const KEYS_ISSUE: &str = "license.v1.keys.issue";
/// [`ListKeys`] → [`KeyList`].
pub const KEYS_LIST: &str = "license.v1.keys.list";
/// [`RevokeKey`] → [`RevokedKey`]; a key already revoked stays revoked and the call succeeds again.
pub const KEYS_REVOKE: &str = "license.v1.keys.revoke";
/// [`KeysUsed`], published by gateways about once a minute (core NATS, no answer): feeds "last used".
pub const KEYS_USED: &str = "license.v1.keys.used";
/// All key events: payload [`KeyEvent`].
pub const KEY_EVENTS: &str = "key.>";

/// The subject of one project's key events; `what` is `issued` or `revoked`.
#[must_use]
pub fn key_event_subject(tenant: TenantId, project: ProjectId, what: &str) -> String {
    format!("key.{}.{}.{what}", tenant.hex(), project.hex())
}

/// A gateway asks about keys it has seen, by digest only: a key's text never travels between our services.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Resolve {
    /// One for a new key; up to 1,000 when a gateway refreshes its cache every 30 s.
    pub digests: Vec<KeyDigest>,
    /// The region of the gateway that asks.
    pub region: String,
}

/// One verdict per digest asked, in the same order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Resolution {
    pub verdicts: Vec<Verdict>,
}

/// What license says of one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    Good(Claims),
    /// Refused, and whom to tell when the key's project is known.
    Refused {
        reason: Refused,
        project: Option<ProjectRef>,
        version: u64,
    },
}

/// What a good key permits. An older version never replaces a newer one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub tenant: TenantId,
    pub project: ProjectId,
    pub key: KeyId,
    /// Grows with each change of this key.
    pub version: u64,
    /// Days that telemetry of this tenant is kept; older start times are rejected.
    pub retention_days: u16,
    /// Unix ms after which the key is refused; `None` = never.
    pub expires_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProjectRef {
    pub tenant: TenantId,
    pub project: ProjectId,
}

/// Why a key is refused. The words are part of the public API (google.rpc.Status message begins with the code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    Missing,
    Malformed,
    Unknown,
    Revoked,
    Expired,
    WrongRegion,
}

impl Refused {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::WrongRegion => "wrong_region",
        }
    }

    /// A sentence for the person who runs the agent.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Missing => {
                "no license key was sent; set OTEL_EXPORTER_OTLP_HEADERS to x-naru-license=<your key>"
            }
            Self::Malformed => {
                "the license key is not complete or has a typo; copy it again from the install page"
            }
            Self::Unknown => "no such license key; copy it again from the install page, or issue a new one",
            Self::Revoked => {
                "this license key was revoked; issue a new one on the project's license key page"
            }
            Self::Expired => {
                "this license key has expired; issue a new one on the project's license key page"
            }
            Self::WrongRegion => {
                "this license key belongs to another region; use the endpoint shown on the install page"
            }
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IssueKey {
    pub tenant: TenantId,
    pub project: ProjectId,
    pub region: String,
    /// What people call it, 1..=80 characters.
    pub name: String,
}

/// The only place where a key's text leaves license.
#[derive(Clone, Serialize, Deserialize)]
pub struct IssuedKey {
    pub info: KeyInfo,
    pub key: String,
}

impl std::fmt::Debug for IssuedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedKey").field("info", &self.info).field("key", &"[redacted]").finish()
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListKeys {
    pub tenant: TenantId,
    pub project: ProjectId,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyList {
    pub keys: Vec<KeyInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevokeKey {
    pub tenant: TenantId,
    pub key: KeyId,
}

/// `None` when the tenant has no such key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevokedKey {
    pub info: Option<KeyInfo>,
}

/// A key as its owner may see it: never its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyInfo {
    pub id: KeyId,
    pub project: ProjectId,
    pub name: String,
    /// First and last letters, as [`hint_of`] makes them.
    pub hint: String,
    pub created_ms: u64,
    pub last_used_ms: Option<u64>,
    pub revoked_ms: Option<u64>,
    pub expires_ms: Option<u64>,
}

/// Heard by every gateway: forget or learn what you know of this key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyEvent {
    pub v: u8,
    pub key: KeyId,
    /// Known only while the key's text is: when it is issued. Later events name the key by its id, which gateways
    /// know from its claims.
    pub digest: Option<KeyDigest>,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeysUsed {
    /// Key and the unix ms it was last seen.
    pub used: Vec<(TenantId, KeyId, u64)>,
}
