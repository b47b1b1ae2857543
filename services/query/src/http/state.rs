//! What every handler has at hand.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use naru_ids::{TenantId, UnixMs};
use naru_runtime::Clock;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::streams::Streams;
use crate::{clients::Directory, config::Config, error::Error, live::Hub, scan::Lake};

/// Queries of one tenant that run at a time. A page asks for about eight.
const QUERIES_PER_TENANT_MAX: usize = 32;
/// Nobody knows what a statement costs before it has run.
const STATEMENTS_PER_TENANT_MAX: usize = 2;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct App(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) lake: Lake,
    pub(crate) directory: Directory,
    pub(crate) hub: Hub,
    pub(crate) clock: Clock,
    pub(crate) region: String,
    /// `.apm.local.localhost`
    pub(crate) host_suffix: String,
    pub(crate) console_url: String,
    pub(crate) session_cookie: String,
    pub(crate) streams: Streams,
    queries: Places,
    statements: Places,
}

/// So many at a time for each tenant.
#[derive(Debug)]
struct Places {
    max: usize,
    taken: Mutex<HashMap<TenantId, Weak<Semaphore>>>,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    #[must_use]
    pub(crate) fn new(config: &Config, lake: Lake, directory: Directory, hub: Hub, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            lake,
            directory,
            hub,
            clock,
            region: config.region.clone(),
            host_suffix: config.host_suffix(),
            console_url: config.console_url(),
            session_cookie: naru_console_api::session_cookie_name(config.is_https(), config.edge_port),
            streams: Streams::default(),
            queries: Places::new(QUERIES_PER_TENANT_MAX),
            statements: Places::new(STATEMENTS_PER_TENANT_MAX),
        }))
    }

    #[must_use]
    pub(crate) fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// A place for one query of this tenant; given back when dropped.
    pub(crate) fn place(&self, tenant: TenantId) -> Result<OwnedSemaphorePermit, Error> {
        self.queries.take(tenant).ok_or(Error::TooMany)
    }

    /// As [`Self::place`], for one statement of SQL; held until nothing works for it any more.
    pub(crate) fn sql_place(&self, tenant: TenantId) -> Result<OwnedSemaphorePermit, Error> {
        self.statements.take(tenant).ok_or(Error::TooManySql)
    }
}

impl Places {
    fn new(max: usize) -> Self {
        Self { max, taken: Mutex::default() }
    }

    fn take(&self, tenant: TenantId) -> Option<OwnedSemaphorePermit> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let places = taken.get(&tenant).and_then(Weak::upgrade).unwrap_or_else(|| {
            // Tenants without a running query leave only a dead entry; they go before they are many.
            taken.retain(|_, places| places.strong_count() > 0);
            let places = Arc::new(Semaphore::new(self.max));
            taken.insert(tenant, Arc::downgrade(&places));
            places
        });
        places.try_acquire_owned().ok()
    }
}
