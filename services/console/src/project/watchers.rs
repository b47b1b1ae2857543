//! How many install pages watch at a time: in all, and per tenant, so that one tenant's tabs leave room for the others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use naru_ids::TenantId;

/// In this process; each holds a consumer on the bus.
const WATCHERS_MAX: usize = 1_000;
const WATCHERS_PER_TENANT_MAX: usize = 50;

#[derive(Debug, Clone, Default)]
pub struct Watchers(Arc<Mutex<HashMap<TenantId, usize>>>);

/// A place; it is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    watchers: Watchers,
    tenant: TenantId,
}

impl Watchers {
    /// `None` = no place is free.
    #[must_use]
    pub fn enter(&self, tenant: TenantId) -> Option<Place> {
        self.with(|watching| {
            let all: usize = watching.values().sum();
            let own = watching.get(&tenant).copied().unwrap_or(0);
            if all >= WATCHERS_MAX || own >= WATCHERS_PER_TENANT_MAX {
                return None;
            }
            watching.insert(tenant, own + 1);
            Some(Place { watchers: self.clone(), tenant })
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut HashMap<TenantId, usize>) -> T) -> T {
        // Nothing panics while holding this lock.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.watchers.with(|watching| match watching.get_mut(&self.tenant) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(watching.remove(&self.tenant)),
        });
    }
}

#[cfg(test)]
mod tests {
    use naru_ids::UnixMs;

    use super::*;

    #[test]
    fn one_tenants_pages_leave_room_for_the_others() {
        let watchers = Watchers::default();
        let (acme, globex) = (TenantId::new(UnixMs(1)), TenantId::new(UnixMs(2)));
        let mut places: Vec<Place> = std::iter::from_fn(|| watchers.enter(acme)).collect();
        assert_eq!(places.len(), WATCHERS_PER_TENANT_MAX);
        assert!(watchers.enter(globex).is_some());
        places.pop();
        assert!(watchers.enter(acme).is_some());
        places.clear();
        assert!(watchers.with(|watching| watching.is_empty()));
    }
}
