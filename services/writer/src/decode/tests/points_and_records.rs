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
    let exemplar = |number: u8| Exemplar {
        time_unix_nano: START_NS,
        trace_id: vec![number; 16],
        span_id: vec![number; 8],
        filtered_attributes: vec![text("pool", "main")],
        value: Some(exemplar::Value::AsDouble(f64::from(number))),
    };
    let point_with = |number| NumberDataPoint {
        exemplars: vec![exemplar(number)],
        ..point(number_data_point::Value::AsDouble(0.5))
    };
    let gauge = Data::Gauge(Gauge { data_points: vec![point_with(8)] });
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
            exemplars: vec![exemplar(9)],
            ..HistogramDataPoint::default()
        }],
        aggregation_temporality: 1,
    });
    let exponential = Data::ExponentialHistogram(ExponentialHistogram {
        data_points: vec![ExponentialHistogramDataPoint {
            time_unix_nano: START_NS,
            count: 6,
            sum: Some(7.5),
            scale: -1,
            zero_count: 1,
            zero_threshold: 0.25,
            positive: Some(Buckets { offset: -3, bucket_counts: vec![2, 3] }),
            max: Some(2.0),
            exemplars: vec![exemplar(10), exemplar(11)],
            ..ExponentialHistogramDataPoint::default()
        }],
        aggregation_temporality: 2,
    });
    let summary = Data::Summary(Summary {
        data_points: vec![SummaryDataPoint {
            time_unix_nano: START_NS,
            count: 2,
            sum: 3.0,
            quantile_values: vec![
                ValueAtQuantile { quantile: 0.5, value: 1.0 },
                ValueAtQuantile { quantile: 1.0, value: 2.0 },
            ],
            ..SummaryDataPoint::default()
        }],
    });
    let metrics = vec![
        metric("g", gauge),
        metric("s", sum),
        metric("h", histogram),
        metric("e", exponential),
        metric("q", summary),
    ];
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
            "name=e kind=exponential_histogram temporality=cumulative count=6 sum=7.5 max=2.0 \
             buckets={\"scale\":-1,\"zero_count\":1,\"zero_threshold\":0.25,\"positive\":{\"offset\":-3,\"counts\":[2,3]},\
             \"negative\":{\"offset\":0,\"counts\":[]}}",
            "name=q kind=summary count=2 sum=3.0 buckets={\"quantiles\":[[0.5,1.0],[1.0,2.0]]}",
        ]
    );
    // As sent, one after the other.
    let exemplars = rows["exemplars"].as_binary::<i32>();
    let sent = |row: usize| {
        let messages = members(exemplars.value(row), 1).map(|message| Exemplar::decode(message.unwrap()));
        messages.collect::<Result<Vec<_>, _>>().unwrap()
    };
    assert_eq!((sent(0), sent(3)), (vec![exemplar(8)], vec![exemplar(9)]));
    assert_eq!(sent(4), [exemplar(10), exemplar(11)]);
    assert!([1, 2, 5].iter().all(|row| exemplars.is_null(*row)));
    assert_eq!(cells(rows, 0, &["attributes"]), r#"attributes={"k":"v"}"#);
    assert_eq!(decoded.ledger.usage_rows(UnixMs(1))[0].items, 6);
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

/// As many points of one gauge.
fn gauge(name: String, description: String, points: usize) -> Vec<u8> {
    let point = NumberDataPoint { time_unix_nano: START_NS, ..NumberDataPoint::default() };
    let data = Some(Data::Gauge(Gauge { data_points: vec![point; points] }));
    let metrics = vec![Metric { name, description, data, ..Metric::default() }];
    let scope_metrics = vec![ScopeMetrics { metrics, ..ScopeMetrics::default() }];
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics { scope_metrics, ..ResourceMetrics::default() }],
    }
    .encode_to_vec()
}

#[test]
fn what_a_metric_says_of_itself_is_stored_with_every_point_and_no_longer_than_a_label() {
    let request = gauge("g".to_owned(), "long ".repeat(50_000), 3_000);
    let decoded = decode(vec![entry(1, Signal::Metrics, request)]);
    let rows = &decoded.rows[0].1;
    assert_eq!((rows.num_rows(), rows["description"].as_string::<i32>().value(2_999).len()), (3_000, 512));
    assert!(rows.get_array_memory_size() < 3 << 20);
}

#[test]
fn rows_that_would_repeat_many_times_what_was_sent_are_put_aside_and_nothing_else_is() {
    let hostile = gauge("n".repeat(16_000), String::new(), 20_000);
    let fine = gauge("g".to_owned(), "what it is".to_owned(), 2);
    let decoded = decode(vec![
        entry(1, Signal::Metrics, fine.clone()),
        entry(2, Signal::Metrics, hostile),
        entry(3, Signal::Metrics, fine),
    ]);
    assert_eq!(decoded.rows[0].1.num_rows(), 4);
    let [aside] = &decoded.ledger.quarantined[..] else { panic!("one entry is put aside") };
    assert!(aside.reason.contains("send shorter ones"), "{}", aside.reason);
}

#[test]
fn a_long_service_name_is_cut_in_its_column_and_whole_in_its_resource() {
    let name = "s".repeat(100_000);
    let request = traces(vec![text("service.name", &name)], vec![span(2, vec![]); 1_000]);
    let decoded = decode(vec![entry(1, Signal::Traces, request)]);
    let rows = &decoded.rows[0].1;
    assert_eq!(rows["service_name"].as_string::<i32>().value(999), "s".repeat(512));
    let resource = cast(&rows["resource"], &DataType::Binary).unwrap();
    assert!(json_of(resource.as_binary::<i32>().value(999)).contains(&name));
}
