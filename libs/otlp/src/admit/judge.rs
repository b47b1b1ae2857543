//! Item by item: is it readable, is it stored, and what of it.

use std::borrow::Cow;

use naru_signal::Signal;

use super::{
    ITEM_BYTES_MAX, RefusedRequest, Rejections, Rules, Tally, Why,
    check::{check_log, check_point, check_resource, check_scope, check_span},
    metric::without_points,
};
use crate::{
    view::{Group, MetricView},
    wire::WireError,
};

/// Looks at the items of one request, and remembers what it has seen.
pub(super) struct Judge<'a> {
    signal: Signal,
    rules: &'a Rules,
    tally: Tally,
    last: Option<Group<'a>>,
    /// Why nothing of the present resource, and of the present scope, is stored.
    resource: Option<Why>,
    scope: Option<Why>,
    pub(super) rejections: Rejections,
    /// Of what is stored.
    pub(super) newest_ns: u64,
}

/// What of an item is stored: nearly always its very bytes.
pub(super) struct Stored<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// Spans, data points or log records.
    pub(super) count: u32,
}

impl<'a> Judge<'a> {
    pub(super) fn new(signal: Signal, rules: &'a Rules) -> Self {
        Self {
            signal,
            rules,
            tally: Tally::default(),
            last: None,
            resource: None,
            scope: None,
            rejections: Rejections::default(),
            newest_ns: 0,
        }
    }

    /// Items from here on belong to `group`.
    pub(super) fn begin(&mut self, group: Group<'a>) -> Result<(), RefusedRequest> {
        if !self.last.is_some_and(|last| last.shares_resource_with(&group)) {
            self.tally.start();
            check_resource(&group, &mut self.tally)?;
            self.resource = self.tally.why();
        }
        self.last = Some(group);
        self.tally.start();
        check_scope(&group, &mut self.tally)?;
        self.scope = self.tally.why();
        self.tally.check_request()
    }

    /// The head of the present group is too large to be repeated: its items are left out.
    pub(super) fn leave_out_group(&mut self) {
        self.scope = Some(Why::TooLarge);
    }

    /// `None` when nothing of the item is stored.
    pub(super) fn see(&mut self, item: &'a [u8]) -> Result<Option<Stored<'a>>, RefusedRequest> {
        self.tally.start();
        self.tally.element();
        let seen = if item.len() > ITEM_BYTES_MAX { self.too_large(item) } else { self.see_readable(item) };
        self.tally.check_request()?;
        Ok(seen?)
    }

    fn see_readable(&mut self, item: &'a [u8]) -> Result<Option<Stored<'a>>, WireError> {
        let (why, newest_ns) = match self.signal {
            Signal::Metrics => return self.see_metric(item),
            Signal::Traces => {
                let span = check_span(item, &mut self.tally)?;
                (self.why_all().or_else(|| self.rules.judge_span(&span)), span.end_ns)
            }
            Signal::Logs => {
                let log = check_log(item, &mut self.tally)?;
                (self.why_all().or_else(|| self.rules.judge_log(&log)), log.happened_ns())
            }
        };
        if let Some(why) = why {
            self.rejections.add(why, 1);
            return Ok(None);
        }
        self.newest_ns = self.newest_ns.max(newest_ns);
        Ok(Some(Stored { bytes: Cow::Borrowed(item), count: 1 }))
    }

    /// Point by point: a metric holds those of many senders' instruments, and one bad clock spoils only its own.
    fn see_metric(&mut self, item: &'a [u8]) -> Result<Option<Stored<'a>>, WireError> {
        let metric = MetricView::parse(item)?;
        [metric.name, metric.unit, metric.description].into_iter().for_each(|text| self.tally.name(text));
        let why_metric = self.why_all();
        let (mut count, mut left_out) = (0, Vec::new());
        for (index, point) in metric.data.points().enumerate() {
            self.tally.start();
            let times = check_point(&metric.data, point?, &mut self.tally)?;
            let why = why_metric.or_else(|| self.why_all()).or_else(|| self.rules.judge_time(times.time_ns));
            if let Some(why) = why {
                self.rejections.add(why, 1);
                left_out.push(index);
            } else {
                count += 1;
                self.newest_ns = self.newest_ns.max(times.time_ns);
            }
        }
        if left_out.is_empty() && why_metric.is_none() {
            return Ok(Some(Stored { bytes: Cow::Borrowed(item), count }));
        }
        if count == 0 {
            if left_out.is_empty() {
                // A metric without points is still one thing that was rejected.
                why_metric.into_iter().for_each(|why| self.rejections.add(why, 1));
            }
            return Ok(None);
        }
        Ok(Some(Stored { bytes: Cow::Owned(without_points(item, &metric.data, &left_out)?), count }))
    }

    /// An item that is left out for its size is counted and not read: buckets of a histogram take eight times their
    /// bytes when they are.
    fn too_large(&mut self, item: &[u8]) -> Result<Option<Stored<'a>>, WireError> {
        let mut count = 1;
        if self.signal == Signal::Metrics {
            count = 0;
            for point in MetricView::parse(item)?.data.points() {
                point?;
                count += 1;
            }
            self.tally.elements(count);
        }
        self.rejections.add(Why::TooLarge, count.max(1));
        Ok(None)
    }

    /// For whatever stands in the present group, and for what was met last.
    fn why_all(&self) -> Option<Why> {
        self.resource.or(self.scope).or(self.tally.why())
    }
}
