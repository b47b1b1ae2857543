//! Any telemetry, built by the reference encoder, and how many elements are in it.

use opentelemetry_proto::tonic::{
    common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList, any_value::Value},
    logs::v1::LogRecord,
    metrics::v1::{
        Exemplar, ExponentialHistogramDataPoint, HistogramDataPoint, NumberDataPoint, SummaryDataPoint,
        exemplar, exponential_histogram_data_point::Buckets, number_data_point,
        summary_data_point::ValueAtQuantile,
    },
    trace::v1::{
        Span, Status,
        span::{Event, Link},
    },
};
use proptest::{collection::vec, prelude::*};

/// Halves and whole numbers: what JSON gives back as it was.
fn double() -> impl Strategy<Value = f64> {
    any::<i32>().prop_map(|number| f64::from(number) / 2.0)
}

fn value() -> impl Strategy<Value = AnyValue> {
    let plain = prop_oneof![
        "\\PC{0,12}".prop_map(Value::StringValue),
        any::<bool>().prop_map(Value::BoolValue),
        any::<i64>().prop_map(Value::IntValue),
        double().prop_map(Value::DoubleValue),
        vec(any::<u8>(), 0..6).prop_map(Value::BytesValue),
    ];
    let plain = proptest::option::weighted(0.9, plain).prop_map(|value| AnyValue { value });
    plain.prop_recursive(3, 16, 4, |inner| {
        let map = proptest::collection::btree_map("[a-z]{1,4}", inner.clone(), 0..4).prop_map(|members| {
            let pair = |(key, value)| KeyValue { key, value: Some(value), ..KeyValue::default() };
            Value::KvlistValue(KeyValueList { values: members.into_iter().map(pair).collect() })
        });
        let list = vec(inner, 0..4).prop_map(|values| Value::ArrayValue(ArrayValue { values }));
        prop_oneof![map, list].prop_map(|value| AnyValue { value: Some(value) })
    })
}

/// Some keys come twice, and some without a value.
pub(crate) fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    let pair = ("[a-c]{1,2}", proptest::option::weighted(0.9, value()));
    vec(pair.prop_map(|(key, value)| KeyValue { key, value, ..KeyValue::default() }), 0..6)
}

fn id(bytes: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), bytes), Just(Vec::new())]
}

pub(crate) fn span() -> impl Strategy<Value = Span> {
    let event = (any::<u64>(), "\\PC{0,8}", attributes()).prop_map(|(time_unix_nano, name, attributes)| {
        Event { time_unix_nano, name, attributes, ..Event::default() }
    });
    let link = (id(16), id(8), attributes()).prop_map(|(trace_id, span_id, attributes)| Link {
        trace_id,
        span_id,
        attributes,
        ..Link::default()
    });
    let ids = (id(16), id(8), id(8));
    let times = (any::<u64>(), any::<u64>());
    let status = proptest::option::of((0_i32..3, "\\PC{0,8}"));
    let parts = (attributes(), vec(event, 0..3), vec(link, 0..3));
    (ids, "\\PC{0,20}", 0_i32..6, times, status, parts).prop_map(
        |(
            (trace_id, span_id, parent_span_id),
            name,
            kind,
            (start, end),
            status,
            (attributes, events, links),
        )| {
            Span {
                trace_id,
                span_id,
                parent_span_id,
                name,
                kind,
                start_time_unix_nano: start,
                end_time_unix_nano: end,
                attributes,
                events,
                links,
                status: status.map(|(code, message)| Status { code, message }),
                ..Span::default()
            }
        },
    )
}

pub(crate) fn log() -> impl Strategy<Value = LogRecord> {
    let body = proptest::option::of(value());
    (any::<(u64, u64)>(), 0_i32..25, "\\PC{0,8}", body, attributes(), (id(16), id(8))).prop_map(
        |((time, observed), severity_number, severity_text, body, attributes, (trace_id, span_id))| {
            LogRecord {
                time_unix_nano: time,
                observed_time_unix_nano: observed,
                severity_number,
                severity_text,
                body,
                attributes,
                trace_id,
                span_id,
                ..LogRecord::default()
            }
        },
    )
}

fn exemplars() -> impl Strategy<Value = Vec<Exemplar>> {
    let value = prop_oneof![
        double().prop_map(exemplar::Value::AsDouble),
        any::<i64>().prop_map(exemplar::Value::AsInt),
    ];
    let exemplar = (any::<u64>(), proptest::option::of(value), id(16), id(8), attributes());
    let exemplar = exemplar.prop_map(|(time_unix_nano, value, trace_id, span_id, attributes)| Exemplar {
        time_unix_nano,
        value,
        trace_id,
        span_id,
        filtered_attributes: attributes,
    });
    vec(exemplar, 0..3)
}

