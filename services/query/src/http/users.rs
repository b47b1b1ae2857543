//! `GET /projects/{id}/users`: different people of today, a week and a month.

use axum::extract::State;
use naru_http::{Json, Problem, Query};
use naru_ids::ProjectId;
use naru_lake::rollup::{Kind, Row};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{App, answer::within_limits, caller::Scoped};
use crate::{
    error::Error,
    parse::{Buckets, Calendar, words},
    scan::{Incomplete, RollupAsk},
    shape::{
        Subject,
        users::{ActiveUsers, COLUMNS, Fold},
    },
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// Only this application.
    application: Option<String>,
    /// Where days begin: a name of the IANA's list such as `Asia/Seoul`. Missing: UTC.
    time_zone: Option<String>,
}

/// Different people who made transactions today, within seven days and within thirty (DAU, WAU, MAU): each is counted once,
/// however often they came. Days are the calendar's of a time zone, today's so far among them.
#[utoipa::path(
    get,
    path = "/projects/{id}/users",
    tag = "transactions",
    params(("id" = ProjectId, Path), Params),
    responses(
        (status = 200, body = ActiveUsers),
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
) -> Result<Json<ActiveUsers>, Error> {
    let of =
        words("application", params.application.as_deref())?.map_or(Subject::Project, Subject::Application);
    let calendar = Calendar::parse(params.time_zone.as_deref(), app.now())?;
    within_limits(&app, &scoped, async {
        let mut users = Fold::new(&calendar);
        let mut incomplete: Vec<Incomplete> = Vec::new();
        for (grain, range) in users.ranges() {
            let ask =
                RollupAsk { kinds: &[Kind::Users], parts: vec![Buckets { grain, range }], columns: COLUMNS };
            let add = |kind, at_ns, row: &Row<'_>| match of.holds(kind, row.service(), row.name()) {
                true => users.add(grain, at_ns, row),
                false => Ok(()),
            };
            let missing = app.lake.each_rollup(&scoped.scope, &ask, add).await?;
            // Its partition's owner is away for all of them or for none, but for a moment.
            let is_known = |one: &Incomplete| incomplete.iter().any(|other| other.partition == one.partition);
            incomplete.extend(missing.into_iter().filter(|one| !is_known(one)).collect::<Vec<_>>());
        }
        Ok(Json(users.finish(incomplete)))
    })
    .await
}
