//! What other services may know of console: who calls, and which projects a tenant has.

use naru_ids::{ProjectId, TenantId, TokenId, UserId};
use serde::{Deserialize, Serialize};

/// Does this session or token hold on this host? [`CallerQuestion`] → [`CallerAnswer`]. May be cached ≤ 1 s.
pub const CALLER: &str = "console.v1.caller";

/// A query node asks with digests only; a session's or token's text never travels between our services.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CallerQuestion {
    /// The tenant's slug, taken from the host name. A session of another tenant does not hold here.
    pub tenant_slug: String,
    pub credential: Credential,
}

/// SHA-256 of the secret in lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "digest", rename_all = "snake_case")]
pub enum Credential {
    /// The tenant host's session cookie.
    Session(String),
    /// An API token `nat_…`.
    Token(String),
}

/// `caller: None` = does not hold: 401, whatever the reason.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CallerAnswer {
    pub caller: Option<KnownCaller>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KnownCaller {
    pub tenant: TenantInfo,
    pub person: Option<Person>,
    pub token: Option<TokenId>,
    /// `owner`, `admin`, `operator` or `viewer`.
    pub role: String,
    pub projects: Vec<ProjectInfo>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantInfo {
    pub id: TenantId,
    pub slug: String,
    pub company: String,
    pub region: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub locale: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectInfo {
    pub id: ProjectId,
    pub name: String,
    pub platform: String,
    pub group: String,
    pub region: String,
    pub created_ms: u64,
}

/// The session cookie of a host: `__Host-naru_session` over https, else `naru_session_<port>`, since cookies ignore ports.
#[must_use]
pub fn session_cookie_name(https: bool, port: u16) -> String {
    if https { "__Host-naru_session".to_owned() } else { format!("naru_session_{port}") }
}
