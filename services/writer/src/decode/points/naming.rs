//! What a metric is called, and measured in, by the newest conventions.

use std::borrow::Cow;

use naru_otlp::{
    view::{Attributes, ExemplarView, MetricData, MetricView, text},
    wire::{WireError, put_bytes},
};
use naru_signal::semconv::{metric_attributes, metric_name, metric_units};

/// Of one metric.
pub(super) struct Naming<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) unit: Cow<'a, str>,
    /// What was sent divided by this is in [`Self::unit`].
    pub(super) times: f64,
    /// Old names of its attributes, and newest.
    attributes: Vec<(&'static str, &'static str)>,
}

impl<'a> Naming<'a> {
    pub(super) fn of(metric: &MetricView<'a>) -> Self {
        let (sent, unit) = (text(metric.name), text(metric.unit));
        let newest = metric_name(&sent);
        let units = metric_units(newest, &unit);
        let attributes = metric_attributes(newest).collect();
        // A thousand is no power of such a histogram's base: the metric stays what was sent, whole.
        let is_exponential = matches!(metric.data, MetricData::ExponentialHistogram { .. });
        if units.is_some() && is_exponential {
            return Self { name: sent, unit, times: 1.0, attributes };
        }
        let (times, unit) = units.map_or((1.0, unit), |(times, unit)| (times, Cow::Borrowed(unit)));
        let name = if newest == sent { None } else { Some(newest.to_owned()) };
        Self { name: name.map_or(sent, Cow::Owned), unit, times, attributes }
    }

    /// A point's attributes as sent, and after them under their newest names, where the point has none of that name.
    pub(super) fn attributes(&self, sent: &Attributes<'_>) -> Result<Vec<u8>, WireError> {
        let mut out = Vec::new();
        sent.copy(&mut out)?;
        if self.attributes.is_empty() {
            return Ok(out);
        }
        for &(old, newest) in &self.attributes {
            if sent.find(newest).is_some() {
                continue;
            }
            let of_old = sent.clone().flatten().find(|attribute| attribute.key == old.as_bytes());
            if let Some(attribute) = of_old {
                put_bytes(&mut out, 1, &attribute.renamed(newest)?);
            }
        }
        Ok(out)
    }

    pub(super) fn exemplar<'e>(&self, sent: &'e [u8]) -> Result<Cow<'e, [u8]>, WireError> {
        if self.times == 1.0 {
            return Ok(Cow::Borrowed(sent));
        }
        Ok(Cow::Owned(ExemplarView::parse(sent)?.in_larger_units(self.times)?))
    }
}
