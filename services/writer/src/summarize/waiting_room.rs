//! How many ends of calls may wait for their other one, in this process, and whose must go first.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Of an end that waits, about: its place in a map, and its age.
pub(crate) const END_BYTES: usize = 128;

/// Counts ends over all projects. Three quarters of the places are whoever's comes first; of the last quarter each
/// project has the same part, so that no project's flood takes the ends of another.
#[derive(Debug)]
pub(crate) struct WaitingRoom {
    ends_max: usize,
    ends: AtomicUsize,
    projects: AtomicUsize,
}

impl WaitingRoom {
    /// For so many bytes of ends.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { ends_max: bytes_max / END_BYTES, ends: AtomicUsize::new(0), projects: AtomicUsize::new(0) }
    }

    /// One that is never full: a recount holds what its rows hold.
    pub(crate) fn without_end() -> Self {
        Self::new(usize::MAX)
    }

    pub(super) fn enter_project(&self) {
        self.projects.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn leave_project(&self, ends: usize) {
        self.projects.fetch_sub(1, Ordering::Relaxed);
        self.leave(ends);
    }

    pub(super) fn enter(&self) {
        let ends = self.ends.fetch_add(1, Ordering::Relaxed) + 1;
        metrics::gauge!("writer_calls_waiting").set(ends as f64);
    }

    pub(super) fn leave(&self, ends: usize) {
        self.ends.fetch_sub(ends, Ordering::Relaxed);
    }

    /// Nobody is in it.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.ends.load(Ordering::Relaxed) == 0 && self.projects.load(Ordering::Relaxed) == 0
    }

    /// Only the last quarter is left, where each project has its part.
    pub(crate) fn is_scarce(&self) -> bool {
        self.ends.load(Ordering::Relaxed) >= self.ends_for_all()
    }

    fn ends_for_all(&self) -> usize {
        self.ends_max - self.ends_max / 4
    }

    /// Must a project with `own` ends let its oldest go?
    pub(super) fn is_too_full_for(&self, own: usize) -> bool {
        let part = (self.ends_max / 4 / self.projects.load(Ordering::Relaxed).max(1)).max(1);
        own > part && self.ends.load(Ordering::Relaxed) > self.ends_for_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_one_project_leaves_every_other_its_part() {
        let room = WaitingRoom::new(400 * END_BYTES);
        let mut own = [0_usize; 2];
        own.iter().for_each(|_| room.enter_project());
        let add = |own: &mut usize| {
            room.enter();
            *own += 1;
            while room.is_too_full_for(*own) {
                room.leave(1);
                *own -= 1;
            }
        };
        (0..1_000).for_each(|_| add(&mut own[0]));
        assert_eq!(own, [300, 0]);
        (0..1_000).for_each(|_| add(&mut own[1]));
        assert_eq!(own, [300, 50]);
        // The flood is over: its places are free.
        room.leave_project(own[0]);
        (0..1_000).for_each(|_| add(&mut own[1]));
        assert_eq!(own[1], 300);
    }
}
