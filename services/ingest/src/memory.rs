//! What all requests together may hold in memory: taken as their bytes arrive, given back when their packs are gone.
//!
//! Without it a thousand slow clients with large bodies, or a bus that hangs, would be the end of the process. No tenant
//! may hold more than three quarters of it: what one sends does not keep the others out.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use naru_ids::TenantId;

use crate::answer::Refusal;

#[derive(Debug, Clone)]
pub(crate) struct Memory(Arc<All>);

#[derive(Debug)]
struct All {
    bytes_max: usize,
    tenant_bytes_max: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    bytes: usize,
    tenants: HashMap<TenantId, usize>,
}

/// What one request holds; given back when dropped.
#[derive(Debug)]
pub(crate) struct Reserved {
    all: Arc<All>,
    tenant: TenantId,
    bytes: usize,
}

impl Memory {
    pub(crate) fn new(bytes_max: usize) -> Self {
        let tenant_bytes_max = bytes_max - bytes_max / 4;
        Self(Arc::new(All { bytes_max, tenant_bytes_max, held: Mutex::default() }))
    }

    /// Nothing yet.
    pub(crate) fn reserve(&self, tenant: TenantId) -> Reserved {
        Reserved { all: Arc::clone(&self.0), tenant, bytes: 0 }
    }
}

impl Reserved {
    /// Takes more. What was taken before stays taken if there is no more to have.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.set(self.bytes.saturating_add(bytes))
    }

    /// Holds `bytes` from now on, whatever it was before.
    pub(crate) fn set(&mut self, bytes: usize) -> Result<(), Refusal> {
        let mut held = self.all.held.lock().unwrap_or_else(PoisonError::into_inner);
        let all = (held.bytes - self.bytes).saturating_add(bytes);
        let of_tenant = held.tenants.entry(self.tenant).or_default();
        let tenant = (*of_tenant - self.bytes).saturating_add(bytes);
        let is_more = bytes > self.bytes;
        if is_more && (all > self.all.bytes_max || tenant > self.all.tenant_bytes_max) {
            return Err(Refusal::Busy);
        }
        *of_tenant = tenant;
        if tenant == 0 {
            held.tenants.remove(&self.tenant);
        }
        held.bytes = all;
        self.bytes = bytes;
        Ok(())
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        // Less is always to be had.
        let _ = self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use naru_ids::UnixMs;

    use super::*;

    #[test]
    fn memory_is_bounded_over_all_requests_and_given_back() {
        let (acme, globex) = (TenantId::new(UnixMs(1)), TenantId::new(UnixMs(2)));
        let memory = Memory::new(1_000);
        let (mut one, mut other) = (memory.reserve(acme), memory.reserve(globex));
        assert_eq!(one.grow(700), Ok(()));
        assert_eq!(other.grow(301), Err(Refusal::Busy));
        assert_eq!(one.set(600), Ok(()));
        assert_eq!(other.grow(301), Ok(()));
        drop(one);
        assert_eq!(other.grow(400), Ok(()));
        assert_eq!(other.grow(usize::MAX), Err(Refusal::Busy));
    }

    #[test]
    fn a_tenant_leaves_a_quarter_to_the_others() {
        let (acme, globex) = (TenantId::new(UnixMs(1)), TenantId::new(UnixMs(2)));
        let memory = Memory::new(1_000);
        let (mut one, mut two) = (memory.reserve(acme), memory.reserve(acme));
        assert_eq!((one.grow(400), two.grow(351)), (Ok(()), Err(Refusal::Busy)));
        assert_eq!(memory.reserve(globex).grow(600), Ok(()));
        drop(one);
        assert_eq!((two.grow(750), two.grow(1)), (Ok(()), Err(Refusal::Busy)));
        drop(two);
        assert_eq!(memory.0.held.lock().unwrap().tenants.len(), 0);
    }
}
