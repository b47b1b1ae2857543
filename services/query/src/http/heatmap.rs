//! `GET /projects/{id}/heatmap`: the Transaction Field.

use axum::extract::State;
use naru_http::{Json, Problem, Query};
use naru_ids::ProjectId;
use naru_signal::Signal;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    App,
    answer::within_limits,
    attributes::{AttributeParams, Attributes},
    caller::Scoped,
};
use crate::{
    error::Error,
    parse::{Step, TimeRange, words},
    plan::{Ask, all_of, attribute_is, is_entry, of_process},
    scan::{ScanError, fold},
    shape::heatmap::{COLUMNS, Edges, Fold, Heatmap, STEP_LIMITS},
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
    /// Width of a column; missing: about 180 columns.
    step_ms: Option<f64>,
    /// `log` (default) or `linear`.
    scale: Option<String>,
    /// Where the open row at the top begins.
    max_ms: Option<f64>,
}

/// Transactions by time and response time.
#[utoipa::path(
    get,
    path = "/projects/{id}/heatmap",
    tag = "transactions",
    params(("id" = ProjectId, Path), Params, AttributeParams),
    responses(
        (status = 200, body = Heatmap),
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
    Attributes(attributes): Attributes,
) -> Result<Json<Heatmap>, Error> {
    let range = TimeRange::parse(params.from.as_deref(), params.to.as_deref(), app.now())?;
    let step = Step::parse(params.step_ms, range, STEP_LIMITS)?;
    let edges = Edges::parse(params.scale.as_deref(), params.max_ms)?;
    let application = words("application", params.application.as_deref())?;
    let instance = words("instance", params.instance.as_deref())?;
    within_limits(&app, &scoped, async {
        // Of all transactions most are kept; of those with some attribute, few.
        let ask = match attributes.is_empty() {
            true => Ask::wide(Signal::Traces, range, COLUMNS),
            false => Ask::needle(Signal::Traces, range, COLUMNS).with_attributes(&attributes),
        };
        let snapshot = app.lake.snapshot(&scoped.scope, ask).await?;
        let wanted = of_process(application.as_deref(), instance.as_deref());
        let filter = std::iter::once(is_entry()).chain(wanted).chain(attributes.iter().map(attribute_is));
        let filter = all_of(filter).unwrap_or_else(is_entry);
        let frame = app.lake.frame(&snapshot)?.filter(filter).map_err(ScanError::from)?;
        let frame =
            frame.select_columns(&["start_ns", "duration_ns", "status_code"]).map_err(ScanError::from)?;
        let mut cells = Fold::new(step, edges);
        fold(frame, |batch| cells.add(batch)).await?;
        Ok(Json(cells.finish(snapshot.incomplete.clone())))
    })
    .await
}
