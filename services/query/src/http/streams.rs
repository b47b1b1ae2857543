//! How many live streams are open at a time: in all, and per tenant, so that one tenant's pages leave room for the others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use naru_ids::TenantId;

/// In this process.
const STREAMS_MAX: usize = 5_000;
/// A wall of screens in every office of a company, and room for as many tenants at once.
pub(crate) const STREAMS_PER_TENANT_MAX: usize = 250;

#[derive(Debug, Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<TenantId, usize>>>);

/// Whose places are all taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    Tenant,
    Process,
}

/// A place; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    streams: Streams,
    tenant: TenantId,
}

impl Streams {
    pub(crate) fn enter(&self, tenant: TenantId) -> Result<Place, Full> {
        self.with(|open| {
            let own = open.get(&tenant).copied().unwrap_or(0);
            if own >= STREAMS_PER_TENANT_MAX {
                return Err(Full::Tenant);
            }
            if open.values().sum::<usize>() >= STREAMS_MAX {
                return Err(Full::Process);
            }
            open.insert(tenant, own + 1);
            Ok(Place { streams: self.clone(), tenant })
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut HashMap<TenantId, usize>) -> T) -> T {
        // Nothing panics while holding this lock.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.streams.with(|open| match open.get_mut(&self.tenant) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(open.remove(&self.tenant)),
        });
    }
}

#[cfg(test)]
mod tests {
    use naru_ids::UnixMs;

    use super::*;

    #[test]
    fn one_tenants_streams_leave_room_for_the_others_until_the_process_is_full() {
        let streams = Streams::default();
        let tenant = |number| TenantId::new(UnixMs(number));
        let acme = tenant(1);
        let mut own: Vec<Place> = std::iter::from_fn(|| streams.enter(acme).ok()).collect();
        assert_eq!(own.len(), STREAMS_PER_TENANT_MAX);
        assert_eq!(streams.enter(acme).unwrap_err(), Full::Tenant);
        assert!(streams.enter(tenant(2)).is_ok());
        own.pop();
        own.push(streams.enter(acme).unwrap());

        // Many companies with a hundred each.
        let enter = |number| streams.enter(tenant(2 + number / 100));
        let others: Vec<Place> = (0..).map_while(|number| enter(number).ok()).collect();
        assert_eq!(enter(u64::MAX / 2).unwrap_err(), Full::Process);
        assert_eq!(own.len() + others.len(), STREAMS_MAX);
        drop((own, others));
        assert!(streams.with(|open| open.is_empty()));
    }
}
