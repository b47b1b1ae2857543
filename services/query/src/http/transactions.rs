//! `GET /projects/{id}/transactions`: the list behind a selection in the Transaction Field.

use std::collections::HashMap;

use axum::extract::State;
use datafusion::logical_expr::{Expr, col};
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
    parse::{self, AttributeIs, Cursor, DurationBox, QueryKey, SpanId, TimeRange, TraceId, words},
    plan::{self, Ask, EntryFilter, EntryPage, TenantScope},
    scan::{ScanError, Snapshot, fold},
    shape::{
        calls::{self, Calls},
        transactions::{COLUMNS, LIMIT_DEFAULT, LIMIT_MAX, Order, Page, Transactions},
    },
};

/// Calls may begin before their transaction by another clock, and end after it.
const CALLS_AROUND_MS: i64 = 60_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// RFC 3339 or unix ms, inclusive. Missing: one hour before `to`.
    from: Option<String>,
    /// Exclusive. Missing: now.
    to: Option<String>,
    /// Only transactions that took longer; 0 = no bound.
    min_ms: Option<f64>,
    /// Only transactions that took at most this long.
    max_ms: Option<f64>,
    /// Only this application.
    application: Option<String>,
    /// Only this instance of the application.
    instance: Option<String>,
    /// Only this operation.
    operation: Option<String>,
    /// `ok` (everything that did not fail) or `error`.
    status: Option<String>,
    /// 1 to 1000; missing: 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before, with the same other parameters.
    cursor: Option<String>,
    /// `-start` (newest first, default) or `-duration` (slowest first).
    sort: Option<String>,
}

/// What decides which transactions come, in which order.
#[derive(Debug)]
struct Question {
    filter: EntryFilter,
    attributes: Vec<AttributeIs>,
    order: Order,
}

impl Question {
    fn parse(params: &Params, attributes: Vec<AttributeIs>, app: &App) -> Result<Self, FieldError> {
        Ok(Self {
            filter: EntryFilter {
                range: TimeRange::parse(params.from.as_deref(), params.to.as_deref(), app.now())?,
                durations: DurationBox::parse(params.min_ms, params.max_ms)?,
                application: words("application", params.application.as_deref())?,
                instance: words("instance", params.instance.as_deref())?,
                operation: words("operation", params.operation.as_deref())?,
                status: parse::status(params.status.as_deref())?,
            },
            attributes,
            order: match params.sort.as_deref() {
                None | Some("" | "-start") => Order::Start,
                Some("-duration") => Order::Duration,
                Some(_) => return Err(FieldError::new("sort", "invalid", "sort is `-start` or `-duration`")),
            },
        })
    }

    fn expr(&self) -> Expr {
        self.attributes.iter().map(plan::attribute_is).fold(self.filter.expr(), Expr::and)
    }
}

/// Transactions of a selection: time box `[from, to)`, duration box `(min_ms, max_ms]`. Pages of one list share a
/// snapshot by the time at which gateways received their rows: what is received after the first page is on none of them.
/// What was received before and not yet queryable may come on a later page.
#[utoipa::path(
    get,
    path = "/projects/{id}/transactions",
    tag = "transactions",
    params(("id" = ProjectId, Path), Params, AttributeParams),
    responses(
        (status = 200, body = Transactions),
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
    Attributes(attributes): Attributes,
) -> Result<Json<Transactions>, Error> {
    let limit = parse::limit(params.limit, LIMIT_DEFAULT, LIMIT_MAX)?;
    // A question without times would mean another range on each page: the cursor's range is the first page's.
    if params.cursor.is_some() && (params.from.is_none() || params.to.is_none()) {
        return Err(
            FieldError::new("cursor", "needs_range", "a cursor needs from and to of the first page").into()
        );
    }
    let question = Question::parse(&params, attributes, &app)?;
    let key = QueryKey::of(&question);
    let cursor = Cursor::parse(params.cursor.as_deref(), key)?;
    within_limits(&app, &scoped, async {
        let range = question.filter.range;
        let ask = Ask::needle(Signal::Traces, range, COLUMNS).with_attributes(&question.attributes);
        let snapshot = app.lake.snapshot(&scoped.scope, ask).await?;
        let (page, total) = match question.attributes.is_empty() {
            true => read_entries(&app, &snapshot, &question, cursor, limit).await?,
            false => read_matching(&app, &snapshot, &question, cursor, limit).await?,
        };
        let total = total.filter(|_| cursor.is_none());
        let now_ms = i64::try_from(app.now().0).unwrap_or(i64::MAX);
        let through_ms = cursor.map_or_else(
            || page.received_through_ms().unwrap_or(now_ms).max(now_ms),
            |cursor| cursor.through_ms,
        );
        let next = page.end(question.order).map(|place| Cursor { through_ms, query: key, place }.to_text());
        let mut incomplete = snapshot.incomplete.clone();
        let ids = app.lake.trace_ids(&snapshot, page.traces()).await?;
        let (calls, missing) =
            read_calls(&app, &scoped.scope, &page, ids.values().copied().collect()).await?;
        incomplete.extend(missing.into_iter().filter(|_| snapshot.incomplete.is_empty()));
        Ok(Json(page.finish(&ids, &calls, next, total, incomplete)))
    })
    .await
}

