//! `GET /projects/{id}/heatmap`: the Transaction Field.

use axum::extract::State;
use datafusion::logical_expr::Expr;
use naru_http::{Json, Problem, Query};
use naru_ids::ProjectId;
use naru_lake::rollup::Grain;
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
    parse::{AttributeIs, Buckets, Step, TimeRange, words},
    plan::{Ask, TenantScope, all_of, attribute_is, is_entry, of_process},
    scan::{Incomplete, Lake, RollupAsk, ScanError, fold},
    shape::{
        Subject,
        heatmap::{COLUMNS, Edges, Fold, Heatmap, ROLLUP_COLUMNS, STEP_LIMITS},
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
    /// Width of a column; missing: about 180 columns.
    step_ms: Option<f64>,
    /// `log` (default) or `linear`.
    scale: Option<String>,
    /// Where the open row at the top begins.
    max_ms: Option<f64>,
}

/// Transactions by time and response time. On the logarithmic scale, columns of whole 10 s, minutes or hours begin with
/// such a bucket: the range grows to whole ones, and the answer says it.
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
        if attributes.is_empty()
            && edges.are_of_buckets()
            && let Some(grain) = step.grain(app.now())
            && let Some(subject) = Subject::new(application.clone(), instance.clone())
        {
            let step = Step { range: step.range.in_buckets(grain), ..step };
            let (cells, incomplete) =
                of_rollups(&app.lake, &scoped.scope, &subject, grain, step, &edges).await?;
            // An application beyond those that rollups name is counted among others there.
            if !cells.is_empty() || subject == Subject::Project {
                return Ok(Json(cells.finish(incomplete)));
            }
        }
        let wanted = of_process(application.as_deref(), instance.as_deref());
        let (cells, incomplete) =
            of_spans(&app.lake, &scoped.scope, wanted, &attributes, Fold::new(step, edges)).await?;
        Ok(Json(cells.finish(incomplete)))
    })
    .await
}

async fn of_rollups(
    lake: &Lake,
    scope: &TenantScope,
    subject: &Subject,
    grain: Grain,
    step: Step,
    edges: &Edges,
) -> Result<(Fold, Vec<Incomplete>), ScanError> {
    let kinds = subject.transactions();
    let ask = RollupAsk { kinds, parts: vec![Buckets { grain, range: step.range }], columns: ROLLUP_COLUMNS };
    let rollups = lake.rollups(scope, ask).await?;
    let mut cells = Fold::new(step, edges.clone());
    rollups.each(|kind, at_ns, row| match subject.holds(kind, row.service(), row.name()) {
        true => cells.add_rollup(at_ns, row),
        false => Ok(()),
    })?;
    Ok((cells, rollups.incomplete))
}

async fn of_spans(
    lake: &Lake,
    scope: &TenantScope,
    wanted: Option<Expr>,
    attributes: &[AttributeIs],
    mut cells: Fold,
) -> Result<(Fold, Vec<Incomplete>), ScanError> {
    let range = cells.range();
    // Of all transactions most are kept; of those with some attribute, few.
    let ask = match attributes.is_empty() {
        true => Ask::wide(Signal::Traces, range, COLUMNS),
        false => Ask::needle(Signal::Traces, range, COLUMNS).with_attributes(attributes),
    };
    let snapshot = lake.snapshot(scope, ask).await?;
    let filter = std::iter::once(is_entry()).chain(wanted).chain(attributes.iter().map(attribute_is));
    let filter = all_of(filter).unwrap_or_else(is_entry);
    let frame = lake.frame(&snapshot)?.filter(filter)?;
    let frame = frame.select_columns(&["start_ns", "duration_ns", "status_code"])?;
    fold(frame, |batch| cells.add(batch)).await?;
    Ok((cells, snapshot.incomplete.clone()))
}
