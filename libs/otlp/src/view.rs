//! Views over OTLP messages: borrowed, parsed where they are looked at.
//!
//! Field numbers are those of opentelemetry-proto 1.x (`resource.proto`, `common.proto`, `trace.proto`, `metrics.proto`,
//! `logs.proto`). All three signals share one skeleton: request → 1 resource group → 2 scope group → 2 items.

mod attribute;
mod exemplar;
mod group;
mod log;
mod metric;
mod span;

use std::borrow::Cow;

pub(crate) use attribute::array_members;
pub use attribute::{AnyValue, Attribute, Attributes, NESTING_MAX};
pub use exemplar::ExemplarView;
pub use group::{Group, ResourceView, ScopeView, for_each_group, members};
pub use log::LogView;
pub use metric::{
    Buckets, ExponentialHistogramPoint, HistogramPoint, MetricData, MetricView, NumberPoint, NumberValue,
    PointTimes, SummaryPoint, Temporality,
};
pub(crate) use span::SpanPart;
pub use span::{EventView, LinkView, SpanView};

/// Text as sent. What is not UTF-8 keeps its readable parts: it is stored, with U+FFFD where it can't be.
#[must_use]
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    // To check a whole text is several times faster than to look for its readable parts.
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

#[cfg(test)]
pub(crate) mod generated;
#[cfg(test)]
pub(crate) mod tests;
