//! Running one query: a place among the tenant's queries, its turn among everybody's, and a time within which it must
//! answer.

use std::{pin::Pin, time::Duration};

use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, timeout, timeout_at},
};

use super::{
    App,
    caller::Scoped,
    turns::{Turn, Turns},
};
use crate::error::Error;

/// From its turn on.
const QUERY_TIMEOUT: Duration = Duration::from_secs(25);
/// Waits no longer than this for its turn: there must be time left for the query.
const TURN_TIMEOUT: Duration = Duration::from_secs(20);
/// Both together. Below the frame's limit for handlers, so that the client learns what to do.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(28);

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
    deadline: Instant,
    /// Waiting has not shortened it.
    has_full_time: bool,
}

impl Held {
    /// Of a statement whose rows are sent while it runs.
    pub(crate) async fn by_statement(app: &App, scoped: &Scoped) -> Result<Self, Error> {
        Self::of(&app.statement_turns, app, scoped).await
    }

    /// The answer of `work`, if it comes in time. Others' queries are not its fault: who waited long is told to try again.
    pub(super) async fn in_time<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        match timeout_at(self.deadline, work).await {
            Ok(answer) => answer,
            Err(_) if self.has_full_time => Err(Error::TooSlow(QUERY_TIMEOUT.as_secs())),
            Err(_) => Err(Error::NoTurn),
        }
    }

    async fn of(turns: &Turns, app: &App, scoped: &Scoped) -> Result<Self, Error> {
        let tenant = scoped.scope.tenant();
        let (place, asked) = (app.place(tenant)?, Instant::now());
        let turn = timeout(TURN_TIMEOUT, turns.wait(tenant)).await.map_err(|_| Error::NoTurn)?;
        let (full, last) = (Instant::now() + QUERY_TIMEOUT, asked + ANSWER_TIMEOUT);
        Ok(Self { _turn: turn, _place: place, deadline: full.min(last), has_full_time: full <= last })
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
    let held = Held::of(turns, app, scoped).await?;
    held.in_time(work).await
}
