//! What other services may know of writer: how to read its live tail, what it pushes while somebody watches, and the
//! usage it has committed.

mod live;
mod tail;
mod usage;

pub use live::{
    LIVE_WATCH_SUBJECTS, LIVE_WATCH_TTL_MS, LiveBatch, LivePoint, LiveWatch, live_subject, live_watch_subject,
};
pub use tail::{TAIL_STATE_KEY, TailState, TailTicket};
pub use usage::{USAGE_STREAM, USAGE_SUBJECTS, UsageRecord, usage_subject};
