//! Edges to the bus that are not appending: key events in, onboarding events and reports out, test traces.

pub(crate) mod backlog;
pub(crate) mod keys;
pub(crate) mod onboarding;
pub(crate) mod test_trace;
pub(crate) mod used;
