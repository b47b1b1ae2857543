//! A request of metrics: what SDKs send of each service once in a while.

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::KeyValue,
    metrics::v1::{
        Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum,
        metric::Data, number_data_point::Value,
    },
    resource::v1::Resource,
};
use prost::Message;
use rand::{Rng, rngs::StdRng};

use super::{
    Template,
    attribute::{int, scope, text},
    marks::Marks,
    records::resources,
};
use crate::corpus::Kind;

const BOUNDS_S: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
const EXPORT_NS: u64 = 60_000_000_000;
const CUMULATIVE: i32 = 2;

pub(super) fn metrics(rng: &mut StdRng, kind: Kind, size: usize) -> Template {
    let mut marks = Marks::default();
    let mut items = 0;
    let mut resource_metrics = Vec::new();
    for attributes in resources(rng, kind, &mut marks, size.div_ceil(4)) {
        let metrics = vec![
            durations(rng, &mut marks, &mut items),
            numbers(rng, &mut marks, &mut items, "process.cpu.time", "s", true),
            numbers(rng, &mut marks, &mut items, "process.memory.usage", "By", false),
            numbers(rng, &mut marks, &mut items, "db.client.connection.count", "{connection}", false),
        ];
        resource_metrics.push(ResourceMetrics {
            resource: Some(Resource { attributes, ..Resource::default() }),
            scope_metrics: vec![ScopeMetrics {
                scope: scope("naru.load"),
                metrics,
                ..ScopeMetrics::default()
            }],
            ..ResourceMetrics::default()
        });
    }
    let bytes = ExportMetricsServiceRequest { resource_metrics }.encode_to_vec();
    Template { slots: marks.find(&bytes), bytes, spans: Vec::new(), items }
}

/// Eight routes of a service.
fn durations(rng: &mut StdRng, marks: &mut Marks, items: &mut u32) -> Metric {
    let points = (0..8).map(|route| {
        *items += 1;
        let bucket_counts: Vec<u64> = (0..=BOUNDS_S.len()).map(|_| rng.random_range(0..400)).collect();
        HistogramDataPoint {
            attributes: of_route(route),
            start_time_unix_nano: marks.time(EXPORT_NS),
            // The oracle knows a point by its time.
            time_unix_nano: marks.time(u64::from(*items)),
            count: bucket_counts.iter().sum(),
            sum: Some(rng.random_range(0.0..500.0)),
            bucket_counts,
            explicit_bounds: BOUNDS_S.to_vec(),
            ..HistogramDataPoint::default()
        }
    });
    let data = Histogram { data_points: points.collect(), aggregation_temporality: CUMULATIVE };
    metric("http.server.request.duration", "s", Data::Histogram(data))
}

fn numbers(
    rng: &mut StdRng,
    marks: &mut Marks,
    items: &mut u32,
    name: &str,
    unit: &str,
    is_sum: bool,
) -> Metric {
    let points = (0..2).map(|state| {
        *items += 1;
        NumberDataPoint {
            attributes: vec![text("state", ["used", "idle"][state % 2])],
            start_time_unix_nano: marks.time(EXPORT_NS),
            time_unix_nano: marks.time(u64::from(*items)),
            value: Some(Value::AsDouble(rng.random_range(0.0..1e9))),
            ..NumberDataPoint::default()
        }
    });
    let data_points: Vec<_> = points.collect();
    let data = if is_sum {
        Data::Sum(Sum { data_points, aggregation_temporality: CUMULATIVE, is_monotonic: true })
    } else {
        Data::Gauge(Gauge { data_points })
    };
    metric(name, unit, data)
}

fn of_route(route: i32) -> Vec<KeyValue> {
    vec![
        text("http.request.method", "GET"),
        text("http.route", &format!("/api/v2/things/{route}")),
        int("http.response.status_code", 200),
    ]
}

fn metric(name: &str, unit: &str, data: Data) -> Metric {
    Metric { name: name.to_owned(), unit: unit.to_owned(), data: Some(data), ..Metric::default() }
}
