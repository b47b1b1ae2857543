//! The time, passed in.

use std::time::{SystemTime, UNIX_EPOCH};

use naru_ids::UnixMs;

/// Tells the time; a test may put another function in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock(fn() -> UnixMs);

impl Clock {
    /// The machine's clock.
    pub(crate) const fn system() -> Self {
        Self(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            UnixMs(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
        })
    }

    pub(crate) fn now(self) -> UnixMs {
        (self.0)()
    }
}
