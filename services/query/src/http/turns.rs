//! Whose query runs next: what one tenant asks for at once must not be what another waits for.
//!
//! A tenant's queries run some at a time, the others wait for these, in the order they came. Before a query runs it takes
//! one of the places that all tenants share, and there are twice as many of these as one tenant can take: so one tenant
//! alone never fills them, and where many ask, each has as many in that queue as any other.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use naru_ids::TenantId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many at a time for each tenant.
#[derive(Debug)]
pub(super) struct Places {
    max: usize,
    taken: Mutex<HashMap<TenantId, Weak<Semaphore>>>,
}

impl Places {
    pub(super) fn new(max: usize) -> Self {
        Self { max, taken: Mutex::default() }
    }

    /// `None` when the tenant has taken all of them.
    pub(super) fn take(&self, tenant: TenantId) -> Option<OwnedSemaphorePermit> {
        self.of(tenant).try_acquire_owned().ok()
    }

    /// One of them, when it is free.
    async fn wait(&self, tenant: TenantId) -> OwnedSemaphorePermit {
        granted(self.of(tenant)).await
    }

    fn of(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.get(&tenant).and_then(Weak::upgrade).unwrap_or_else(|| {
            // Tenants without a running query leave only a dead entry; they go before they are many.
            taken.retain(|_, places| places.strong_count() > 0);
            let places = Arc::new(Semaphore::new(self.max));
            taken.insert(tenant, Arc::downgrade(&places));
            places
        })
    }
}

/// Turns of queries.
#[derive(Debug)]
pub(crate) struct Turns {
    own: Places,
    shared: Arc<Semaphore>,
}

/// Ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _shared: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

impl Turns {
    /// So many for each tenant.
    pub(super) fn of(each: usize) -> Self {
        Self { own: Places::new(each), shared: Arc::new(Semaphore::new(2 * each)) }
    }

    /// Waits for the turn of a query of this tenant.
    pub(crate) async fn wait(&self, tenant: TenantId) -> Turn {
        let own = self.own.wait(tenant).await;
        let shared = granted(Arc::clone(&self.shared)).await;
        Turn { _shared: shared, _own: own }
    }
}

async fn granted(places: Arc<Semaphore>) -> OwnedSemaphorePermit {
    places.acquire_owned().await.expect("nobody closes it")
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use naru_ids::UnixMs;

    use super::*;

    fn tenants<const N: usize>() -> [TenantId; N] {
        std::array::from_fn(|n| TenantId::new(UnixMs(n as u64 + 1)))
    }

    #[test]
    fn however_much_one_tenant_asks_another_is_next() {
        let (turns, [greedy, modest]) = (Turns::of(2), tenants());
        let mut asked: Vec<_> = (0..100).map(|_| Box::pin(turns.wait(greedy))).collect();
        let mut held: Vec<Turn> = asked.iter_mut().filter_map(|turn| turn.as_mut().now_or_never()).collect();
        assert_eq!(held.len(), 2);
        let own = turns.wait(modest).now_or_never().expect("a turn is free");
        assert!(turns.wait(greedy).now_or_never().is_none());
        // Its own next goes on when one of its own is done.
        held.pop();
        let next: Vec<Turn> = asked[2..].iter_mut().filter_map(|turn| turn.as_mut().now_or_never()).collect();
        assert_eq!(next.len(), 1);
        drop(own);
    }

    #[test]
    fn where_many_ask_each_has_as_many_turns() {
        let (turns, all) = (Turns::of(1), tenants::<4>());
        let mut waiting: Vec<_> =
            (0..5).flat_map(|_| all).map(|tenant| (tenant, Box::pin(turns.wait(tenant)))).collect();
        let mut served = Vec::new();
        while !waiting.is_empty() {
            let mut now = Vec::new();
            waiting.retain_mut(|(tenant, turn)| match turn.as_mut().now_or_never() {
                Some(turn) => {
                    now.push((*tenant, turn));
                    false
                }
                None => true,
            });
            assert!((1..=2).contains(&now.len()), "{} at a time", now.len());
            served.extend(now.into_iter().map(|(tenant, _)| tenant));
        }
        for round in served.chunks(4) {
            let mut round = round.to_vec();
            round.sort_unstable();
            assert_eq!(round, all);
        }
    }

    #[test]
    fn who_gives_up_waiting_takes_no_turn() {
        let (turns, [one]) = (Turns::of(1), tenants());
        let held = turns.wait(one).now_or_never().unwrap();
        let mut gone = Box::pin(turns.wait(one));
        assert!(gone.as_mut().now_or_never().is_none());
        drop(gone);
        drop(held);
        assert!(turns.wait(one).now_or_never().is_some());
    }
}
