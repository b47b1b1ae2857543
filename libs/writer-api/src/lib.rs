//! What other services may know of writer: how to read its live tail, what it pushes while somebody watches, the usage
//! it has committed, and what waits on the bus to be.

mod backlog;
mod live;
mod tail;
mod usage;

pub use backlog::{
    BACKLOG_EVERY_MS, BACKLOG_IDLE_EVERY_MS, BACKLOG_STALE_MS, BACKLOG_SUBJECTS, BACKLOG_TENANTS_MAX,
    Backlog, TenantBacklog, backlog_subject,
};
pub use live::{
    LIVE_WATCH_SUBJECTS, LIVE_WATCH_TTL_MS, LiveBatch, LivePoint, LiveWatch, live_subject, live_watch_subject,
};
pub use tail::{TAIL_STATE_KEY, TailState, TailTicket};
pub use usage::{USAGE_STREAM, USAGE_SUBJECTS, UsageRecord, usage_subject};
