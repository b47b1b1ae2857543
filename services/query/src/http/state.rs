//! What every handler has at hand.

use std::{num::NonZero, sync::Arc};

use naru_ids::{TenantId, UnixMs};
use naru_runtime::Clock;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    streams::Streams,
    turns::{Places, Turns},
};
use crate::{clients::Directory, config::Config, error::Error, live::Hub, scan::Lake};

/// Queries of one tenant that run or wait for their turn. A page asks for about eight.
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
    pub(crate) turns: Turns,
    pub(crate) statement_turns: Turns,
    queries: Places,
    statements: Places,
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
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let cores = u16::try_from(cores).unwrap_or(u16::MAX);
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
            turns: Turns::of(cores),
            // A statement alone keeps all cores busy.
            statement_turns: Turns::of(1),
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
