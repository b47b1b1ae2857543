//! Names of all projects of a tenant in one partition: together they are bounded, too.

use std::sync::atomic::{AtomicUsize, Ordering};

/// 40 MB or so of usual names, and 140 of the longest. A project alone may have a quarter of them.
pub(super) const TENANT_NAMES_MAX: usize = 200_000;

/// How many there are.
#[derive(Debug, Default)]
pub(crate) struct TenantNames(AtomicUsize);

impl TenantNames {
    pub(super) fn is_full(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= TENANT_NAMES_MAX
    }

    pub(super) fn come(&self, names: usize) {
        self.0.fetch_add(names, Ordering::Relaxed);
    }

    pub(super) fn go(&self, names: usize) {
        self.0.fetch_sub(names, Ordering::Relaxed);
    }
}
