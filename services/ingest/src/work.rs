//! Work that takes milliseconds or more: off the threads that answer everybody else, behind them where cores are short, and
//! never on all cores at once where there are several. Where the kernel shares cores among sessions or containers first, a
//! thread steps back within its own only: the core that is left free is what all others get at once.

use std::{num::NonZero, panic::resume_unwind, sync::Arc, thread::available_parallelism};

use tokio::sync::Semaphore;

/// A request of this size or less is worked on where it is: a few milliseconds, and most requests.
pub(crate) const INLINE_BYTES_MAX: usize = 256 * 1024;

#[derive(Debug, Clone)]
pub(crate) struct Work(Arc<Semaphore>);

impl Work {
    pub(crate) fn new() -> Self {
        let cores = available_parallelism().map_or(1, NonZero::get);
        Self(Arc::new(Semaphore::new(cores.saturating_sub(1).max(1))))
    }

    /// Runs `job`, which holds all the memory it takes: it waits for its turn, and goes on when its sender has left.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        is_small: bool,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        if is_small {
            return job();
        }
        let turn = Arc::clone(&self.0).acquire_owned().await.expect("the semaphore is never closed");
        let done = naru_runtime::patient().spawn_blocking(move || {
            let outcome = job();
            drop(turn);
            outcome
        });
        match done.await {
            Ok(outcome) => outcome,
            // A panic goes on where it would have without a thread of its own.
            Err(error) => resume_unwind(error.into_panic()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Barrier,
            atomic::{AtomicUsize, Ordering},
        },
        thread,
    };

    use super::*;

    #[tokio::test]
    async fn large_jobs_leave_the_thread_and_only_so_many_run_at_once() {
        let work = Work(Arc::new(Semaphore::new(2)));
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let here = thread::current().id();
        // A job goes on only beside another: one at a time would never end.
        let pair = Arc::new(Barrier::new(2));
        let jobs = (0..8).map(|_| {
            let (now, most, pair) = (Arc::clone(&now), Arc::clone(&most), Arc::clone(&pair));
            work.run(false, move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                pair.wait();
                now.fetch_sub(1, Ordering::SeqCst);
                thread::current().id()
            })
        });
        let threads = futures::future::join_all(jobs).await;
        assert!(threads.iter().all(|thread| *thread != here));
        assert_eq!(most.load(Ordering::SeqCst), 2);
        assert_eq!(work.run(true, || thread::current().id()).await, here);
    }
}
