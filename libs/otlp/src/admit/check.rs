//! Looking at an item to its ends before anything is acknowledged: what a reader will look at must be readable.
//!
//! An entry that a writer can't read is put aside whole, good items and all. Here it is still one sender's mistake, and
//! that sender is told of it. Each element met is counted.

use super::Tally;
use crate::{
    view::{
        AnyValue, Attribute, Attributes, EventView, ExemplarView, ExponentialHistogramPoint, Group,
        HistogramPoint, LinkView, LogView, MetricData, NESTING_MAX, NumberPoint, PointTimes, SpanPart,
        SpanView, SummaryPoint, array_members,
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
    for exemplar in data.exemplars_of(point) {
        tally.element();
        check_attributes(ExemplarView::parse(exemplar?)?.attributes(), tally)?;
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use prost::Message;

    use super::*;
    use crate::view::{
        Temporality,
        generated::{self, elements, elements_of, elements_of_exemplars},
    };

    fn counted<T>(check: impl FnOnce(&mut Tally) -> Result<T, WireError>) -> u64 {
        let mut tally = Tally::default();
        check(&mut tally).unwrap();
        tally.here()
    }

    proptest! {
        #[test]
        fn elements_on_the_wire_are_those_of_the_reference_decoder(
            span in generated::span(),
            log in generated::log(),
            number in generated::number_point(),
            histogram in generated::histogram_point(),
            exponential in generated::exponential_point(),
            summary in generated::summary_point(),
        ) {
            let events = span.events.iter().map(|event| 1 + elements(&event.attributes));
            let links = span.links.iter().map(|link| 1 + elements(&link.attributes));
            let expected = elements(&span.attributes) + events.chain(links).sum::<u64>();
            prop_assert_eq!(counted(|tally| check_span(&span.encode_to_vec(), tally).map(|_| ())), expected);

            let body = log.body.as_ref().map_or(0, |body| elements_of(Some(body)));
            let expected = elements(&log.attributes) + body;
            prop_assert_eq!(counted(|tally| check_log(&log.encode_to_vec(), tally).map(|_| ())), expected);

            let temporality = Temporality::Delta;
            let points = [
                (MetricData::Gauge(&[]), number.encode_to_vec(), number.attributes, number.exemplars),
                (
                    MetricData::Histogram { message: &[], temporality },
                    histogram.encode_to_vec(), histogram.attributes, histogram.exemplars,
                ),
                (
                    MetricData::ExponentialHistogram { message: &[], temporality },
                    exponential.encode_to_vec(), exponential.attributes, exponential.exemplars,
                ),
                (MetricData::Summary(&[]), summary.encode_to_vec(), summary.attributes, Vec::new()),
            ];
            for (data, point, attributes, exemplars) in points {
                let expected = 1 + elements(&attributes) + elements_of_exemplars(&exemplars);
                prop_assert_eq!(counted(|tally| check_point(&data, &point, tally)), expected);
            }
        }
    }
}
