//! Ctrl-C, and being told to stop, as a flag that work in progress looks at.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, channel},
    },
    thread,
};

use nix::sys::signal::{SigSet, Signal};

static STOP: AtomicBool = AtomicBool::new(false);
static WATCHING: OnceLock<()> = OnceLock::new();

/// Has somebody asked this process to stop?
pub(crate) fn stop_asked() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// From now on SIGINT, SIGTERM and SIGHUP only set the flag and arrive at the receiver. Call it before any thread starts,
/// since threads inherit the mask; a second call gives a receiver that never receives.
pub(crate) fn watch() -> Receiver<Signal> {
    let (sender, receiver) = channel();
    if WATCHING.set(()).is_err() {
        return receiver;
    }
    let mut set = SigSet::empty();
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        set.add(signal);
    }
    if set.thread_block().is_err() {
        return receiver;
    }
    thread::spawn(move || {
        while let Ok(signal) = set.wait() {
            STOP.store(true, Ordering::Relaxed);
            if sender.send(signal).is_err() {
                // Nobody listens any more, the flag remains.
            }
        }
    });
    receiver
}
