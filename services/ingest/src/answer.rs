//! What a sender is told: success, partial success, or a refusal with its reason.
//!
//! OTLP clients drop data on 401 and 500 and send again on 429, 502, 503 and 504: so our own outages are 503 or 429
//! with a time to wait, and only the sender's mistakes are 4xx.

mod status;

use std::time::Duration;

use naru_license_api::Refused;
use naru_otlp::admit::{ELEMENTS_MAX, RefusedRequest, Rejections};

pub(crate) use status::{RpcStatus, partial_success, partial_success_json};

/// A request that was stored, maybe without some of its items.
#[derive(Debug, Default)]
pub(crate) struct Accepted {
    pub(crate) rejections: Rejections,
}

/// A request of which nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    Key(Refused),
    /// Not OTLP, or not what its headers say. `code` is a word for the onboarding log.
    Malformed {
        code: &'static str,
        detail: String,
    },
    UnsupportedType(String),
    TooLarge(String),
    /// The body did not come in time. Nothing is wrong with it: the same bytes may come faster the next time.
    TooSlow(String),
    /// The tenant sends more than it may right now.
    TooFast {
        retry_after: Duration,
    },
    /// More of the tenant's telemetry waits to be stored than its share of the bus.
    Backlog {
        retry_after: Duration,
    },
    /// Too much is on its way at this moment.
    Busy,
    /// Something that we need is away.
    Away {
        what: &'static str,
        retry_after: Duration,
    },
}

/// How long senders wait when something of ours is away: long enough not to hammer, short enough to heal quickly.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(1);

impl Refusal {
    pub(crate) const fn away(what: &'static str) -> Self {
        Self::Away { what, retry_after: RETRY_AFTER }
    }

    pub(crate) const fn is_too_large(&self) -> bool {
        matches!(self, Self::TooLarge(_))
    }

    pub(crate) const fn http_status(&self) -> u16 {
        match self {
            Self::Key(_) => 401,
            Self::Malformed { .. } => 400,
            Self::UnsupportedType(_) => 415,
            Self::TooLarge(_) => 413,
            Self::TooFast { .. } | Self::Backlog { .. } => 429,
            // OTLP clients throw away what gets a 408.
            Self::TooSlow(_) | Self::Busy | Self::Away { .. } => 503,
        }
    }

    /// google.rpc.Code.
    pub(crate) const fn rpc_code(&self) -> i32 {
        match self {
            Self::Key(_) => 16,
            Self::Malformed { .. } | Self::TooLarge(_) => 3,
            // The word of the gRPC protocol for a compression that a server does not know.
            Self::UnsupportedType(_) => 12,
            // Deadline exceeded, which OTLP clients send again.
            Self::TooSlow(_) => 4,
            Self::TooFast { .. } | Self::Backlog { .. } => 8,
            Self::Busy | Self::Away { .. } => 14,
        }
    }

    pub(crate) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooFast { retry_after }
            | Self::Backlog { retry_after }
            | Self::Away { retry_after, .. } => Some(*retry_after),
            Self::Busy | Self::TooSlow(_) => Some(RETRY_AFTER),
            _ => None,
        }
    }

    /// Our own troubles are none of the sender's business; all else its project is told.
    pub(crate) const fn is_ours(&self) -> bool {
        matches!(self, Self::TooFast { .. } | Self::Backlog { .. } | Self::Busy | Self::Away { .. })
    }

    /// A word for metrics and for the onboarding log.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Key(refused) => refused.code(),
            Self::Malformed { code, .. } => code,
            Self::UnsupportedType(_) => "unsupported_type",
            Self::TooLarge(_) => "too_large",
            Self::TooSlow(_) => "too_slow",
            Self::TooFast { .. } => "too_fast",
            Self::Backlog { .. } => "backlog",
            Self::Busy => "busy",
            Self::Away { .. } => "unavailable",
        }
    }

    /// For the person who reads the agent's log: which code, what was wrong, what to do.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Key(refused) => format!("{}: {}", refused.code(), refused.sentence()),
            Self::Malformed { detail, .. }
            | Self::UnsupportedType(detail)
            | Self::TooLarge(detail)
            | Self::TooSlow(detail) => detail.clone(),
            Self::TooFast { .. } => {
                "this company sends more telemetry than its limit allows right now; send again later"
                    .to_owned()
            }
            Self::Backlog { .. } => "more telemetry of this company waits to be stored than its share of what can wait; send again later".to_owned(),
            Self::Busy => "the gateway has too much on its way right now; send again later".to_owned(),
            Self::Away { what, .. } => format!("{what} cannot be reached right now; send again later"),
        }
    }
}

impl From<RefusedRequest> for Refusal {
    fn from(refused: RefusedRequest) -> Self {
        match refused {
            RefusedRequest::Malformed(error) => {
                Self::Malformed { code: "malformed", detail: format!("not an OTLP request: {error}") }
            }
            RefusedRequest::TooManyElements => Self::TooLarge(format!(
                "more than {ELEMENTS_MAX} spans, attributes, events and links in one request; send smaller batches"
            )),
        }
    }
}
