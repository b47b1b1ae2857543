//! Metric points and log records.

use super::*;

#[test]
fn metric_points_of_each_kind_become_rows() {
    let point = |value| NumberDataPoint {
        time_unix_nano: START_NS,
        start_time_unix_nano: START_NS - 1,
        attributes: vec![text("k", "v")],
        value: Some(value),
        ..NumberDataPoint::default()
    };
    let metric = |name: &str, data| Metric { name: name.to_owned(), data: Some(data), ..Metric::default() };
    let gauge = Data::Gauge(Gauge { data_points: vec![point(number_data_point::Value::AsDouble(0.5))] });
    let sum = Data::Sum(Sum {
        data_points: vec![
            point(number_data_point::Value::AsInt(-7)),
            point(number_data_point::Value::AsInt(8)),
        ],
        aggregation_temporality: 2,
        is_monotonic: true,
    });
    let histogram = Data::Histogram(Histogram {
        data_points: vec![HistogramDataPoint {
            time_unix_nano: START_NS,
            count: 3,
            sum: Some(4.5),
            bucket_counts: vec![1, 2],
            explicit_bounds: vec![1.0],
            min: Some(0.5),
            ..HistogramDataPoint::default()
        }],
        aggregation_temporality: 1,
    });
    let metrics = vec![metric("g", gauge), metric("s", sum), metric("h", histogram)];
    let request = ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            scope_metrics: vec![ScopeMetrics { metrics, ..ScopeMetrics::default() }],
            ..ResourceMetrics::default()
        }],
    };
    let decoded = decode(vec![entry(1, Signal::Metrics, request.encode_to_vec())]);
    let columns =
        ["name", "kind", "temporality", "is_monotonic", "value", "count", "sum", "min", "max", "buckets"];
    let rows = &decoded.rows[0].1;
    let all: Vec<String> = (0..rows.num_rows()).map(|row| cells(rows, row, &columns)).collect();
    assert_eq!(
        all,
        [
            "name=g kind=gauge value=0.5",
            "name=s kind=sum temporality=cumulative is_monotonic=true value=-7.0",
            "name=s kind=sum temporality=cumulative is_monotonic=true value=8.0",
            "name=h kind=histogram temporality=delta count=3 sum=4.5 min=0.5 \
             buckets={\"bounds\":[1.0],\"counts\":[1,2]}",
        ]
    );
    assert_eq!(cells(rows, 0, &["attributes"]), r#"attributes={"k":"v"}"#);
    assert_eq!(decoded.ledger.usage_rows(UnixMs(1))[0].items, 4);
}

#[test]
fn log_records_keep_body_severity_and_trace() {
    let record = LogRecord {
        observed_time_unix_nano: START_NS,
        severity_number: 17,
        severity_text: "ERROR".to_owned(),
        body: Some(AnyValue { value: Some(Value::StringValue("it broke".to_owned())) }),
        trace_id: vec![7; 16],
        attributes: vec![text("exception.type", "Boom")],
        event_name: "crash".to_owned(),
        ..LogRecord::default()
    };
    let request = ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            scope_logs: vec![ScopeLogs {
                log_records: vec![record, LogRecord::default()],
                ..ScopeLogs::default()
            }],
            ..ResourceLogs::default()
        }],
    };
    let decoded = decode(vec![entry(1, Signal::Logs, request.encode_to_vec())]);
    let rows = &decoded.rows[0].1;
    let columns = [
        "time_ns",
        "severity_number",
        "severity_text",
        "body",
        "trace_id",
        "span_id",
        "exception_type",
        "attributes",
    ];
    assert_eq!(
        cells(rows, 0, &columns),
        "time_ns=1795244400000000000 severity_number=17 severity_text=ERROR body=it broke \
         trace_id=07070707070707070707070707070707 exception_type=Boom \
         attributes={\"exception.type\":\"Boom\",\"event.name\":\"crash\"}"
    );
    // Nobody said when: the receive time stands in.
    assert_eq!(cells(rows, 1, &columns), "time_ns=1795244401000000000 severity_number=0 body= attributes={}");
}
