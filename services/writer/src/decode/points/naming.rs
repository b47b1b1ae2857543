//! What a metric is called, and measured in, by the newest conventions.

use std::{borrow::Cow, collections::HashSet};

use naru_otlp::{
    view::{Attribute, Attributes, ExemplarView, Group, MetricData, MetricView, for_each_group, text},
    wire::{WireError, put_bytes},
};
use naru_signal::semconv::{MetricUnit, metric_attributes, metric_name, metric_unit, metric_with_old_names};

use crate::decode::repeated::label;

/// Newest names that a request sends itself, by resource. Agents that are being moved to newer conventions send both: then
/// the old one is no second of the newest.
#[derive(Default)]
pub(in crate::decode) struct SentNewest(HashSet<(usize, &'static str)>);

impl SentNewest {
    pub(in crate::decode) fn of(request: &[u8]) -> Result<Self, WireError> {
        let mut sent = HashSet::new();
        for_each_group(request, |group| {
            for item in group.items() {
                let name = text(MetricView::parse(item?)?.name);
                sent.extend(metric_with_old_names(&name).map(|name| (resource_of(&group), name)));
            }
            Ok::<_, WireError>(())
        })?;
        Ok(Self(sent))
    }

    fn has(&self, group: &Group<'_>, name: &str) -> bool {
        metric_with_old_names(name).is_some_and(|name| self.0.contains(&(resource_of(group), name)))
    }
}

/// Groups of one resource lie in one message.
fn resource_of(group: &Group<'_>) -> usize {
    group.resource_group.as_ptr().addr()
}

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
    /// Of what each data point repeats.
    pub(super) fn bytes(&self) -> usize {
        self.name.len() + label(&self.unit).len()
    }

    pub(super) fn of(metric: &MetricView<'a>, group: &Group<'_>, sent: &SentNewest) -> Self {
        let (name, unit) = (text(metric.name), text(metric.unit));
        let newest = metric_name(&name);
        let attributes = metric_attributes(newest).collect();
        let is_old = newest != name;
        // A thousand is no power of such a histogram's base: its buckets would move.
        let is_exponential = matches!(metric.data, MetricData::ExponentialHistogram { .. });
        let units = match metric_unit(newest, &unit) {
            MetricUnit::Same => None,
            MetricUnit::Smaller { times, newest } if !is_exponential => Some((times, newest)),
            // Under the newest name it would be taken for what it is not.
            MetricUnit::Smaller { .. } | MetricUnit::Unknown => {
                return Self { name, unit, times: 1.0, attributes };
            }
        };
        if is_old && sent.has(group, newest) {
            return Self { name, unit, times: 1.0, attributes };
        }
        let (times, unit) = units.map_or((1.0, unit), |(times, unit)| (times, Cow::Borrowed(unit)));
        let renamed = is_old.then(|| newest.to_owned());
        Self { name: renamed.map_or(name, Cow::Owned), unit, times, attributes }
    }

    /// A point's attributes as sent, and after them under their newest names, where the point has none of that name.
    pub(super) fn attributes(&self, sent: &Attributes<'_>) -> Result<Vec<u8>, WireError> {
        let mut out = Vec::new();
        if self.attributes.is_empty() {
            sent.copy(&mut out)?;
            return Ok(out);
        }
        let mut old: Vec<Option<Attribute<'_>>> = vec![None; self.attributes.len()];
        let mut is_there = vec![false; self.attributes.len()];
        for attribute in sent.clone() {
            let attribute = attribute?;
            put_bytes(&mut out, 1, attribute.message);
            for (at, (name, newest)) in self.attributes.iter().enumerate() {
                if attribute.key == name.as_bytes() {
                    old[at].get_or_insert(attribute);
                }
                is_there[at] |= attribute.key == newest.as_bytes();
            }
        }
        let mut added: Vec<&str> = Vec::new();
        for (at, (_, newest)) in self.attributes.iter().enumerate() {
            if let Some(attribute) = old[at].filter(|_| !is_there[at] && !added.contains(newest)) {
                put_bytes(&mut out, 1, &attribute.renamed(newest)?);
                added.push(newest);
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
