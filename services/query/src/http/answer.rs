//! Running one query: a place among the tenant's queries, its turn among everybody's, and a time within which it must
//! answer.

use std::{pin::Pin, time::Duration};

use tokio::sync::OwnedSemaphorePermit;

use super::{
    App,
    caller::Scoped,
    turns::{Turn, Turns},
};
use crate::error::Error;

/// Below the frame's limit for handlers, so that the client learns what to narrow.
pub(super) const QUERY_TIMEOUT: Duration = Duration::from_secs(25);

/// Runs `work` when its turn has come. When the client leaves, the handler's future is dropped, and with it this and every
/// scan in it.
pub(crate) async fn within_limits<T>(
    app: &App,
    scoped: &Scoped,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    in_turn(&app.turns, app, scoped, Box::pin(work)).await
}

/// What a query holds while it runs.
#[derive(Debug)]
pub(crate) struct Held {
    _turn: Turn,
    _place: OwnedSemaphorePermit,
}

impl Held {
    /// Of a statement whose rows are sent while it runs.
    pub(crate) async fn by_statement(app: &App, scoped: &Scoped) -> Result<Self, Error> {
        Self::of(&app.statement_turns, app, scoped).await
    }

    async fn of(turns: &Turns, app: &App, scoped: &Scoped) -> Result<Self, Error> {
        let tenant = scoped.scope.tenant();
        let place = app.place(tenant)?;
        Ok(Self { _turn: turns.wait(tenant).await, _place: place })
    }
}

/// The same for a statement of SQL: it may take as long as it may, and must not keep the tenant's own pages waiting.
pub(crate) async fn statement_within_limits<T>(
    app: &App,
    scoped: &Scoped,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    in_turn(&app.statement_turns, app, scoped, Box::pin(work)).await
}

async fn in_turn<T>(
    turns: &Turns,
    app: &App,
    scoped: &Scoped,
    work: Pin<Box<impl Future<Output = Result<T, Error>>>>,
) -> Result<T, Error> {
    let work = async {
        let _held = Held::of(turns, app, scoped).await?;
        work.await
    };
    tokio::time::timeout(QUERY_TIMEOUT, work).await.unwrap_or(Err(Error::TooSlow(QUERY_TIMEOUT.as_secs())))
}
