//! Threads for work that can wait: it keeps a core busy for long, and steps back for whoever needs one for a moment.

use std::sync::LazyLock;

use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadPriorityValue, ThreadSchedulePolicy,
    set_thread_priority_and_policy, thread_native_id,
};
use tokio::runtime::{Builder, Handle, Runtime};
use tracing::debug;

/// Of 100, which is a niceness of 7: where all cores are wanted, a fifth of what others get.
const PRIORITY: u8 = 30;

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
    let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Other);
    let priority = ThreadPriorityValue::try_from(PRIORITY).map(ThreadPriority::Crossplatform);
    let priority = priority.expect("priorities are below 100");
    // What is lost without it is fairness, and nothing else.
    if let Err(error) = set_thread_priority_and_policy(thread_native_id(), priority, policy) {
        debug!(?error, "a thread does not step back");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Field 19 of /proc/self/task/<tid>/stat.
    fn niceness() -> i64 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let after_name = stat.rsplit_once(')').unwrap().1;
        after_name.split_whitespace().nth(16).unwrap().parse().unwrap()
    }

    #[tokio::test]
    async fn its_threads_step_back_and_others_do_not() {
        let own = niceness();
        let of_tasks = patient().spawn(async { niceness() }).await.unwrap();
        let of_blocking_work = patient().spawn_blocking(niceness).await.unwrap();
        assert_eq!((of_tasks, of_blocking_work), (7, 7));
        assert_eq!(niceness(), own);
    }
}