pub(crate) fn number_point() -> impl Strategy<Value = NumberDataPoint> {
    let value = prop_oneof![
        double().prop_map(number_data_point::Value::AsDouble),
        any::<i64>().prop_map(number_data_point::Value::AsInt),
    ];
    (any::<(u64, u64)>(), proptest::option::of(value), attributes(), exemplars()).prop_map(
        |((start, time), value, attributes, exemplars)| NumberDataPoint {
            start_time_unix_nano: start,
            time_unix_nano: time,
            value,
            attributes,
            exemplars,
            ..NumberDataPoint::default()
        },
    )
}

pub(crate) fn histogram_point() -> impl Strategy<Value = HistogramDataPoint> {
    let figures = (any::<u64>(), proptest::option::of(double()), proptest::option::of(double()));
    let buckets = (vec(any::<u64>(), 0..5), vec(double(), 0..5));
    (any::<(u64, u64)>(), figures, buckets, attributes(), exemplars()).prop_map(
        |((start, time), (count, sum, max), (bucket_counts, explicit_bounds), attributes, exemplars)| {
            HistogramDataPoint {
                start_time_unix_nano: start,
                time_unix_nano: time,
                count,
                sum,
                max,
                bucket_counts,
                explicit_bounds,
                attributes,
                exemplars,
                ..HistogramDataPoint::default()
            }
        },
    )
}

pub(crate) fn exponential_point() -> impl Strategy<Value = ExponentialHistogramDataPoint> {
    let buckets = || {
        let buckets = (any::<i32>(), vec(any::<u64>(), 0..5));
        proptest::option::of(buckets.prop_map(|(offset, bucket_counts)| Buckets { offset, bucket_counts }))
    };
    let figures = (any::<u64>(), proptest::option::of(double()), any::<i32>(), any::<u64>(), double());
    (any::<(u64, u64)>(), figures, buckets(), buckets(), attributes(), exemplars()).prop_map(
        |((start, time), figures, positive, negative, attributes, exemplars)| {
            let (count, min, scale, zero_count, zero_threshold) = figures;
            ExponentialHistogramDataPoint {
                start_time_unix_nano: start,
                time_unix_nano: time,
                count,
                min,
                scale,
                zero_count,
                zero_threshold,
                positive,
                negative,
                attributes,
                exemplars,
                ..ExponentialHistogramDataPoint::default()
            }
        },
    )
}

pub(crate) fn summary_point() -> impl Strategy<Value = SummaryDataPoint> {
    let quantiles = vec((double(), double()), 0..4);
    (any::<(u64, u64)>(), any::<u64>(), double(), quantiles, attributes()).prop_map(
        |((start, time), count, sum, quantiles, attributes)| SummaryDataPoint {
            start_time_unix_nano: start,
            time_unix_nano: time,
            count,
            sum,
            quantile_values: quantiles
                .into_iter()
                .map(|(quantile, value)| ValueAtQuantile { quantile, value })
                .collect(),
            attributes,
            ..SummaryDataPoint::default()
        },
    )
}

/// Values, and what is in them.
pub(crate) fn elements(attributes: &[KeyValue]) -> u64 {
    attributes.iter().map(|attribute| elements_of(attribute.value.as_ref())).sum()
}

/// A value that is missing counts like one that is empty.
pub(crate) fn elements_of(value: Option<&AnyValue>) -> u64 {
    let inside = match value.and_then(|value| value.value.as_ref()) {
        Some(Value::ArrayValue(list)) => list.values.iter().map(|value| elements_of(Some(value))).sum(),
        Some(Value::KvlistValue(map)) => elements(&map.values),
        _ => 0,
    };
    1 + inside
}

pub(crate) fn elements_of_exemplars(exemplars: &[Exemplar]) -> u64 {
    exemplars.iter().map(|exemplar| 1 + elements(&exemplar.filtered_attributes)).sum()
}

/// What the reference decoder's attributes look like; the first of equal keys counts.
pub(crate) fn as_json(attributes: &[KeyValue]) -> serde_json::Value {
    let mut object = serde_json::Map::new();
    for attribute in attributes {
        object.entry(attribute.key.clone()).or_insert_with(|| value_as_json(attribute.value.as_ref()));
    }
    object.into()
}

pub(crate) fn value_as_json(value: Option<&AnyValue>) -> serde_json::Value {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.as_str().into(),
        Some(Value::BoolValue(yes)) => (*yes).into(),
        Some(Value::IntValue(number)) => (*number).into(),
        Some(Value::DoubleValue(number)) => (*number).into(),
        Some(Value::BytesValue(bytes)) => {
            bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
        }
        Some(Value::ArrayValue(list)) => list.values.iter().map(|value| value_as_json(Some(value))).collect(),
        Some(Value::KvlistValue(map)) => as_json(&map.values),
        _ => serde_json::Value::Null,
    }
}
