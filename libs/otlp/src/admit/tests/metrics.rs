//! Metrics are judged point by point.

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    metrics::v1::{
        ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint, Metric,
        NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary, SummaryDataPoint, metric::Data,
    },
};

use super::*;

fn request(metrics: Vec<Metric>) -> Bytes {
    let scope_metrics = vec![ScopeMetrics { metrics, ..ScopeMetrics::default() }];
    let resource_metrics = vec![ResourceMetrics { scope_metrics, ..ResourceMetrics::default() }];
    ExportMetricsServiceRequest { resource_metrics }.encode_to_vec().into()
}

fn metric(data: Data) -> Metric {
    let (name, unit, description) = ("m".to_owned(), "s".to_owned(), "d".to_owned());
    Metric { name, unit, description, data: Some(data), ..Metric::default() }
}

/// One metric of each kind with a point at each of these times.
fn of_every_kind(times: &[u64]) -> Vec<Metric> {
    let number = |&time_unix_nano| NumberDataPoint { time_unix_nano, flags: 1, ..NumberDataPoint::default() };
    let histogram = |&time_unix_nano| HistogramDataPoint {
        time_unix_nano,
        count: 3,
        bucket_counts: vec![1, 2],
        explicit_bounds: vec![0.5],
        ..HistogramDataPoint::default()
    };
    let exponential = |&time_unix_nano| ExponentialHistogramDataPoint {
        time_unix_nano,
        scale: 4,
        ..ExponentialHistogramDataPoint::default()
    };
    let summary =
        |&time_unix_nano| SummaryDataPoint { time_unix_nano, sum: 1.0, ..SummaryDataPoint::default() };
    vec![
        metric(Data::Gauge(Gauge { data_points: times.iter().map(number).collect() })),
        metric(Data::Sum(Sum {
            data_points: times.iter().map(number).collect(),
            aggregation_temporality: 2,
            is_monotonic: true,
        })),
        metric(Data::Histogram(Histogram {
            data_points: times.iter().map(histogram).collect(),
            aggregation_temporality: 1,
        })),
        metric(Data::ExponentialHistogram(ExponentialHistogram {
            data_points: times.iter().map(exponential).collect(),
            aggregation_temporality: 2,
        })),
        metric(Data::Summary(Summary { data_points: times.iter().map(summary).collect() })),
    ]
}

#[test]
fn a_bad_point_is_left_out_and_the_metric_stored_with_the_others_as_sent() {
    let (old, ahead, good) = (1, NOW_NS + 3_601 * SECOND_NS, [NOW_NS - 1, NOW_NS]);
    let request_with_bad = request(of_every_kind(&[old, good[0], ahead, good[1]]));
    let admitted = admit(project(), Signal::Metrics, &request_with_bad, &rules()).unwrap();
    let reasons: Vec<_> = admitted.rejections.iter().collect();
    assert_eq!(reasons, [(Why::TooOld, 5), (Why::TooFarAhead, 5)]);
    assert_eq!((admitted.items, admitted.newest_ns), (10, NOW_NS));
    let stored = ExportMetricsServiceRequest::decode(admitted.entries[0].bytes.clone()).unwrap();
    let metrics = &stored.resource_metrics[0].scope_metrics[0].metrics;
    assert_eq!(*metrics, of_every_kind(&good));
}

#[test]
fn a_metric_of_bad_points_only_is_left_out() {
    let admitted = admit(project(), Signal::Metrics, &request(of_every_kind(&[1, 2])), &rules()).unwrap();
    assert_eq!(admitted.rejections.iter().collect::<Vec<_>>(), [(Why::TooOld, 10)]);
    assert!(admitted.entries.is_empty());
}

#[test]
fn points_that_have_grown_too_old_when_they_come_again_do_not_change_the_ids_of_the_others() {
    let ageing = NOW_NS - 14 * 86_400 * SECOND_NS + 5;
    // Large enough to be cut.
    let points: Vec<_> = (0..4_000).map(|n| if n < 1_000 { ageing } else { NOW_NS }).collect();
    let metrics = (0..20).flat_map(|_| of_every_kind(&points)).collect();
    let request = request(metrics);
    let first = admit(project(), Signal::Metrics, &request, &rules()).unwrap();
    let later = admit(project(), Signal::Metrics, &request, &Rules::at(NOW_NS + SECOND_NS, 14)).unwrap();
    assert!(first.entries.len() > 4 && first.rejections.is_empty());
    assert_eq!((first.items, later.items), (400_000, 300_000));
    let ids = |admitted: &Admitted| admitted.entries.iter().map(|entry| entry.id).collect::<Vec<_>>();
    assert_eq!(ids(&first), ids(&later));
}

#[test]
fn a_metric_without_points_passes_and_one_with_a_page_for_a_name_does_not() {
    let long = Metric { name: "n".repeat(NAME_BYTES_MAX + 1), ..metric(Data::Gauge(Gauge::default())) };
    let admitted = admit(
        project(),
        Signal::Metrics,
        &request(vec![metric(Data::Gauge(Gauge::default())), long]),
        &rules(),
    )
    .unwrap();
    assert_eq!(admitted.rejections.iter().collect::<Vec<_>>(), [(Why::NameTooLong, 1)]);
    assert_eq!((admitted.entries.len(), admitted.items), (1, 0));
}
