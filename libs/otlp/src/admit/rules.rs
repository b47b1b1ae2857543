//! What is stored and what is rejected, item by item.

use std::{collections::BTreeMap, fmt};

use crate::view::{LogView, SpanView};

/// Clocks may be ahead by this much; further is a mistake that would hide data in the future.
pub(super) const AHEAD_MAX_NS: u64 = 3_600 * 1_000_000_000;

/// The moment and the tenant's retention that items are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Unix ns: older items would be deleted at once.
    pub oldest_ns: u64,
    /// Unix ns: newer items are refused.
    pub newest_ns: u64,
}

/// Why an item is not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    InvalidId,
    EndBeforeStart,
    TooOld,
    TooFarAhead,
    TooLarge,
    TooManyElements,
    NameTooLong,
}

/// How many items were rejected, by reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rejections {
    by_reason: BTreeMap<Why, u64>,
}

impl Rules {
    /// At `now_ns`, for a tenant whose telemetry is kept `retention_days`.
    #[must_use]
    pub fn at(now_ns: u64, retention_days: u16) -> Self {
        let kept_ns = u64::from(retention_days) * 86_400 * 1_000_000_000;
        Self { oldest_ns: now_ns.saturating_sub(kept_ns), newest_ns: now_ns.saturating_add(AHEAD_MAX_NS) }
    }

    #[must_use]
    pub fn judge_span(&self, span: &SpanView<'_>) -> Option<Why> {
        if !is_id(span.trace_id, 16) || !is_id(span.span_id, 8) {
            return Some(Why::InvalidId);
        }
        if span.end_ns < span.start_ns {
            return Some(Why::EndBeforeStart);
        }
        self.judge_time(span.start_ns)
    }

    /// A record without any time is stored with its receive time.
    #[must_use]
    pub fn judge_log(&self, log: &LogView<'_>) -> Option<Why> {
        match log.happened_ns() {
            0 => None,
            time_ns => self.judge_time(time_ns),
        }
    }

    #[must_use]
    pub fn judge_time(&self, time_ns: u64) -> Option<Why> {
        if time_ns < self.oldest_ns {
            Some(Why::TooOld)
        } else if time_ns > self.newest_ns {
            Some(Why::TooFarAhead)
        } else {
            None
        }
    }
}

fn is_id(bytes: &[u8], length: usize) -> bool {
    bytes.len() == length && bytes.iter().any(|&byte| byte != 0)
}

impl Why {
    /// The word in metrics and in the onboarding log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidId => "invalid_id",
            Self::EndBeforeStart => "end_before_start",
            Self::TooOld => "too_old",
            Self::TooFarAhead => "too_far_ahead",
            Self::TooLarge => "too_large",
            Self::TooManyElements => "too_many_elements",
            Self::NameTooLong => "name_too_long",
        }
    }

    /// For the person who runs the agent.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::InvalidId => "trace or span ids are zero or of the wrong length",
            Self::EndBeforeStart => "spans end before they start",
            Self::TooOld => "times are older than the project's retention",
            Self::TooFarAhead => "times are more than an hour ahead; check the clock of the sending machine",
            Self::TooLarge => {
                "single items are larger than 1 MiB, or their resource and scope larger than 128 KiB"
            }
            Self::TooManyElements => {
                "single items, resources or scopes have more than 10,000 attributes, events and links"
            }
            Self::NameTooLong => {
                "names of spans, metrics, events or attributes, or units and descriptions of metrics, are longer than 16 KiB"
            }
        }
    }
}

impl Rejections {
    pub(super) fn add(&mut self, why: Why, count: u32) {
        *self.by_reason.entry(why).or_default() += u64::from(count);
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_reason.is_empty()
    }

    #[must_use]
    pub fn total(&self) -> u64 {
        self.by_reason.values().sum()
    }

    pub fn iter(&self) -> impl Iterator<Item = (Why, u64)> + '_ {
        self.by_reason.iter().map(|(why, count)| (*why, *count))
    }
}

/// `3 rejected: times are older than the project's retention; 1 rejected: …`
impl fmt::Display for Rejections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (why, count)) in self.iter().enumerate() {
            let separator = if index > 0 { "; " } else { "" };
            write!(f, "{separator}{count} rejected: {}", why.sentence())?;
        }
        Ok(())
    }
}
