//! `GET /projects/{id}/applications`.

use axum::extract::State;
use naru_http::{Json, Problem, Query};
use naru_ids::ProjectId;
use naru_signal::Signal;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{App, answer::within_limits, caller::Scoped};
use crate::{
    error::Error,
    parse::TimeRange,
    plan::{Ask, is_entry},
    scan::{ScanError, fold},
    shape::applications::{Applications, COLUMNS, Fold},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// RFC 3339 or unix ms, inclusive. Missing: one hour before `to`.
    from: Option<String>,
    /// Exclusive. Missing: now.
    to: Option<String>,
}

/// Applications with rate, errors and response times of their transactions.
#[utoipa::path(
    get,
    path = "/projects/{id}/applications",
    tag = "transactions",
    params(("id" = ProjectId, Path), Params),
    responses(
        (status = 200, body = Applications),
        (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn list(
    State(app): State<App>,
    scoped: Scoped,
    Query(params): Query<Params>,
) -> Result<Json<Applications>, Error> {
    let range = TimeRange::parse(params.from.as_deref(), params.to.as_deref(), app.now())?;
    within_limits(&app, &scoped, async {
        let snapshot = app.lake.snapshot(&scoped.scope, Ask::wide(Signal::Traces, range, COLUMNS)).await?;
        let frame = app.lake.frame(&snapshot)?.filter(is_entry()).map_err(ScanError::from)?;
        let mut rows = Fold::default();
        fold(frame, |batch| rows.add(batch)).await?;
        Ok(Json(rows.finish(range, snapshot.incomplete.clone())))
    })
    .await
}
