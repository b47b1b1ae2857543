//! Metrics of agents of every age.

use super::*;

fn sum_of(name: &str, unit: &str, attributes: Vec<KeyValue>) -> Metric {
    let value = Some(number_data_point::Value::AsInt(7));
    let point = NumberDataPoint { time_unix_nano: START_NS, attributes, value, ..NumberDataPoint::default() };
    let data = Data::Sum(Sum { data_points: vec![point], ..Sum::default() });
    Metric { name: name.to_owned(), unit: unit.to_owned(), data: Some(data), ..Metric::default() }
}

fn rows_of(metrics: Vec<Metric>) -> RecordBatch {
    let request = ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            scope_metrics: vec![ScopeMetrics { metrics, ..ScopeMetrics::default() }],
            ..ResourceMetrics::default()
        }],
    };
    decode(vec![entry(1, Signal::Metrics, request.encode_to_vec())]).rows.remove(0).1
}

#[test]
fn old_names_become_the_newest_and_what_was_sent_stays_beside_them() {
    let rows = rows_of(vec![
        sum_of("process.runtime.jvm.memory.usage", "By", vec![text("type", "heap"), text("area", "x")]),
        sum_of("db.client.connections.usage", "{connections}", vec![text("state", "idle")]),
        sum_of("jvm.memory.limit", "By", vec![text("jvm.memory.type", "heap"), text("type", "mine")]),
        sum_of("orders.state", "1", vec![text("state", "placed")]),
    ]);
    let all: Vec<String> =
        (0..4).map(|row| cells(&rows, row, &["name", "unit", "value", "attributes"])).collect();
    assert_eq!(
        all,
        [
            r#"name=jvm.memory.used unit=By value=7.0 attributes={"type":"heap","area":"x","jvm.memory.type":"heap"}"#,
            r#"name=db.client.connection.count unit={connections} value=7.0 attributes={"state":"idle","db.client.connection.state":"idle"}"#,
            r#"name=jvm.memory.limit unit=By value=7.0 attributes={"jvm.memory.type":"heap","type":"mine"}"#,
            r#"name=orders.state unit=1 value=7.0 attributes={"state":"placed"}"#,
        ]
    );
}

#[test]
fn milliseconds_of_old_become_seconds_with_buckets_bounds_and_exemplars() {
    let exemplar = |value| Exemplar {
        time_unix_nano: START_NS,
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        filtered_attributes: vec![text("k", "v")],
        value: Some(value),
    };
    let point = HistogramDataPoint {
        time_unix_nano: START_NS,
        count: 3,
        sum: Some(120.0),
        min: Some(5.0),
        max: Some(75.0),
        bucket_counts: vec![1, 1, 1],
        explicit_bounds: vec![7.5, 50.0],
        exemplars: vec![exemplar(exemplar::Value::AsInt(75))],
        ..HistogramDataPoint::default()
    };
    let histogram = |unit: &str| Metric {
        name: "http.server.duration".to_owned(),
        unit: unit.to_owned(),
        data: Some(Data::Histogram(Histogram { data_points: vec![point.clone()], ..Histogram::default() })),
        ..Metric::default()
    };
    let exponential = Metric {
        data: Some(Data::ExponentialHistogram(ExponentialHistogram {
            data_points: vec![ExponentialHistogramDataPoint {
                time_unix_nano: START_NS,
                count: 1,
                sum: Some(75.0),
                ..ExponentialHistogramDataPoint::default()
            }],
            ..ExponentialHistogram::default()
        })),
        ..histogram("ms")
    };

    let rows = rows_of(vec![histogram("ms"), histogram("s"), exponential]);

    let all: Vec<String> =
        (0..3).map(|row| cells(&rows, row, &["name", "unit", "sum", "min", "max", "buckets"])).collect();
    assert_eq!(
        all[..2],
        [
            "name=http.server.request.duration unit=s sum=0.12 min=0.005 max=0.075 \
             buckets={\"bounds\":[0.0075,0.05],\"counts\":[1,1,1]}",
            "name=http.server.request.duration unit=s sum=120.0 min=5.0 max=75.0 \
             buckets={\"bounds\":[7.5,50.0],\"counts\":[1,1,1]}",
        ]
    );
    // Its buckets would not be where a thousandth of them is.
    assert!(all[2].starts_with("name=http.server.duration unit=ms sum=75.0"), "{}", all[2]);
    let exemplars = rows["exemplars"].as_binary::<i32>();
    let sent = members(exemplars.value(0), 1).next().unwrap().unwrap();
    assert_eq!(Exemplar::decode(sent).unwrap(), exemplar(exemplar::Value::AsDouble(0.075)));
}

#[test]
fn who_sends_old_and_new_names_is_stored_under_both() {
    let names = |metrics: Vec<Metric>| -> Vec<String> {
        let rows = rows_of(metrics);
        (0..rows.num_rows()).map(|row| cells(&rows, row, &["name", "unit"])).collect()
    };
    let (old, new) = ("process.runtime.jvm.memory.usage", "jvm.memory.used");
    let both = names(vec![sum_of(old, "By", vec![]), sum_of(new, "By", vec![])]);
    assert_eq!(both, [format!("name={old} unit=By"), format!("name={new} unit=By")]);
    assert_eq!(names(vec![sum_of(old, "By", vec![])]), [format!("name={new} unit=By")]);
    // Of a length that nobody said.
    assert_eq!(names(vec![sum_of("http.server.duration", "", vec![])]), ["name=http.server.duration"]);
}

#[test]
fn of_two_old_names_of_an_attribute_one_is_taken() {
    let rows = rows_of(vec![sum_of("jvm.gc.duration", "s", vec![text("gc", "G1"), text("name", "G2")])]);
    assert_eq!(cells(&rows, 0, &["attributes"]), r#"attributes={"gc":"G1","name":"G2","jvm.gc.name":"G1"}"#);
}
