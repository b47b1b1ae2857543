//! Looking at everything a writer looks at.

use naru_otlp::{
    view::{
        Attributes, ExponentialHistogramPoint, HistogramPoint, LogView, MetricData, MetricView, NumberPoint,
        SpanView, SummaryPoint, for_each_group,
    },
    wire::WireError,
};
use naru_signal::Signal;
use serde::de::IgnoredAny;

/// Errs on the first thing that cannot be read.
pub(super) fn read_all(signal: Signal, request: &[u8]) -> Result<(), WireError> {
    for_each_group(request, |group| {
        write(&group.resource.attributes())?;
        for item in group.items() {
            match signal {
                Signal::Traces => read_span(item?)?,
                Signal::Metrics => read_metric(item?)?,
                Signal::Logs => read_log(item?)?,
            }
        }
        Ok(())
    })
}

fn read_span(item: &[u8]) -> Result<(), WireError> {
    let span = SpanView::parse(item)?;
    write(&span.attributes())?;
    for event in span.events() {
        write(&event?.attributes())?;
    }
    for link in span.links() {
        write(&link?.attributes())?;
    }
    Ok(())
}

fn read_metric(item: &[u8]) -> Result<(), WireError> {
    let metric = MetricView::parse(item)?;
    for point in metric.data.points() {
        let point = point?;
        write(&metric.data.attributes_of(point))?;
        match metric.data {
            MetricData::None => {}
            MetricData::Gauge(_) | MetricData::Sum { .. } => drop(NumberPoint::parse(point)?),
            MetricData::Histogram { .. } => drop(HistogramPoint::parse(point)?),
            MetricData::ExponentialHistogram { .. } => drop(ExponentialHistogramPoint::parse(point)?),
            MetricData::Summary(_) => drop(SummaryPoint::parse(point)?),
        }
    }
    Ok(())
}

fn read_log(item: &[u8]) -> Result<(), WireError> {
    let log = LogView::parse(item)?;
    let mut body = String::new();
    log.body.write_json(&mut body)?;
    is_json(&body);
    write(&log.attributes())
}

fn write(attributes: &Attributes<'_>) -> Result<(), WireError> {
    let mut json = String::new();
    attributes.write_json(&mut json)?;
    is_json(&json);
    let mut list = Vec::new();
    attributes.copy(&mut list)?;
    let (sent, copied) = (attributes.clone().count(), Attributes::of(&list, 1).count());
    assert_eq!(sent, copied, "a copy has other attributes");
    for attribute in attributes.clone() {
        let value = attribute?.value;
        let _ = (value.as_text(), value.as_int());
    }
    Ok(())
}

fn is_json(text: &str) {
    let read = serde_json::from_str::<IgnoredAny>(text);
    assert!(read.is_ok(), "not JSON: {text}");
}
