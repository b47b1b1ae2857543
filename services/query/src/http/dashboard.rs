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
        dashboard::{COLUMNS, COLUMNS_USUAL, Dashboard, Fold},
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
}

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
    let (step, grain) = Step::of_buckets(range, COLUMNS_USUAL, app.now());
    within_limits(&app, &scoped, async {
        let ask = RollupAsk { kinds: of.kinds(), grain, range: step.range, columns: COLUMNS };
        let rollups = app.lake.rollups(&scoped.scope, ask).await?;
        let mut steps = Fold::new(of, step);
        rollups.each(|kind, at_ns, row| steps.add(kind, at_ns, row))?;
        Ok(Json(steps.finish(rollups.incomplete)))
    })
    .await
}
