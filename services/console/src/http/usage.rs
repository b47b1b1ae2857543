//! `GET /projects/{id}/usage`.

use axum::extract::State;
use naru_auth::Action;
use naru_http::{Json, Path, Problem, Query};
use naru_ids::{ProjectId, UnixMs};
use naru_metering_api::UsageTotals;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::time::{self, rfc3339};
use crate::{app::App, error::Error, project::board, session::caller::SignedIn};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Range {
    /// RFC 3339 or unix ms; default: 30 days before `to`.
    from: Option<String>,
    /// RFC 3339 or unix ms; default: now.
    to: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Usage {
    from: String,
    to: String,
    totals: Totals,
    /// Ascending; days without usage are left out.
    days: Vec<Day>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Totals {
    spans: u64,
    metric_points: u64,
    log_records: u64,
    /// Decompressed OTLP bytes.
    bytes: u64,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Day {
    /// UTC, `2026-11-21`.
    day: String,
    #[serde(flatten)]
    totals: Totals,
}

impl From<UsageTotals> for Totals {
    fn from(totals: UsageTotals) -> Self {
        let UsageTotals { spans, metric_points, log_records, bytes } = totals;
        Self { spans, metric_points, log_records, bytes }
    }
}

/// What the project has used, counted when it was stored.
#[utoipa::path(
    get,
    path = "/projects/{id}/usage",
    tag = "projects",
    params(("id" = ProjectId, Path), Range),
    responses((status = 200, body = Usage), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn get(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<ProjectId>,
    Query(range): Query<Range>,
) -> Result<Json<Usage>, Error> {
    who.caller.may(Action::View)?;
    let project = board::find(&app, &who, id).await?;
    let (from, to) = time::range(range.from.as_deref(), range.to.as_deref(), app.now())?;
    let (from, to) = whole_hours(from, to);
    let usage = app.metering.usage(who.caller.tenant, project.id, from.0, to.0).await?;
    Ok(Json(Usage {
        from: rfc3339(from),
        to: rfc3339(to),
        totals: usage.totals.into(),
        days: usage.days.into_iter().map(|day| Day { day: day.day, totals: day.totals.into() }).collect(),
    }))
}

/// Usage is counted by whole UTC hours: the answer covers every hour that the question touches, and says so.
fn whole_hours(from: UnixMs, to: UnixMs) -> (UnixMs, UnixMs) {
    const HOUR_MS: u64 = 3_600_000;
    (UnixMs(from.0 / HOUR_MS * HOUR_MS), UnixMs(to.0.div_ceil(HOUR_MS) * HOUR_MS))
}
