//! Whose query runs next: what one tenant asks for at once must not be what another waits for.
//!
//! A tenant's queries run some at a time, the others wait for these, in the order they came. Before a query runs it takes
//! one of the places that all tenants share, and there are twice as many of these as one tenant can take: so one tenant
//! alone never fills them, and where many ask, each has as many in that queue as any other.
//!
//! A tenant that asks while no other does has a turn for each core. Beside others it leaves a core free, or what another asks
//! would wait for a core on which this one's rows are read.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};

use naru_ids::TenantId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pages ask again sooner than this, for as long as somebody looks at them.
const IS_BESIDE: Duration = Duration::from_secs(30);

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

    /// So many of them, when they are free.
    async fn wait(&self, tenant: TenantId, count: u32) -> OwnedSemaphorePermit {
        granted(self.of(tenant), count).await
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

/// The two tenants that asked last, and when.
#[derive(Debug, Default)]
struct Askers {
    last: Option<(TenantId, Instant)>,
    /// Another one.
    before: Option<(TenantId, Instant)>,
}

impl Askers {
    /// Whether another has asked lately.
    fn is_beside_others(&mut self, tenant: TenantId, now: Instant) -> bool {
        if self.last.is_some_and(|(last, _)| last != tenant) {
            self.before = self.last;
        }
        self.last = Some((tenant, now));
        self.before.is_some_and(|(_, at)| now.saturating_duration_since(at) < IS_BESIDE)
    }
}

/// Turns of queries.
#[derive(Debug)]
pub(crate) struct Turns {
    each: u32,
    /// Of which a query takes more when it is asked beside others', so that there is room for one query less.
    own: Places,
    shared: Arc<Semaphore>,
    askers: Mutex<Askers>,
}

/// Ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _shared: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

impl Turns {
    /// So many for each tenant.
    pub(super) fn of(each: u16) -> Self {
        let (each, less) = (usize::from(each), usize::from(each.saturating_sub(1)));
        Self {
            each: each as u32,
            own: Places::new(each * less.max(1)),
            shared: Arc::new(Semaphore::new(2 * each)),
            askers: Mutex::default(),
        }
    }

    /// Waits for the turn of a query of this tenant.
    pub(crate) async fn wait(&self, tenant: TenantId) -> Turn {
        let own = self.own.wait(tenant, self.places(tenant, Instant::now())).await;
        let shared = granted(Arc::clone(&self.shared), 1).await;
        Turn { _shared: shared, _own: own }
    }

    /// Of `each * (each - 1)` of its own, those that a query takes: then there is room for `each` alone and for one less
    /// beside others.
    fn places(&self, tenant: TenantId, now: Instant) -> u32 {
        let mut askers = self.askers.lock().unwrap_or_else(PoisonError::into_inner);
        if askers.is_beside_others(tenant, now) { self.each } else { (self.each - 1).max(1) }
    }
}

async fn granted(places: Arc<Semaphore>, count: u32) -> OwnedSemaphorePermit {
    places.acquire_many_owned(count).await.expect("nobody closes it")
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
    fn who_asks_beside_others_leaves_a_core_free_until_they_have_gone() {
        let (turns, [one, other], start) = (Turns::of(4), tenants(), Instant::now());
        let at_once = |tenant, s| {
            let taken = turns.places(tenant, start + Duration::from_secs(s));
            turns.own.max as u32 / taken
        };
        assert_eq!([at_once(one, 0), at_once(one, 1)], [4, 4]);
        assert_eq!([at_once(other, 2), at_once(one, 3), at_once(one, 31)], [3, 3, 3]);
        assert_eq!([at_once(one, 32), at_once(other, 33)], [4, 3]);
        assert_eq!(Turns::of(1).places(one, start), 1);
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
