//! `GET /projects/{id}/logs`: search.

use axum::extract::State;
use datafusion::logical_expr::{Expr, col, lit};
use naru_http::{FieldError, Json, Problem, Query};
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
    parse::{self, AttributeIs, Cursor, QueryKey, TimeRange, TraceId, words},
    plan::{self, Ask},
    scan::{ScanError, Snapshot, fold},
    shape::logs::{COLUMNS, LIMIT_DEFAULT, LIMIT_MAX, Logs, Page},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// RFC 3339 or unix ms, inclusive. Missing: one hour before `to`.
    from: Option<String>,
    /// Exclusive. Missing: now.
    to: Option<String>,
    /// Only records whose body holds these words, in any case.
    q: Option<String>,
    /// The least severity: trace, debug, info, warn, error, fatal, or 1 to 24.
    severity: Option<String>,
    /// Only this application.
    application: Option<String>,
    /// Only this instance of the application.
    instance: Option<String>,
    /// Only records of this trace.
    trace_id: Option<String>,
    /// 1 to 1000; missing: 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before, with the same other parameters.
    cursor: Option<String>,
}

/// What decides which records come.
#[derive(Debug)]
struct Question {
    range: TimeRange,
    words: Option<String>,
    severity_min: Option<u8>,
    application: Option<String>,
    instance: Option<String>,
    trace: Option<TraceId>,
    attributes: Vec<AttributeIs>,
}

impl Question {
    fn parse(params: &Params, attributes: Vec<AttributeIs>, app: &App) -> Result<Self, FieldError> {
        Ok(Self {
            range: TimeRange::parse(params.from.as_deref(), params.to.as_deref(), app.now())?,
            words: words("q", params.q.as_deref())?,
            severity_min: parse::severity_min(params.severity.as_deref())?,
            application: words("application", params.application.as_deref())?,
            instance: words("instance", params.instance.as_deref())?,
            trace: TraceId::parse_field("trace_id", params.trace_id.as_deref())?,
            attributes,
        })
    }

    /// The range again: a trace's scan does not look at times by itself.
    fn filter(&self) -> Expr {
        let optional = [
            self.words.as_deref().map(plan::body_contains),
            self.severity_min.map(|least| col("severity_number").gt_eq(lit(least))),
            plan::of_process(self.application.as_deref(), self.instance.as_deref()),
            self.trace.map(plan::trace_is),
        ];
        let attributes = self.attributes.iter().map(plan::attribute_is);
        let filters = optional.into_iter().flatten().chain(attributes);
        filters.fold(plan::time_within("time_ns", self.range), Expr::and)
    }
}

/// Log records, newest first. Pages of one search share a snapshot.
#[utoipa::path(
    get,
    path = "/projects/{id}/logs",
    tag = "logs",
    params(("id" = ProjectId, Path), Params, AttributeParams),
    responses(
        (status = 200, body = Logs),
        (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 422, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn search(
    State(app): State<App>,
    scoped: Scoped,
    Query(params): Query<Params>,
    Attributes(attributes): Attributes,
) -> Result<Json<Logs>, Error> {
    let limit = parse::limit(params.limit, LIMIT_DEFAULT, LIMIT_MAX)?;
    if params.cursor.is_some() && (params.from.is_none() || params.to.is_none()) {
        return Err(
            FieldError::new("cursor", "needs_range", "a cursor needs from and to of the first page").into()
        );
    }
    let question = Question::parse(&params, attributes, &app)?;
    let key = QueryKey::of(&question);
    let cursor = Cursor::parse(params.cursor.as_deref(), key)?;
    within_limits(&app, &scoped, async {
        let ask = Ask::needle(Signal::Logs, question.range, COLUMNS).with_attributes(&question.attributes);
        let ask = question.trace.map_or(ask.clone(), |trace| ask.of_trace(trace));
        let snapshot = app.lake.snapshot(&scoped.scope, ask).await?;
        let page = read_page(&app, &snapshot, &question, cursor, limit).await?;
        let now_ms = i64::try_from(app.now().0).unwrap_or(i64::MAX);
        let through_ms = cursor.map_or_else(
            || page.received_through_ms().unwrap_or(now_ms).max(now_ms),
            |cursor| cursor.through_ms,
        );
        let next = page.end(cursor.map(|cursor| cursor.place));
        let next = next.map(|place| Cursor { through_ms, query: key, place }.to_text());
        Ok(Json(page.finish(next, snapshot.incomplete.clone())))
    })
    .await
}

async fn read_page(
    app: &App,
    snapshot: &Snapshot,
    question: &Question,
    cursor: Option<Cursor>,
    limit: usize,
) -> Result<Page, ScanError> {
    let (mut filter, mut shown) = (question.filter(), 0);
    if let Some(Cursor { through_ms, place, .. }) = cursor {
        filter = filter.and(plan::received_by(through_ms)).and(col("time_ns").lt_eq(lit(place.value)));
        shown = usize::try_from(place.tie).unwrap_or(usize::MAX).min(1_000_000);
    }
    // Records have no id: among equals of time, everything else that tells them apart makes the order the same again.
    let order = ["time_ns", "received_ms", "service_name", "span_id", "body", "attributes"];
    let order = order.iter().map(|column| col(*column).sort(false, false)).collect();
    let frame = app.lake.frame(snapshot)?.filter(filter)?.sort(order)?.limit(0, Some(shown + limit + 1))?;
    let mut page = Page::default();
    fold(frame, |batch| page.add(batch)).await?;
    page.cut(shown, limit);
    let ids = app.lake.trace_ids(snapshot, page.traces()).await?;
    page.name_traces(&ids);
    Ok(page)
}
