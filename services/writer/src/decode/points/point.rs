//! One data point of any kind, as the table shows it.

use naru_otlp::{
    view::{
        Buckets, ExponentialHistogramPoint, HistogramPoint, MetricData, NumberPoint, PointTimes, SummaryPoint,
    },
    wire::WireError,
};

use crate::decode::json::{put, put_double, put_list};

#[derive(Debug, Default)]
pub(super) struct Point {
    pub(super) times: PointTimes,
    /// Of gauges and sums.
    pub(super) value: Option<f64>,
    pub(super) count: Option<u64>,
    pub(super) sum: Option<f64>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    /// JSON; its shape stands at `naru_lake::schema::metric_points`.
    pub(super) buckets: Option<String>,
}

impl Point {
    /// What was measured, divided by `times`; that of an exponential histogram's buckets must be 1.
    pub(super) fn read(data: &MetricData<'_>, message: &[u8], times: f64) -> Result<Self, WireError> {
        Ok(match data {
            MetricData::None => Self::default(),
            MetricData::Gauge(_) | MetricData::Sum { .. } => number(&NumberPoint::parse(message)?, times),
            MetricData::Histogram { .. } => histogram(&HistogramPoint::parse(message)?, times),
            MetricData::ExponentialHistogram { .. } => {
                exponential(&ExponentialHistogramPoint::parse(message)?)
            }
            MetricData::Summary(_) => summary(&SummaryPoint::parse(message)?, times),
        })
    }
}

fn number(point: &NumberPoint, times: f64) -> Point {
    let value = point.value.as_double().map(|value| value / times);
    Point { times: point.times, value, ..Point::default() }
}

fn histogram(point: &HistogramPoint, times: f64) -> Point {
    let buckets = (!point.counts.is_empty()).then(|| {
        let mut json = "{\"bounds\":".to_owned();
        put_list(&mut json, &point.bounds, |out, bound| put_double(out, *bound / times));
        json.push_str(",\"counts\":");
        put_counts(&mut json, &point.counts);
        json.push('}');
        json
    });
    let [sum, min, max] = [point.sum, point.min, point.max].map(|value| value.map(|value| value / times));
    Point { times: point.times, count: Some(point.count), sum, min, max, buckets, ..Point::default() }
}

fn exponential(point: &ExponentialHistogramPoint) -> Point {
    let mut json = String::new();
    put(
        &mut json,
        format_args!("{{\"scale\":{},\"zero_count\":{},\"zero_threshold\":", point.scale, point.zero_count),
    );
    put_double(&mut json, point.zero_threshold);
    json.push_str(",\"positive\":");
    put_buckets(&mut json, &point.positive);
    json.push_str(",\"negative\":");
    put_buckets(&mut json, &point.negative);
    json.push('}');
    let (sum, min, max) = (point.sum, point.min, point.max);
    Point {
        times: point.times,
        count: Some(point.count),
        sum,
        min,
        max,
        buckets: Some(json),
        ..Point::default()
    }
}

fn summary(point: &SummaryPoint, times: f64) -> Point {
    let mut json = "{\"quantiles\":".to_owned();
    put_list(&mut json, &point.quantiles, |out, (quantile, value)| {
        out.push('[');
        put_double(out, *quantile);
        out.push(',');
        put_double(out, *value / times);
        out.push(']');
    });
    json.push('}');
    let (count, sum) = (Some(point.count), Some(point.sum / times));
    Point { times: point.times, count, sum, buckets: Some(json), ..Point::default() }
}

fn put_buckets(out: &mut String, buckets: &Buckets) {
    put(out, format_args!("{{\"offset\":{},\"counts\":", buckets.offset));
    put_counts(out, &buckets.counts);
    out.push('}');
}

fn put_counts(out: &mut String, counts: &[u64]) {
    put_list(out, counts, |out, count| put(out, format_args!("{count}")));
}
