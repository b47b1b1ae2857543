//! The same for any telemetry.

use opentelemetry_proto::tonic::metrics::v1::{Exemplar, exemplar};
use proptest::prelude::*;

use super::*;

/// A message of field 1 alone.
fn as_list(attributes: &[KeyValue]) -> Vec<u8> {
    KeyValueList { values: attributes.to_vec() }.encode_to_vec()
}

fn seconds(start: u64, time: u64) -> PointTimes {
    PointTimes { start_ns: start, time_ns: time }
}

fn buckets(of: Option<&ProtoBuckets>) -> Buckets {
    of.map(|of| Buckets { offset: of.offset, counts: of.bucket_counts.clone() }).unwrap_or_default()
}

/// Exemplars of a point, as read and as sent.
fn exemplars_are_read(data: &MetricData<'_>, point: &[u8], sent: &[Exemplar]) {
    let read: Vec<_> =
        data.exemplars_of(point).map(|message| ExemplarView::parse(message.unwrap()).unwrap()).collect();
    assert_eq!(read.len(), sent.len());
    for (read, sent) in read.iter().zip(sent) {
        assert_eq!((read.time_ns, read.trace_id), (sent.time_unix_nano, &sent.trace_id[..]));
        let value = match sent.value {
            None => NumberValue::None,
            Some(exemplar::Value::AsDouble(value)) => NumberValue::Double(value),
            Some(exemplar::Value::AsInt(value)) => NumberValue::Int(value),
        };
        assert_eq!((read.span_id, read.value), (&sent.span_id[..], value));
        assert_eq!(as_json(&read.attributes()), generated::as_json(&sent.filtered_attributes));
    }
}

