//! Telemetry words that every room uses: the three signals and the lake's tables, span kinds and statuses, and the names of attributes.

pub mod semconv;
mod span;
mod table;

use serde::{Deserialize, Serialize};

pub use span::{SpanKind, StatusCode};
pub use table::Table;

/// One of the three kinds of telemetry that OpenTelemetry sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    Traces,
    Metrics,
    Logs,
}

impl Signal {
    pub const ALL: [Self; 3] = [Self::Traces, Self::Metrics, Self::Logs];

    /// The name in URLs, object paths and catalog rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
        }
    }

    /// The byte in packs and the smallint in the catalog. Never change one: old packs hold them.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Traces => 1,
            Self::Metrics => 2,
            Self::Logs => 3,
        }
    }

    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Traces),
            2 => Some(Self::Metrics),
            3 => Some(Self::Logs),
            _ => None,
        }
    }
}

impl std::fmt::Display for Signal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
