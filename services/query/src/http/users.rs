//! `GET /projects/{id}/users`: different people of today, a week and a month.

use axum::extract::State;
use naru_http::{Json, Problem, Query};
use naru_ids::ProjectId;
use naru_lake::rollup::{Grain, Kind};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{App, answer::within_limits, caller::Scoped};
use crate::{
    error::Error,
    parse::{Calendar, words},
    scan::RollupAsk,
    shape::{
        Subject,
        users::{ActiveUsers, COLUMNS, DAYS_OF_MONTH, Fold},
    },
};

/// Hours of rollups held at a time: a month's of a company with many applications would not fit.
const HOURS_AT_ONCE: i64 = 24;

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
        let mut incomplete = Vec::new();
        let month = calendar.last_days(DAYS_OF_MONTH).in_buckets(Grain::Hour);
        for range in month.pieces(HOURS_AT_ONCE * Grain::Hour.ns()) {
            let ask = RollupAsk { kinds: &[Kind::Users], grain: Grain::Hour, range, columns: COLUMNS };
            let rollups = app.lake.rollups(&scoped.scope, ask).await?;
            rollups.each(|kind, at_ns, row| match of.holds(kind, row.service(), row.name()) {
                true => users.add(at_ns, row),
                false => Ok(()),
            })?;
            // What is missing is missing from all pieces, and known best from the last.
            incomplete = rollups.incomplete;
        }
        Ok(Json(users.finish(incomplete)))
    })
    .await
}
