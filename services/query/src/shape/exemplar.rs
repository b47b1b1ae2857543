//! Measurements that a metric's points were made of, with the spans they were made in.

use naru_otlp::view::{ExemplarView, members};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Attributes, Ms, json};
use crate::parse::ms_of_ns;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Exemplar {
    pub(crate) time_ms: Ms,
    pub(crate) value: Option<f64>,
    /// Null when nobody was tracing.
    pub(crate) trace_id: Option<String>,
    span_id: Option<String>,
    /// Beside those of its point.
    #[schema(value_type = Object)]
    attributes: Attributes,
}

/// A cell of `exemplars`; what cannot be read is passed over.
pub(crate) fn read(messages: &[u8]) -> impl Iterator<Item = Exemplar> {
    members(messages, 1).filter_map(|message| {
        let sent = ExemplarView::parse(message.ok()?).ok()?;
        Some(Exemplar {
            time_ms: ms_of_ns(i64::try_from(sent.time_ns).unwrap_or(i64::MAX)),
            value: sent.value.as_double(),
            trace_id: hex(sent.trace_id),
            span_id: hex(sent.span_id),
            attributes: json::of(&sent.attributes()),
        })
    })
}

/// `None` of nothing, or of zeros.
fn hex(id: &[u8]) -> Option<String> {
    let is_there = id.iter().any(|byte| *byte != 0);
    is_there.then(|| id.iter().map(|byte| format!("{byte:02x}")).collect())
}
