//! `GET /projects/{id}/traces/{trace_id}`.

use axum::extract::State;
use datafusion::logical_expr::col;
use naru_http::{Json, Path, Problem, Query};
use naru_ids::ProjectId;
use naru_signal::Signal;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{App, answer::within_limits, caller::Scoped};
use crate::{
    error::Error,
    parse::{TimeRange, TraceId},
    plan::{Ask, TenantScope, trace_is},
    scan::{Incomplete, ScanError, fold},
    shape::{
        logs::{self, LogRecord},
        trace::{Fold, Trace},
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
    let trace = TraceId::parse(&trace_id).ok_or(Error::NotFound("trace"))?;
    let range = match (&params.from, &params.to) {
        (None, None) => TimeRange::last_days(LOOK_BACK_DAYS, app.now()),
        (from, to) => TimeRange::parse(from.as_deref(), to.as_deref(), app.now())?,
    };
    within_limits(&app, &scoped, async {
        let ask = Ask::all_columns(Signal::Traces, range).of_trace(trace);
        let snapshot = app.lake.snapshot(&scoped.scope, ask).await?;
        let frame = app.lake.frame(&snapshot)?.filter(trace_is(trace)).map_err(ScanError::from)?;
        let mut spans = Fold::default();
        fold(frame, |batch| spans.add(batch)).await?;
        let during = spans.range().ok_or(Error::NotFound("trace"))?;
        let (logs, missing) = read_logs(&app, &scoped.scope, trace, during.widened(LOGS_AROUND_MS)).await?;
        let mut incomplete = snapshot.incomplete.clone();
        incomplete.extend(missing.into_iter().filter(|_| snapshot.incomplete.is_empty()));
        spans.finish(trace, logs, incomplete).map(Json).ok_or(Error::NotFound("trace"))
    })
    .await
}

async fn read_logs(
    app: &App,
    scope: &TenantScope,
    trace: TraceId,
    range: TimeRange,
) -> Result<(Vec<LogRecord>, Vec<Incomplete>), ScanError> {
    let ask = Ask::needle(Signal::Logs, range, logs::COLUMNS).of_trace(trace);
    let snapshot = app.lake.snapshot(scope, ask).await?;
    let newest_first = vec![col("time_ns").sort(false, false)];
    let frame =
        app.lake.frame(&snapshot)?.filter(trace_is(trace))?.sort(newest_first)?.limit(0, Some(LOGS_MAX))?;
    let mut page = logs::Page::default();
    fold(frame, |batch| page.add(batch)).await?;
    let ids = app.lake.trace_ids(&snapshot, page.traces()).await?;
    page.name_traces(&ids);
    Ok((page.into_oldest_first(), snapshot.incomplete.clone()))
}
