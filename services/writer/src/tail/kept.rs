//! From when on spans are kept, as the catalog last said: names that only count in what is gone make room.

use std::sync::{PoisonError, RwLock};

use naru_ids::TenantId;
use naru_lake::catalog::retention::KeptFrom;

/// Told by a job once an hour. Until it is told, everything is kept.
#[derive(Debug, Default)]
pub(crate) struct KeptSpans(RwLock<Option<KeptFrom>>);

impl KeptSpans {
    pub(crate) fn tell(&self, kept: KeptFrom) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(kept);
    }

    /// Unix ns.
    pub(super) fn begin_ns(&self, tenant: TenantId) -> i64 {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().map_or(i64::MIN, |kept| kept.of(tenant))
    }
}
