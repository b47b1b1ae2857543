//! Running one query: a place among the tenant's queries, and a time within which it must answer.

use std::time::Duration;

use super::{App, caller::Scoped};
use crate::error::Error;

/// Below the frame's limit for handlers, so that the client learns what to narrow.
const QUERY_TIMEOUT: Duration = Duration::from_secs(25);

/// Runs `work`. When the client leaves, the handler's future is dropped, and with it this and every scan in it.
pub(crate) async fn within_limits<T>(
    app: &App,
    scoped: &Scoped,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let _place = app.place(scoped.scope.tenant())?;
    tokio::time::timeout(QUERY_TIMEOUT, work).await.unwrap_or(Err(Error::TooSlow(QUERY_TIMEOUT.as_secs())))
}
