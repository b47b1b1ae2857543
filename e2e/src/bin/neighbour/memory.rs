//! What the stack holds in memory meanwhile.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use naru_e2e::{Status, Usage};
use tokio::task::JoinHandle;

/// To sum up the pages of a gibibyte keeps a core busy for 20 ms: seldom, so that it is no part of the load.
const EVERY: Duration = Duration::from_secs(2);

/// The peak of all processes' PSS until it is `over`, MiB. On a thread of its own, or answers that are timed would wait for it.
pub(crate) fn peak_mib(status: &Status, over: &Arc<AtomicBool>) -> JoinHandle<anyhow::Result<f64>> {
    let (status, over) = (status.clone(), Arc::clone(over));
    tokio::task::spawn_blocking(move || {
        let mut peak_mib: f64 = 0.0;
        while !over.load(Ordering::Relaxed) {
            peak_mib = peak_mib.max(Usage::of(&status)?.pss_mib);
            thread::sleep(EVERY);
        }
        Ok(peak_mib)
    })
}
