//! NATS after a full disk: a stream that failed to write stays as it is until the server is started again, whatever room
//! there is since. Its monitor says so; everything else goes on as if nothing were wrong.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{disk, http};

/// With less, it would fail again at once: as much as gateways have under way, twice.
const ROOM_BYTES: u64 = 64 << 20;

/// How to tell, and what to wait for.
#[derive(Debug, Clone)]
pub(crate) struct Stuck {
    pub(crate) monitor: SocketAddr,
    pub(crate) store: PathBuf,
}

/// What the probing thread has seen last.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen(Arc<AtomicBool>);

impl Seen {
    pub(super) fn look(&self, stuck: &Stuck) {
        let answer = http::get_text(stuck.monitor, "/healthz");
        self.0.store(answer.is_some_and(|(status, text)| says_stuck(status, &text)), Ordering::Relaxed);
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Stuck {
    pub(super) fn has_room(&self) -> bool {
        disk::free_bytes(&self.store).is_ok_and(|free| free >= ROOM_BYTES)
    }
}

fn says_stuck(status: u16, text: &str) -> bool {
    status == 503 && text.contains("write error")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_monitor_says_of_a_stream_that_cannot_write() {
        let failed = r#"{"status":"unavailable","error":"JetStream stream '$G \u003e S' write error: write 1.blk: no space left on device"}"#;
        assert!(says_stuck(503, failed));
        assert!(!says_stuck(200, r#"{"status":"ok"}"#));
        assert!(!says_stuck(503, r#"{"status":"unavailable","error":"JetStream is not current"}"#));
    }
}
