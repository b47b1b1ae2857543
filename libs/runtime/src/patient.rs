//! Threads for work that can wait: it keeps a core busy for long, and steps back for whoever needs one for a moment.
//!
//! They run under the kernel's policy for idle work. A niceness, however low, is a share of a core: whoever wakes up waits for the
//! end of a slice of some milliseconds, and one answer takes a dozen wake-ups. Idle work is put aside at once. It is not starved
//! by it: what others do is to take in what it has read, and to answer what it has found.

use std::sync::LazyLock;

use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};
use tokio::runtime::{Builder, Handle, Runtime};
use tracing::debug;

static THREADS: LazyLock<Runtime> = LazyLock::new(|| {
    let threads =
        Builder::new_multi_thread().thread_name("patient").enable_all().on_thread_start(step_back).build();
    threads.expect("a process that runs can start threads")
});

/// A runtime of as many threads as there are cores, one for the process. Threads for its blocking work step back, too.
#[must_use]
pub fn patient() -> &'static Handle {
    THREADS.handle()
}

fn step_back() {
    let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    // What is lost without it is fairness, and nothing else.
    if let Err(error) = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy) {
        debug!(?error, "a thread does not step back");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SCHED_IDLE` in field 41 of /proc/thread-self/stat.
    const IDLE: u32 = 5;

    fn policy() -> u32 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let after_name = stat.rsplit_once(')').unwrap().1;
        after_name.split_whitespace().nth(38).unwrap().parse().unwrap()
    }

    #[tokio::test]
    async fn its_threads_step_back_and_others_do_not() {
        let own = policy();
        let of_tasks = patient().spawn(async { policy() }).await.unwrap();
        let of_blocking_work = patient().spawn_blocking(policy).await.unwrap();
        assert_eq!((of_tasks, of_blocking_work), (IDLE, IDLE));
        assert_eq!(policy(), own);
    }
}
