//! Looking at an item to its ends before anything is acknowledged: what a reader will look at must be readable.
//!
//! An entry that a writer can't read is put aside whole, good items and all. Here it is still one sender's mistake, and
//! that sender is told of it. Each element met is counted.

use crate::{
    view::{
        AnyValue, Attributes, EventView, ExponentialHistogramPoint, Group, HistogramPoint, LinkView,
        MetricData, NumberPoint, PointTimes, SummaryPoint, check_value,
    },
    wire::{Fields, WireError},
};

/// Attributes of a resource; once per resource group.
pub(super) fn check_resource(group: &Group<'_>, elements: &mut u64) -> Result<(), WireError> {
    *elements += 1;
    check_attributes(group.resource.attributes(), elements)
}

/// Attributes of a scope.
pub(super) fn check_scope(group: &Group<'_>, elements: &mut u64) -> Result<(), WireError> {
    *elements += 1;
    check_attributes(Attributes::of(group.scope.message, 3), elements)
}

/// Attributes, events and links, in one pass.
pub(super) fn check_span(span: &[u8], elements: &mut u64) -> Result<(), WireError> {
    for field in Fields::of(span) {
        let field = field?;
        match field.number {
            9 => check_value(AnyValue::of_attribute(field.bytes()?)?, elements)?,
            11 => {
                *elements += 1;
                check_attributes(EventView::parse(field.bytes()?)?.attributes(), elements)?;
            }
            13 => {
                *elements += 1;
                check_attributes(LinkView::parse(field.bytes()?)?.attributes(), elements)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Body and attributes.
pub(super) fn check_log(log: &[u8], elements: &mut u64) -> Result<(), WireError> {
    for field in Fields::of(log) {
        let field = field?;
        match field.number {
            5 => check_value(AnyValue::parse(field.bytes()?)?, elements)?,
            6 => check_value(AnyValue::of_attribute(field.bytes()?)?, elements)?,
            _ => {}
        }
    }
    Ok(())
}

/// One data point with its values and attributes. Answers its times.
pub(super) fn check_point(
    data: &MetricData<'_>,
    point: &[u8],
    elements: &mut u64,
) -> Result<PointTimes, WireError> {
    *elements += 1;
    check_attributes(data.attributes_of(point), elements)?;
    Ok(match data {
        MetricData::None => PointTimes::default(),
        MetricData::Gauge(_) | MetricData::Sum { .. } => NumberPoint::parse(point)?.times,
        MetricData::Histogram { .. } => HistogramPoint::parse(point)?.times,
        MetricData::ExponentialHistogram { .. } => ExponentialHistogramPoint::parse(point)?.times,
        MetricData::Summary(_) => SummaryPoint::parse(point)?.times,
    })
}

fn check_attributes(attributes: Attributes<'_>, elements: &mut u64) -> Result<(), WireError> {
    for attribute in attributes {
        check_value(attribute?.value, elements)?;
    }
    Ok(())
}
