//! `GET /projects/{id}/live`: transactions as they become queryable, as server-sent events.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{Sse, sse::Event},
};
use futures::Stream;
use naru_http::{Problem, sse_keep_alive};
use naru_ids::ProjectId;
use naru_writer_api::LiveBatch;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tracing::debug;

use super::{App, caller::Scoped};
use crate::{error::Error, live::Points};

/// A revoked session's stream ends within this time.
const CHECK_EVERY: Duration = Duration::from_secs(5);
/// So many checks in a row may go unanswered before the stream ends: an outage of ours is no reason to hurry, and no
/// reason to trust forever.
const UNANSWERED_MAX: u32 = 12;

/// Live transactions. Events: `hello` `{server_ms}` first, then `transactions` `{points:[{start_ms, duration_ms, error,
/// application, instance, operation, trace_id, span_id}], omitted}`. A comment comes every 15 s.
#[utoipa::path(
    get,
    path = "/projects/{id}/live",
    tag = "transactions",
    params(("id" = ProjectId, Path)),
    responses(
        (status = 200, body = String, content_type = "text/event-stream"),
        (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 429, body = Problem, description = "the company has too many live streams open"),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn stream(
    State(app): State<App>,
    scoped: Scoped,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Error> {
    let place = app.streams.enter(scoped.scope.tenant()).map_err(Error::Streams)?;
    let points = app.hub.watch(scoped.scope).await?;
    let events = events(app, scoped, points);
    let events = async_stream::stream! {
        let _place = place;
        for await event in events {
            yield Ok(event);
        }
    };
    Ok(Sse::new(events).keep_alive(sse_keep_alive()))
}

fn events(app: App, scoped: Scoped, mut points: Points) -> impl Stream<Item = Event> {
    async_stream::stream! {
        yield event("hello", &json!({ "server_ms": app.now().0 }));
        let mut checks = tokio::time::interval(CHECK_EVERY);
        checks.tick().await;
        let mut unanswered = 0;
        loop {
            tokio::select! {
                _ = checks.tick() => match still_theirs(&app, &scoped).await {
                    Ok(true) => unanswered = 0,
                    Ok(false) => break,
                    Err(_) if unanswered < UNANSWERED_MAX => unanswered += 1,
                    Err(_) => break,
                },
                batch = points.recv() => match batch {
                    Ok(batch) => yield event("transactions", &body(&batch)),
                    // Too slow: what was missed stays missed here, and is in every list.
                    Err(RecvError::Lagged(batches)) => debug!(batches, "a live stream fell behind"),
                    Err(RecvError::Closed) => break,
                },
            }
        }
    }
}

fn body(batch: &LiveBatch) -> serde_json::Value {
    json!({ "points": batch.points, "omitted": batch.omitted })
}

fn event(name: &str, data: &serde_json::Value) -> Event {
    Event::default().event(name).data(data.to_string())
}

/// Does the caller still hold, and is the project still theirs? An error: nobody could say.
async fn still_theirs(app: &App, scoped: &Scoped) -> Result<bool, Error> {
    let holds = match scoped.viewer.now(app).await {
        Ok(viewer) => viewer.scope(app, scoped.scope.project()).await,
        Err(error) => Err(error),
    };
    match holds {
        Ok(again) => Ok(again.scope == scoped.scope),
        Err(Error::Unauthorized(_) | Error::Forbidden(_) | Error::UnknownProject(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
