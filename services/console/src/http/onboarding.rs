//! `GET /projects/{id}/onboarding` (server-sent events), `POST /projects/{id}/test-trace`.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse,
        sse::{Event, Sse},
    },
};
use futures::{Stream, StreamExt};
use http::{HeaderMap, HeaderValue, StatusCode};
use naru_http::{ClientAddress, Json, Path, Problem};
use naru_ids::ProjectId;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Created,
    signed_in::{MayChange, by_headers},
};
use crate::{
    app::App,
    clients::onboarding::Entry,
    error::Error,
    project::{board, test_trace},
    session::caller::SignedIn,
};

/// How often a stream asks whether who opened it may still watch.
const CHECK_EVERY: Duration = Duration::from_secs(5);

/// The install page's event log: what happened, then what happens. `id` is the entry's sequence, and `Last-Event-ID`
/// goes on after it. A comment every 15 s keeps proxies awake.
#[utoipa::path(
    get,
    path = "/projects/{id}/onboarding",
    tag = "projects",
    params(("id" = ProjectId, Path), ("Last-Event-ID" = Option<u64>, Header)),
    responses(
        (status = 200, content_type = "text/event-stream", body = super::shape::OnboardingEvent),
        (status = 404, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn stream(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<ProjectId>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Error> {
    let project = board::find(&app, &who, id).await?;
    let place = app.watchers.enter(who.caller.tenant).ok_or(Error::TooMany { retry_after_s: 10 })?;
    let entries = app.onboarding.watch(who.caller.tenant, project.id, last_event_id(&headers)).await?;
    let events = entries.map(event).take_until(Box::pin(ended(app, headers))).map(move |event| {
        // Held for as long as the stream lives.
        let _ = &place;
        event
    });
    // nginx and its like would hold events back to fill a buffer.
    let unbuffered = [("x-accel-buffering", HeaderValue::from_static("no"))];
    Ok((unbuffered, Sse::new(greeted(events)).keep_alive(naru_http::sse_keep_alive())))
}

/// Waits until the service drains, or the credential no longer holds.
async fn ended(app: App, headers: HeaderMap) {
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = tokio::time::sleep(CHECK_EVERY) => {}
        }
        // A database that is away ends nobody's stream.
        if matches!(by_headers(&app, &headers).await, Ok(None)) {
            return;
        }
    }
}

/// A comment at once, so that the browser sees an open stream before anything has happened.
fn greeted<S>(events: S) -> impl Stream<Item = Result<Event, Infallible>>
where
    S: Stream<Item = Result<Event, Infallible>>,
{
    let hello = Event::default().retry(Duration::from_secs(1)).comment("watching");
    futures::stream::iter([Ok(hello)]).chain(events)
}

fn event(entry: Entry) -> Result<Event, Infallible> {
    Ok(Event::default().event("onboarding").id(entry.sequence.to_string()).data(entry.json))
}

/// Anything unreadable means from the start.
fn last_event_id(headers: &HeaderMap) -> u64 {
    headers.get("last-event-id").and_then(|id| id.to_str().ok()?.trim().parse().ok()).unwrap_or(0)
}

#[derive(Serialize, ToSchema)]
pub(super) struct TestTrace {
    trace_id: String,
}

/// Send one labelled trace, never billed, so that the way is seen to work before an agent is there.
#[utoipa::path(
    post,
    path = "/projects/{id}/test-trace",
    tag = "projects",
    params(("id" = ProjectId, Path)),
    responses(
        (status = 202, body = TestTrace),
        (status = 404, body = Problem),
        (status = 429, body = Problem, description = "too_many_attempts, with Retry-After"),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn test_trace(
    State(app): State<App>,
    MayChange(who): MayChange,
    ClientAddress(address): ClientAddress,
    Path(id): Path<ProjectId>,
) -> Result<Created<TestTrace>, Error> {
    let trace_id = test_trace::send(&app, &who, id, &address.to_string()).await?;
    Ok((StatusCode::ACCEPTED, Json(TestTrace { trace_id })))
}
