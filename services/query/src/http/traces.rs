//! `GET /projects/{id}/traces/{trace_id}`.

use axum::extract::State;
use naru_http::{Json, Path, Problem, Query};
use naru_ids::ProjectId;
use naru_signal::Signal;
use serde::Deserialize;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;
use utoipa::IntoParams;

use super::{App, answer::within_limits, caller::Scoped};
use crate::{
    error::Error,
    parse::{TimeRange, TraceId},
    plan::Ask,
    scan::{Lake, Newest, ScanError, Snapshot, TraceRef},
    shape::{
        logs::{self, LogRecord},
        trace::{self, Fold, Trace},
    },
};

/// Where a trace is looked for when nobody says when it was.
const LOOK_BACK_DAYS: i64 = 31;
/// Logs of a trace may be a little out of step with its spans.
const LOGS_AROUND_MS: i64 = 300_000;
/// Log records shown with a trace.
const LOGS_MAX: usize = 2_000;

#[derive(Deserialize)]
pub(super) struct Of {
    trace_id: String,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// A hint that makes looking cheaper: no span of the trace began earlier.
    from: Option<String>,
    /// No span of the trace began at or after this. Missing: now.
    to: Option<String>,
}

/// One trace with all its spans and logs.
#[utoipa::path(
    get,
    path = "/projects/{id}/traces/{trace_id}",
    tag = "traces",
    params(("id" = ProjectId, Path), ("trace_id" = String, Path, description = "32 hex letters"), Params),
    responses(
        (status = 200, body = Trace),
        (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn get(
    State(app): State<App>,
    scoped: Scoped,
    Path(Of { trace_id }): Path<Of>,
    Query(params): Query<Params>,
) -> Result<Json<Trace>, Error> {
    let id = TraceId::parse(&trace_id).ok_or(Error::NotFound("trace"))?;
    let range = match (&params.from, &params.to) {
        (None, None) => TimeRange::last_days(LOOK_BACK_DAYS, app.now()),
        (from, to) => TimeRange::parse(from.as_deref(), to.as_deref(), app.now())?,
    };
    // It reads spans and logs side by side: too much to be moved about.
    within_limits(
        &app,
        &scoped,
        Box::pin(async {
            let spans = Ask::needle(Signal::Traces, range, trace::COLUMNS).of_trace(id);
            let logs = Ask::needle(Signal::Logs, range.widened(LOGS_AROUND_MS), logs::COLUMNS).of_trace(id);
            let lake = &app.lake;
            let spans = lake.snapshot(&scoped.scope, spans).await?;
            if spans.is_empty() {
                return Err(Error::NotFound("trace"));
            }
            // Found while the spans are read, which keeps a core busy.
            let (also, scope) = (app.clone(), scoped.scope);
            let logs = async move { also.lake.snapshot(&scope, logs).await };
            let logs = AbortOnDropHandle::new(tokio::spawn(logs.in_current_span()));
            let mut found = Fold::default();
            let reading = lake.each_of_traces(&spans, None, |batch| found.add(batch));
            let ((), logs) = tokio::try_join!(reading, async { logs.await.map_err(ScanError::joined)? })?;
            let mut incomplete = spans.incomplete.clone();
            incomplete.extend(
                logs.incomplete.iter().filter(|_| incomplete.is_empty()).cloned().collect::<Vec<_>>(),
            );
            let during = found.range().ok_or(Error::NotFound("trace"))?;
            let logs = read_logs(lake, &logs, id, during.widened(LOGS_AROUND_MS)).await?;
            found.finish(id, logs, incomplete).map(Json).ok_or(Error::NotFound("trace"))
        }),
    )
    .await
}

async fn read_logs(
    lake: &Lake,
    snapshot: &Snapshot,
    trace: TraceId,
    range: TimeRange,
) -> Result<Vec<LogRecord>, ScanError> {
    let mut newest = Newest::new("time_ns", LOGS_MAX);
    lake.each_of_traces(snapshot, Some(range), |batch| newest.add(batch)).await?;
    let mut page = logs::Page::default();
    if let Some(batch) = newest.finish()? {
        page.add(&batch)?;
    }
    page.name_traces(&[(TraceRef::Id(trace), trace)].into());
    Ok(page.into_oldest_first())
}
