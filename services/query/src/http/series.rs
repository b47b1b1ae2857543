//! `GET /projects/{id}/series`: one figure of transactions over time.

use axum::extract::State;
use naru_http::{Json, Problem, Query};
use naru_ids::ProjectId;
use naru_signal::Signal;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{App, answer::within_limits, caller::Scoped};
use crate::{
    error::Error,
    parse::{Step, TimeRange, words},
    plan::{Ask, all_of, equals, is_entry},
    scan::{ScanError, fold},
    shape::{
        active_users,
        series::{COLUMNS, Fold, Metric, STEP_LIMITS, Series, of_active_users},
    },
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// tps, errors, error_rate, p50, p95, p99, mean or active_users.
    #[serde(default)]
    metric: String,
    /// RFC 3339 or unix ms, inclusive. Missing: one hour before `to`.
    from: Option<String>,
    /// Exclusive. Missing: now.
    to: Option<String>,
    /// Width of a step in ms; missing: about 180 steps.
    step: Option<f64>,
    /// Only this application.
    application: Option<String>,
}

/// One figure over time. Steps without transactions count 0 and have no response time (null).
#[utoipa::path(
    get,
    path = "/projects/{id}/series",
    tag = "transactions",
    params(("id" = ProjectId, Path), Params),
    responses(
        (status = 200, body = Series),
        (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn get(
    State(app): State<App>,
    scoped: Scoped,
    Query(params): Query<Params>,
) -> Result<Json<Series>, Error> {
    let metric = Metric::parse(&params.metric)?;
    let range = TimeRange::parse(params.from.as_deref(), params.to.as_deref(), app.now())?;
    let step = Step::parse(params.step, range, STEP_LIMITS)?;
    let application = words("application", params.application.as_deref())?;
    let columns = if metric == Metric::ActiveUsers { active_users::COLUMNS } else { COLUMNS };
    within_limits(&app, &scoped, async {
        let snapshot = app.lake.snapshot(&scoped.scope, Ask::wide(Signal::Traces, range, columns)).await?;
        let wanted = application.map(|name| equals("service_name", &name));
        let filter = all_of(std::iter::once(is_entry()).chain(wanted)).unwrap_or_else(is_entry);
        let frame = app.lake.frame(&snapshot)?.filter(filter).map_err(ScanError::from)?;
        let incomplete = snapshot.incomplete.clone();
        if metric == Metric::ActiveUsers {
            let mut users = active_users::Fold::new(step);
            let mut kept = app.lake.kept();
            fold(frame, |batch| {
                users.add(batch)?;
                kept.set(users.bytes())
            })
            .await?;
            return Ok(Json(of_active_users(&users, step, incomplete)));
        }
        let frame =
            frame.select_columns(&["start_ns", "duration_ns", "status_code"]).map_err(ScanError::from)?;
        let mut steps = Fold::new(metric, step);
        fold(frame, |batch| steps.add(batch)).await?;
        Ok(Json(steps.finish(incomplete)))
    })
    .await
}
