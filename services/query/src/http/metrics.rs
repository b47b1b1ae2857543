//! `GET /projects/{id}/metrics`, `GET /projects/{id}/metrics/series`.

use axum::extract::State;
use datafusion::logical_expr::Expr;
use naru_http::{FieldError, Json, Problem, Query};
use naru_ids::ProjectId;
use naru_signal::{Signal, semconv::metric_name};
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
    plan::{Ask, attribute_is, contains, equals, of_process},
    scan::{ScanError, fold},
    shape::{
        metric::{
            Aggregation,
            list::{self, Metrics},
            series::{self, GroupBy, MetricSeries},
        },
        series::STEP_LIMITS,
    },
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    /// RFC 3339 or unix ms, inclusive. Missing: one hour before `to`.
    from: Option<String>,
    /// Exclusive. Missing: now.
    to: Option<String>,
    /// Only metrics whose name holds these letters, in any case.
    q: Option<String>,
}

/// Metrics that were sent in the range.
#[utoipa::path(
    get,
    path = "/projects/{id}/metrics",
    tag = "metrics",
    params(("id" = ProjectId, Path), ListParams),
    responses(
        (status = 200, body = Metrics),
        (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn list(
    State(app): State<App>,
    scoped: Scoped,
    Query(params): Query<ListParams>,
) -> Result<Json<Metrics>, Error> {
    let range = TimeRange::parse(params.from.as_deref(), params.to.as_deref(), app.now())?;
    let letters = words("q", params.q.as_deref())?;
    within_limits(&app, &scoped, async {
        let ask = Ask::wide(Signal::Metrics, range, list::COLUMNS);
        let snapshot = app.lake.snapshot(&scoped.scope, ask).await?;
        let mut frame = app.lake.frame(&snapshot)?;
        if let Some(letters) = letters {
            frame = frame.filter(contains("name", &letters)).map_err(ScanError::from)?;
        }
        let mut names = list::Fold::default();
        fold(frame, |batch| names.add(batch)).await?;
        Ok(Json(names.finish(snapshot.incomplete.clone())))
    })
    .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SeriesParams {
    /// The metric's name. Where nothing is stored under an old one of the conventions, the newest is answered.
    #[serde(default)]
    name: String,
    /// RFC 3339 or unix ms, inclusive. Missing: one hour before `to`.
    from: Option<String>,
    /// Exclusive. Missing: now.
    to: Option<String>,
    /// Width of a step in ms; missing: about 180 steps.
    step: Option<f64>,
    /// avg, sum, min, max, rate, p50, p95, p99 or count; missing: rate for counters, avg for the rest.
    aggregation: Option<String>,
    /// `application`, `instance`, or the name of an attribute.
    group_by: Option<String>,
    /// Only this application.
    application: Option<String>,
    /// Only this instance of the application.
    instance: Option<String>,
}

/// One metric over time. Counters and cumulative histograms count what was added; restarts are seen.
#[utoipa::path(
    get,
    path = "/projects/{id}/metrics/series",
    tag = "metrics",
    params(("id" = ProjectId, Path), SeriesParams, AttributeParams),
    responses(
        (status = 200, body = MetricSeries),
        (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn series(
    State(app): State<App>,
    scoped: Scoped,
    Query(params): Query<SeriesParams>,
    Attributes(attributes): Attributes,
) -> Result<Json<MetricSeries>, Error> {
    let name = words("name", Some(&params.name))?
        .ok_or_else(|| FieldError::new("name", "missing", "name the metric to draw"))?;
    let range = TimeRange::parse(params.from.as_deref(), params.to.as_deref(), app.now())?;
    let step = Step::parse(params.step, range, STEP_LIMITS)?;
    let aggregation = Aggregation::parse(params.aggregation.as_deref())?;
    let group_by = GroupBy::parse(words("group_by", params.group_by.as_deref())?);
    let application = words("application", params.application.as_deref())?;
    let instance = words("instance", params.instance.as_deref())?;
    within_limits(&app, &scoped, async {
        let ask = Ask::needle(Signal::Metrics, series::read_range(range), series::COLUMNS)
            .with_attributes(&attributes);
        let snapshot = app.lake.snapshot(&scoped.scope, ask).await?;
        let process = of_process(application.as_deref(), instance.as_deref());
        let wanted: Vec<Expr> = process.into_iter().chain(attributes.iter().map(attribute_is)).collect();
        let read = async |name: &str| -> Result<series::Fold, Error> {
            let filter = wanted.iter().cloned().fold(equals("name", name), Expr::and);
            let frame = app.lake.frame(&snapshot)?.filter(filter).map_err(ScanError::from)?;
            let mut points = series::Fold::new(step, group_by.clone());
            let mut kept = app.lake.kept();
            fold(frame, |batch| {
                points.add(batch)?;
                kept.set(points.bytes())
            })
            .await?;
            Ok(points)
        };
        let points = read(&name).await?;
        let newest = metric_name(&name);
        if newest == name || !points.is_empty() {
            return Ok(Json(points.finish(name, aggregation, snapshot.incomplete.clone())));
        }
        let points = read(newest).await?;
        Ok(Json(points.finish(newest.to_owned(), aggregation, snapshot.incomplete.clone())))
    })
    .await
}
