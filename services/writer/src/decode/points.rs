//! Metrics: one row per data point.

mod naming;
mod point;

use arrow::array::{BooleanBuilder, Float64Builder, Int64Builder, RecordBatch, UInt64Builder};
use naru_otlp::{
    admit::Rules,
    view::{Group, MetricData, MetricView, Temporality, text},
    wire::put_bytes,
};
use naru_signal::Signal;

use super::{
    repeated::{Repeats, Undecodable, label},
    resource::Resource,
    spans::{signed, unless_empty},
    text::{Messages, Text, batch, fit, resource_column},
};
use naming::Naming;
pub(super) use naming::SentNewest;
use point::Point;

/// Rows of `naru_lake::schema::metric_points()`, column by column.
#[derive(Default)]
pub(super) struct MetricRows {
    rows: u64,
    time_ns: Int64Builder,
    start_ns: Int64Builder,
    name: Text,
    unit: Text,
    description: Text,
    kind: Text,
    temporality: Text,
    is_monotonic: BooleanBuilder,
    value: Float64Builder,
    count: UInt64Builder,
    sum: Float64Builder,
    min: Float64Builder,
    max: Float64Builder,
    buckets: Text,
    service_name: Text,
    service_instance: Text,
    attributes: Messages,
    resource: Vec<i32>,
    exemplars: Messages,
    received_ms: Int64Builder,
}

impl MetricRows {
    pub(super) const fn len(&self) -> u64 {
        self.rows
    }

    /// Adds every data point of a metric; `sent` is of its whole request.
    pub(super) fn append(
        &mut self,
        message: &[u8],
        (group, sent): (&Group<'_>, &SentNewest),
        resource: &Resource,
        received_ms: i64,
        (rules, repeats): (&Rules, &mut Repeats),
    ) -> Result<(), Undecodable> {
        let metric = MetricView::parse(message)?;
        let naming = Naming::of(&metric, group, sent);
        let description = text(metric.description);
        let description = label(&description);
        let repeated_bytes = resource.repeated_bytes + naming.bytes() + description.len();
        for message in metric.data.points() {
            let message = message?;
            let point = Point::read(&metric.data, message, naming.times)?;
            if let Some(why) = rules.judge_time(point.times.time_ns) {
                metrics::counter!("writer_items_invalid_total", "why" => why.code()).increment(1);
                continue;
            }
            repeats.take(repeated_bytes)?;
            let attributes = naming.attributes(&metric.data.attributes_of(message))?;
            let mut exemplars = Vec::new();
            for exemplar in metric.data.exemplars_of(message) {
                put_bytes(&mut exemplars, 1, &naming.exemplar(exemplar?)?);
            }
            self.push(&metric, (&naming, description), &point, &attributes, resource, received_ms);
            self.exemplars.push_unless_empty(&exemplars);
        }
        Ok(())
    }

    fn push(
        &mut self,
        metric: &MetricView<'_>,
        (naming, description): (&Naming<'_>, &str),
        point: &Point,
        attributes: &[u8],
        resource: &Resource,
        received_ms: i64,
    ) {
        let (time_ns, start_ns) = (point.times.time_ns, point.times.start_ns);
        let received_ns = received_ms.saturating_mul(1_000_000);
        self.rows += 1;
        self.time_ns.append_value(if time_ns == 0 { received_ns } else { signed(time_ns) });
        self.start_ns.append_option((start_ns != 0).then(|| signed(start_ns)));
        self.name.push(&naming.name);
        self.unit.push_option(unless_empty(label(&naming.unit)));
        self.description.push_option(unless_empty(description));
        self.kind.push(kind(&metric.data));
        self.temporality.push_option(temporality(&metric.data));
        self.is_monotonic.append_option(match metric.data {
            MetricData::Sum { is_monotonic, .. } => Some(is_monotonic),
            _ => None,
        });
        self.value.append_option(point.value);
        self.count.append_option(point.count);
        self.sum.append_option(point.sum);
        self.min.append_option(point.min);
        self.max.append_option(point.max);
        self.buckets.push_option(point.buckets.as_deref());
        self.service_name.push(&resource.service_name);
        self.service_instance.push_option(resource.service_instance.as_deref());
        self.attributes.push(attributes);
        self.resource.push(resource.key);
        self.received_ms.append_value(received_ms);
    }

    /// In the order of the schema.
    pub(super) fn finish(mut self, resources: Vec<Vec<u8>>) -> RecordBatch {
        let columns = vec![
            fit(self.time_ns.finish()),
            fit(self.start_ns.finish()),
            self.name.finish(),
            self.unit.finish(),
            self.description.finish(),
            self.kind.finish(),
            self.temporality.finish(),
            fit(self.is_monotonic.finish()),
            fit(self.value.finish()),
            fit(self.count.finish()),
            fit(self.sum.finish()),
            fit(self.min.finish()),
            fit(self.max.finish()),
            self.buckets.finish(),
            self.service_name.finish(),
            self.service_instance.finish(),
            self.attributes.finish(),
            resource_column(self.resource, resources),
            self.exemplars.finish(),
            fit(self.received_ms.finish()),
        ];
        batch(Signal::Metrics, columns)
    }
}

/// A metric without data has no points, so nobody asks for its kind.
const fn kind(data: &MetricData<'_>) -> &'static str {
    match data {
        MetricData::None | MetricData::Gauge(_) => "gauge",
        MetricData::Sum { .. } => "sum",
        MetricData::Histogram { .. } => "histogram",
        MetricData::ExponentialHistogram { .. } => "exponential_histogram",
        MetricData::Summary(_) => "summary",
    }
}

const fn temporality(data: &MetricData<'_>) -> Option<&'static str> {
    let temporality = match data {
        MetricData::Sum { temporality, .. }
        | MetricData::Histogram { temporality, .. }
        | MetricData::ExponentialHistogram { temporality, .. } => temporality,
        _ => return None,
    };
    match temporality {
        Temporality::Unspecified => None,
        Temporality::Delta => Some("delta"),
        Temporality::Cumulative => Some("cumulative"),
    }
}
