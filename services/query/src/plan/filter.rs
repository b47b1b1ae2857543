//! Filters over the lake's columns, one function each.

use datafusion::{
    common::ScalarValue,
    logical_expr::{Expr, col, lit},
};

use crate::{
    parse::{AttributeIs, DurationBox, SpanId, StatusFilter, TimeRange, TraceId},
    scan::attr_of,
};

/// The conjunction; `None` of nothing.
#[must_use]
pub(crate) fn all_of(filters: impl IntoIterator<Item = Expr>) -> Option<Expr> {
    filters.into_iter().reduce(Expr::and)
}

/// `[from, to)` on the signal's time column.
#[must_use]
pub(crate) fn time_within(column: &str, range: TimeRange) -> Expr {
    col(column).gt_eq(lit(range.from_ns)).and(col(column).lt(lit(range.to_ns)))
}

/// `(min, max]`.
#[must_use]
pub(crate) fn duration_within(durations: DurationBox) -> Option<Expr> {
    let over = durations.over_ns.map(|over| col("duration_ns").gt(lit(over)));
    let through = durations.through_ns.map(|through| col("duration_ns").lt_eq(lit(through)));
    all_of(over.into_iter().chain(through))
}

/// The row or its resource has the attribute with this value.
#[must_use]
pub(crate) fn attribute_is(attribute: &AttributeIs) -> Expr {
    let holds = |column| attr_of(col(column), &attribute.key).eq(lit(attribute.value.clone()));
    holds("attributes").or(holds("resource"))
}

/// Transactions: spans through which work enters a process.
#[must_use]
pub(crate) fn is_entry() -> Expr {
    col("is_entry")
}

#[must_use]
pub(crate) fn equals(column: &str, value: &str) -> Expr {
    col(column).eq(lit(value.to_owned()))
}

#[must_use]
pub(crate) fn status_is(status: StatusFilter) -> Expr {
    let error = lit(naru_signal::StatusCode::Error.code());
    match status {
        StatusFilter::Error => col("status_code").eq(error),
        StatusFilter::Ok => col("status_code").not_eq(error),
    }
}

#[must_use]
pub(crate) fn trace_is(trace: TraceId) -> Expr {
    col("trace_id").eq(lit(trace_value(trace)))
}

/// Rows the gateways had received by then: what pins the pages of one list to its first.
#[must_use]
pub(crate) fn received_by(through_ms: i64) -> Expr {
    col("received_ms").lt_eq(lit(through_ms))
}

/// Rows after (`value`, `span`) where both fall.
#[must_use]
pub(crate) fn after_key(column: &str, value: i64, span: SpanId) -> Expr {
    let span = lit(ScalarValue::FixedSizeBinary(8, Some(span.bytes().to_vec())));
    col(column).lt(lit(value)).or(col(column).eq(lit(value)).and(col("span_id").lt(span)))
}

/// Rows of one application, or of one of its instances; `None` of both means any.
#[must_use]
pub(crate) fn of_process(application: Option<&str>, instance: Option<&str>) -> Option<Expr> {
    let application = application.map(|name| equals("service_name", name));
    all_of(application.into_iter().chain(instance.map(|name| equals("service_instance", name))))
}

/// The log's body holds `words`, in any case.
#[must_use]
pub(crate) fn body_contains(words: &str) -> Expr {
    contains("body", words)
}

/// The column holds `words`, in any case. Nothing in `words` is a wildcard.
#[must_use]
pub(crate) fn contains(column: &str, words: &str) -> Expr {
    let mut pattern = String::with_capacity(words.len() + 2);
    pattern.push('%');
    for letter in words.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    col(column).ilike(lit(pattern))
}

/// As a scan's `trace_id` column has it.
fn trace_value(trace: TraceId) -> ScalarValue {
    ScalarValue::Binary(Some(trace.bytes().to_vec()))
}