async fn read_entries(
    app: &App,
    snapshot: &Snapshot,
    question: &Question,
    cursor: Option<Cursor>,
    limit: usize,
) -> Result<(Page, Option<u64>), ScanError> {
    let after = cursor.map(|cursor| (cursor.place, cursor.through_ms));
    let wanted = EntryPage { column: question.order.column(), limit: limit + 1, after };
    let mut page = Page::default();
    let total = app.lake.entries(snapshot, &question.filter, wanted, |batch| page.add(batch)).await?;
    page.sort(question.order);
    page.cut(limit);
    Ok((page, Some(total)))
}

/// By way of DataFusion, which reads attributes.
async fn read_matching(
    app: &App,
    snapshot: &Snapshot,
    question: &Question,
    cursor: Option<Cursor>,
    limit: usize,
) -> Result<(Page, Option<u64>), ScanError> {
    let column = question.order.column();
    let mut filter = question.expr();
    if let Some(Cursor { through_ms, place, .. }) = cursor {
        let span =
            SpanId::from_slice(&place.tie.to_be_bytes()).ok_or(ScanError::Column { column: "span_id" })?;
        filter = filter.and(plan::received_by(through_ms)).and(plan::after_key(column, place.value, span));
    }
    let newest_first = vec![col(column).sort(false, false), col("span_id").sort(false, false)];
    let frame = app
        .lake
        .frame(snapshot)?
        .filter(filter)?
        .select_columns(COLUMNS)?
        .sort(newest_first)?
        .limit(0, Some(limit + 1))?;
    let mut page = Page::default();
    fold(frame, |batch| page.add(batch)).await?;
    page.cut(limit);
    let total = match cursor {
        None => Some(count(app, snapshot, question).await?),
        Some(_) => None,
    };
    Ok((page, total))
}

/// All transactions the question fits, from the same snapshot as its first page.
async fn count(app: &App, snapshot: &Snapshot, question: &Question) -> Result<u64, ScanError> {
    let frame = app.lake.frame(snapshot)?.filter(question.expr())?.select_columns(&["start_ns"])?;
    let mut rows = 0;
    fold(frame, |batch| {
        rows += batch.num_rows() as u64;
        Ok(())
    })
    .await?;
    Ok(rows)
}

type CallsBySpan = HashMap<(TraceId, SpanId), Calls>;

/// SQL and external calls of the transactions on a page, out of their traces.
async fn read_calls(
    app: &App,
    scope: &TenantScope,
    page: &Page,
    traces: Vec<TraceId>,
) -> Result<(CallsBySpan, Vec<crate::scan::Incomplete>), ScanError> {
    let Some(range) = page.range() else { return Ok((HashMap::new(), Vec::new())) };
    let ask = Ask::needle(Signal::Traces, range.widened(CALLS_AROUND_MS), calls::COLUMNS);
    let ask = ask.of_traces(traces).in_services(page.services());
    let snapshot = app.lake.snapshot(scope, ask).await?;
    let mut rows = calls::Fold::default();
    app.lake.each_of_traces(&snapshot, None, |batch| rows.add(batch)).await?;
    Ok((rows.finish(), snapshot.incomplete.clone()))
}
