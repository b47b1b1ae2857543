//! The tables of the lake: one per signal, and rollups by grain.

use serde::{Deserialize, Serialize};

use crate::Signal;

/// What the rows of a segment are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    Spans,
    MetricPoints,
    LogRecords,
    /// Of a cut: in buckets of 10 s, and not in the coarser tables yet. Readers of any grain take them along.
    RollupDeltas,
    #[serde(rename = "rollups_10s")]
    Rollups10s,
    #[serde(rename = "rollups_1m")]
    Rollups1m,
    #[serde(rename = "rollups_1h")]
    Rollups1h,
}

impl Table {
    pub const ALL: [Self; 7] = [
        Self::Spans,
        Self::MetricPoints,
        Self::LogRecords,
        Self::RollupDeltas,
        Self::Rollups10s,
        Self::Rollups1m,
        Self::Rollups1h,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spans => "spans",
            Self::MetricPoints => "metric_points",
            Self::LogRecords => "log_records",
            Self::RollupDeltas => "rollup_deltas",
            Self::Rollups10s => "rollups_10s",
            Self::Rollups1m => "rollups_1m",
            Self::Rollups1h => "rollups_1h",
        }
    }

    /// The smallint in the catalog. Never change one: rows hold them. A signal's table has the signal's code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Spans => Signal::Traces.code(),
            Self::MetricPoints => Signal::Metrics.code(),
            Self::LogRecords => Signal::Logs.code(),
            Self::RollupDeltas => 4,
            Self::Rollups10s => 5,
            Self::Rollups1m => 6,
            Self::Rollups1h => 7,
        }
    }

    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.code() == code)
    }

    /// True for the tables that summarise the others.
    #[must_use]
    pub const fn is_rollup(self) -> bool {
        matches!(self, Self::RollupDeltas | Self::Rollups10s | Self::Rollups1m | Self::Rollups1h)
    }
}

impl From<Signal> for Table {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Traces => Self::Spans,
            Signal::Metrics => Self::MetricPoints,
            Signal::Logs => Self::LogRecords,
        }
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_a_code_of_its_own() {
        for table in Table::ALL {
            assert_eq!(Table::from_code(table.code()), Some(table));
        }
    }

    #[test]
    fn a_signal_s_table_has_its_code() {
        for signal in Signal::ALL {
            assert_eq!(Table::from(signal).code(), signal.code());
        }
    }
}