proptest! {
    #[test]
    fn attributes_read_as_the_reference_decoder_reads_them(attributes in generated::attributes()) {
        let message = as_list(&attributes);
        prop_assert_eq!(as_json(&Attributes::of(&message, 1)), generated::as_json(&attributes));
    }

    #[test]
    fn spans_read_as_the_reference_decoder_reads_them(span in generated::span()) {
        let message = span.encode_to_vec();
        let view = SpanView::parse(&message).unwrap();
        let ids = (view.trace_id, view.span_id, view.parent_span_id);
        prop_assert_eq!(ids, (&span.trace_id[..], &span.span_id[..], &span.parent_span_id[..]));
        prop_assert_eq!((text(view.name), i32::from(view.kind)), (span.name.as_str().into(), span.kind));
        prop_assert_eq!((view.start_ns, view.end_ns), (span.start_time_unix_nano, span.end_time_unix_nano));
        let status = span.status.clone().unwrap_or_default();
        prop_assert_eq!(i32::from(view.status_code), status.code);
        prop_assert_eq!(text(view.status_message), status.message);
        prop_assert_eq!(as_json(&view.attributes()), generated::as_json(&span.attributes));
        let events: Vec<_> = view.events().collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(events.len(), span.events.len());
        for (read, sent) in events.iter().zip(&span.events) {
            prop_assert_eq!((read.time_ns, text(read.name)), (sent.time_unix_nano, sent.name.as_str().into()));
            prop_assert_eq!(as_json(&read.attributes()), generated::as_json(&sent.attributes));
        }
        let links: Vec<_> = view.links().collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(links.len(), span.links.len());
        for (read, sent) in links.iter().zip(&span.links) {
            prop_assert_eq!((read.trace_id, read.span_id), (&sent.trace_id[..], &sent.span_id[..]));
            prop_assert_eq!(as_json(&read.attributes()), generated::as_json(&sent.attributes));
        }
    }

    #[test]
    fn log_records_read_as_the_reference_decoder_reads_them(log in generated::log()) {
        let message = log.encode_to_vec();
        let view = LogView::parse(&message).unwrap();
        prop_assert_eq!((view.time_ns, view.observed_ns), (log.time_unix_nano, log.observed_time_unix_nano));
        prop_assert_eq!((view.trace_id, view.span_id), (&log.trace_id[..], &log.span_id[..]));
        let severity = (i32::from(view.severity_number), text(view.severity_text));
        prop_assert_eq!(severity, (log.severity_number, log.severity_text.as_str().into()));
        prop_assert_eq!(as_json(&view.attributes()), generated::as_json(&log.attributes));
        let body = as_list(&[KeyValue { key: "body".to_owned(), value: log.body.clone(), ..KeyValue::default() }]);
        let of_body = Attributes::of(&body, 1).find("body").unwrap();
        prop_assert_eq!(format!("{:?}", view.body), format!("{of_body:?}"));
    }

    #[test]
    fn number_points_read_as_the_reference_decoder_reads_them(sent in generated::number_point()) {
        let message = sent.encode_to_vec();
        let read = NumberPoint::parse(&message).unwrap();
        let value = match sent.value {
            None => NumberValue::None,
            Some(number_data_point::Value::AsDouble(value)) => NumberValue::Double(value),
            Some(number_data_point::Value::AsInt(value)) => NumberValue::Int(value),
        };
        let times = seconds(sent.start_time_unix_nano, sent.time_unix_nano);
        prop_assert_eq!((read.times, read.value), (times, value));
        let data = MetricData::Gauge(&[]);
        prop_assert_eq!(as_json(&data.attributes_of(&message)), generated::as_json(&sent.attributes));
        exemplars_are_read(&data, &message, &sent.exemplars);
    }

    #[test]
    fn histogram_points_read_as_the_reference_decoder_reads_them(sent in generated::histogram_point()) {
        let message = sent.encode_to_vec();
        let read = HistogramPoint::parse(&message).unwrap();
        prop_assert_eq!(read.times, seconds(sent.start_time_unix_nano, sent.time_unix_nano));
        prop_assert_eq!((read.count, read.sum, read.min, read.max), (sent.count, sent.sum, sent.min, sent.max));
        prop_assert_eq!((read.counts, read.bounds), (sent.bucket_counts, sent.explicit_bounds));
        let data = MetricData::Histogram { message: &[], temporality: Temporality::Delta };
        prop_assert_eq!(as_json(&data.attributes_of(&message)), generated::as_json(&sent.attributes));
        exemplars_are_read(&data, &message, &sent.exemplars);
    }

    #[test]
    fn exponential_points_read_as_the_reference_decoder_reads_them(sent in generated::exponential_point()) {
        let message = sent.encode_to_vec();
        let read = ExponentialHistogramPoint::parse(&message).unwrap();
        prop_assert_eq!(read.times, seconds(sent.start_time_unix_nano, sent.time_unix_nano));
        prop_assert_eq!((read.count, read.sum, read.min, read.max), (sent.count, sent.sum, sent.min, sent.max));
        let zero = (read.scale, read.zero_count, read.zero_threshold);
        prop_assert_eq!(zero, (sent.scale, sent.zero_count, sent.zero_threshold));
        prop_assert_eq!(read.positive, buckets(sent.positive.as_ref()));
        prop_assert_eq!(read.negative, buckets(sent.negative.as_ref()));
        let data = MetricData::ExponentialHistogram { message: &[], temporality: Temporality::Delta };
        prop_assert_eq!(as_json(&data.attributes_of(&message)), generated::as_json(&sent.attributes));
        exemplars_are_read(&data, &message, &sent.exemplars);
    }

    #[test]
    fn summary_points_read_as_the_reference_decoder_reads_them(sent in generated::summary_point()) {
        let message = sent.encode_to_vec();
        let read = SummaryPoint::parse(&message).unwrap();
        prop_assert_eq!(read.times, seconds(sent.start_time_unix_nano, sent.time_unix_nano));
        prop_assert_eq!((read.count, read.sum), (sent.count, sent.sum));
        let quantiles = sent.quantile_values.iter().map(|at| (at.quantile, at.value)).collect::<Vec<_>>();
        prop_assert_eq!(read.quantiles, quantiles);
        let data = MetricData::Summary(&[]);
        prop_assert_eq!(as_json(&data.attributes_of(&message)), generated::as_json(&sent.attributes));
        prop_assert_eq!(data.exemplars_of(&message).count(), 0);
    }
}
