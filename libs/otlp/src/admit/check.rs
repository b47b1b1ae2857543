//! Looking at an item to its ends before anything is acknowledged: what a reader will look at must be readable.
//!
//! An entry that a writer can't read is put aside whole, good items and all. Here it is still one sender's mistake, and
//! that sender is told of it. Each element met is counted.

use super::Tally;
use crate::{
    view::{
        AnyValue, Attribute, Attributes, EventView, ExponentialHistogramPoint, Group, HistogramPoint,
        LinkView, LogView, MetricData, NESTING_MAX, NumberPoint, PointTimes, SpanPart, SpanView,
        SummaryPoint, array_members,
    },
    wire::{Fields, WireError},
};

/// Attributes of a resource; once per resource group.
pub(super) fn check_resource(group: &Group<'_>, tally: &mut Tally) -> Result<(), WireError> {
    tally.element();
    check_attributes(group.resource.attributes(), tally)
}

/// Attributes of a scope.
pub(super) fn check_scope(group: &Group<'_>, tally: &mut Tally) -> Result<(), WireError> {
    tally.element();
    tally.name(group.scope.name);
    check_attributes(Attributes::of(group.scope.message, 3), tally)
}

/// The span's own fields, its attributes, events and links, in one pass.
pub(super) fn check_span<'a>(span: &'a [u8], tally: &mut Tally) -> Result<SpanView<'a>, WireError> {
    let span = SpanView::parse_and_see(span, |part| match part {
        SpanPart::Attribute(message) => check_attribute(message, tally),
        SpanPart::Event(message) => {
            let event = EventView::parse(message)?;
            tally.element();
            tally.name(event.name);
            check_attributes(event.attributes(), tally)
        }
        SpanPart::Link(message) => {
            tally.element();
            check_attributes(LinkView::parse(message)?.attributes(), tally)
        }
    })?;
    tally.name(span.name);
    Ok(span)
}

/// Body and attributes.
pub(super) fn check_log<'a>(log: &'a [u8], tally: &mut Tally) -> Result<LogView<'a>, WireError> {
    for field in Fields::of(log) {
        let field = field?;
        match field.number {
            5 => check_value(AnyValue::parse(field.bytes()?)?, 0, tally)?,
            6 => check_attribute(field.bytes()?, tally)?,
            _ => {}
        }
    }
    let log = LogView::parse(log)?;
    tally.name(log.event_name);
    Ok(log)
}

/// One data point with its values and attributes. Answers its times.
pub(super) fn check_point(
    data: &MetricData<'_>,
    point: &[u8],
    tally: &mut Tally,
) -> Result<PointTimes, WireError> {
    tally.element();
    check_attributes(data.attributes_of(point), tally)?;
    Ok(match data {
        MetricData::None => PointTimes::default(),
        MetricData::Gauge(_) | MetricData::Sum { .. } => NumberPoint::parse(point)?.times,
        MetricData::Histogram { .. } => HistogramPoint::parse(point)?.times,
        MetricData::ExponentialHistogram { .. } => ExponentialHistogramPoint::parse(point)?.times,
        MetricData::Summary(_) => SummaryPoint::parse(point)?.times,
    })
}

fn check_attributes(attributes: Attributes<'_>, tally: &mut Tally) -> Result<(), WireError> {
    for attribute in attributes {
        let attribute = attribute?;
        tally.name(attribute.key);
        check_value(attribute.value, 0, tally)?;
    }
    Ok(())
}

#[inline]
fn check_attribute(key_value: &[u8], tally: &mut Tally) -> Result<(), WireError> {
    let attribute = Attribute::parse(key_value)?;
    tally.name(attribute.key);
    check_value(attribute.value, 0, tally)
}

/// Walks a value to its ends.
#[inline]
fn check_value(value: AnyValue<'_>, depth: usize, tally: &mut Tally) -> Result<(), WireError> {
    tally.element();
    match value {
        AnyValue::Array(_) | AnyValue::Map(_) => check_members(value, depth, tally),
        _ if depth > NESTING_MAX => Err(WireError::Nesting),
        _ => Ok(()),
    }
}

fn check_members(value: AnyValue<'_>, depth: usize, tally: &mut Tally) -> Result<(), WireError> {
    if depth > NESTING_MAX {
        return Err(WireError::Nesting);
    }
    match value {
        AnyValue::Array(message) => {
            for value in array_members(message) {
                check_value(AnyValue::parse(value?)?, depth + 1, tally)?;
            }
        }
        AnyValue::Map(message) => {
            for attribute in Attributes::of(message, 1) {
                let attribute = attribute?;
                tally.name(attribute.key);
                check_value(attribute.value, depth + 1, tally)?;
            }
        }
        _ => {}
    }
    Ok(())
}
