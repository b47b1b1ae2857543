//! Where the hostile company's programs run: on threads of their own, that get what nobody else wants.
//!
//! In life they run on machines of its own. Here they share two cores with the stack and with who measures; what they take of
//! these says nothing about the stack.

use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};
use tokio::runtime::{Builder, Runtime};

pub(crate) fn threads() -> anyhow::Result<Runtime> {
    let step_back = || {
        let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Other);
        if let Err(error) = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy) {
            eprintln!("the hostile company's threads do not step back: {error:?}");
        }
    };
    Ok(Builder::new_multi_thread().worker_threads(2).enable_all().on_thread_start(step_back).build()?)
}
