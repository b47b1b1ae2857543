//! `GET /projects/{id}/dashboard`: rate, errors, response times, satisfaction and users, over time and in all.

use axum::extract::State;
use naru_http::{FieldError, Json, Problem, Query};
use naru_ids::ProjectId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{App, answer::within_limits, caller::Scoped};
use crate::{
    error::Error,
    parse::{Step, TimeRange, words},
    scan::RollupAsk,
    shape::{
        Subject,
        dashboard::{COLUMNS, Dashboard, Fold},
    },
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// RFC 3339 or unix ms, inclusive. Missing: one hour before `to`.
    from: Option<String>,
    /// Exclusive. Missing: now.
    to: Option<String>,
    /// Only this application.
    application: Option<String>,
    /// Only this instance of the application.
    instance: Option<String>,
    /// T of the APDEX in ms, up to an hour. Missing: each application's own, its resource attribute `naru.apdex.t_ms`, and
    /// 500 of those that have none.
    apdex_t_ms: Option<u64>,
}

const APDEX_T_MAX_MS: u64 = 3_600_000;

/// Figures of transactions for a dashboard. The range grows to whole buckets of 10 s, a minute or an hour, and steps are
/// whole buckets; the answer says both.
#[utoipa::path(
    get,
    path = "/projects/{id}/dashboard",
    tag = "transactions",
    params(("id" = ProjectId, Path), Params),
    responses(
        (status = 200, body = Dashboard),
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
) -> Result<Json<Dashboard>, Error> {
    let range = TimeRange::parse(params.from.as_deref(), params.to.as_deref(), app.now())?;
    let application = words("application", params.application.as_deref())?;
    let instance = words("instance", params.instance.as_deref())?;
    let message = "an instance is one of an application: name that, too";
    let of = Subject::new(application, instance)
        .ok_or_else(|| FieldError::new("application", "missing", message))?;
    if params.apdex_t_ms.is_some_and(|t_ms| t_ms == 0 || t_ms > APDEX_T_MAX_MS) {
        let message = "apdex_t_ms is from 1 to 3600000: milliseconds, an hour at most";
        return Err(FieldError::new("apdex_t_ms", "out_of_range", message).into());
    }
    let kinds = of.kinds();
    let mut steps = Fold::new(of, Step::of_buckets(range, app.now()), params.apdex_t_ms);
    within_limits(&app, &scoped, async {
        let ask = RollupAsk { kinds, parts: vec![steps.buckets()], columns: COLUMNS };
        let rollups = app.lake.rollups(&scoped.scope, ask).await?;
        rollups.each(|kind, at_ns, row| steps.add(kind, at_ns, row))?;
        Ok(Json(steps.finish(app.now(), rollups.incomplete)))
    })
    .await
}
