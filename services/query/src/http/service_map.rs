//! `GET /projects/{id}/service-map`.

use axum::extract::State;
use naru_http::{Json, Problem, Query};
use naru_ids::ProjectId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{App, answer::within_limits, caller::Scoped};
use crate::{
    error::Error,
    parse::{Sums, TimeRange},
    scan::RollupAsk,
    shape::service_map::{COLUMNS, Fold, KINDS, ServiceMap},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// RFC 3339 or unix ms, inclusive. Missing: one hour before `to`.
    from: Option<String>,
    /// Exclusive. Missing: now.
    to: Option<String>,
}

/// Applications, databases, queues and external hosts, and the calls between them. The range grows to whole buckets of
/// 10 s, a minute or an hour; the answer says it.
#[utoipa::path(
    get,
    path = "/projects/{id}/service-map",
    tag = "transactions",
    params(("id" = ProjectId, Path), Params),
    responses(
        (status = 200, body = ServiceMap),
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
) -> Result<Json<ServiceMap>, Error> {
    let range = TimeRange::parse(params.from.as_deref(), params.to.as_deref(), app.now())?;
    let Sums { range, parts } = Sums::of(range, app.now());
    within_limits(&app, &scoped, async {
        let ask = RollupAsk { kinds: KINDS, parts, columns: COLUMNS };
        let rollups = app.lake.rollups(&scoped.scope, ask).await?;
        let mut map = Fold::default();
        rollups.each(|kind, _, row| map.add(kind, row))?;
        Ok(Json(map.finish(range, range.passed_seconds(app.now()), rollups.incomplete)))
    })
    .await
}
