//! A request of traces while it is drawn; times count back from the base.

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::KeyValue,
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span::Event, span::SpanKind, status::StatusCode},
};
use prost::Message;
use rand::{Rng, rngs::StdRng};

use super::{SpanShape, Template, attribute::scope, marks, marks::Marks};

pub(super) struct Drawing<'a> {
    pub(super) rng: &'a mut StdRng,
    pub(super) marks: Marks,
    spans: Vec<Drawn>,
}

struct Drawn {
    resource: usize,
    span: Span,
    shape: SpanShape,
}

/// Where a span lies, in nanoseconds before the base; `start_ns` is the larger one.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    pub(super) start_ns: u64,
    pub(super) end_ns: u64,
}

/// Where in a trace a span hangs.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) trace: u32,
    pub(super) parent: Option<u32>,
    pub(super) resource: usize,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(rng: &'a mut StdRng) -> Self {
        Self { rng, marks: Marks::default(), spans: Vec::new() }
    }

    /// Log-uniform from 2 ms to 4 s: most are quick, some are slow.
    pub(super) fn extent(&mut self) -> Extent {
        let end_ns = self.rng.random_range(0..800_000_000);
        let duration_ms = 2.0 * 2000f64.powf(self.rng.random::<f64>().powi(2));
        Extent { start_ns: end_ns + (duration_ms * 1e6) as u64, end_ns }
    }

    pub(super) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.rng.random_range(0..all.len())]
    }

    pub(super) fn number(&mut self, below: u32) -> String {
        self.rng.random_range(0..below).to_string()
    }

    /// Its index in the request.
    pub(super) fn push(
        &mut self,
        place: Place,
        extent: Extent,
        kind: SpanKind,
        name: &str,
        attributes: Vec<KeyValue>,
    ) -> u32 {
        let Place { trace, parent, resource } = place;
        let index = u32::try_from(self.spans.len()).unwrap_or(u32::MAX);
        let is_entry = parent.is_none() || matches!(kind, SpanKind::Server | SpanKind::Consumer);
        let span = Span {
            trace_id: marks::trace(trace),
            span_id: marks::span(index),
            parent_span_id: parent.map(marks::span).unwrap_or_default(),
            name: name.to_owned(),
            kind: kind as i32,
            start_time_unix_nano: self.marks.time(extent.start_ns),
            end_time_unix_nano: self.marks.time(extent.end_ns),
            attributes,
            ..Span::default()
        };
        self.spans.push(Drawn { resource, span, shape: SpanShape { trace, is_entry } });
        index
    }

    pub(super) fn fail(&mut self, span: u32, message: &str) {
        let status = Status { code: StatusCode::Error as i32, message: message.to_owned() };
        self.spans[span as usize].span.status = Some(status);
    }

    /// An event at the end of a span.
    pub(super) fn event(&mut self, span: u32, extent: Extent, name: &str, attributes: Vec<KeyValue>) {
        let time_unix_nano = self.marks.time(extent.end_ns);
        let event = Event { time_unix_nano, name: name.to_owned(), attributes, ..Event::default() };
        self.spans[span as usize].span.events.push(event);
    }

    /// `resources`: the attributes of each resource that a span names.
    pub(super) fn finish(self, resources: &[Vec<KeyValue>], scope_name: &str) -> Template {
        let spans: Vec<SpanShape> = self.spans.iter().map(|drawn| drawn.shape).collect();
        let mut by_resource: Vec<Vec<Span>> = vec![Vec::new(); resources.len()];
        for drawn in self.spans {
            by_resource[drawn.resource].push(drawn.span);
        }
        let resource_spans = by_resource.into_iter().zip(resources).filter(|(spans, _)| !spans.is_empty());
        let resource_spans = resource_spans.map(|(spans, attributes)| ResourceSpans {
            resource: Some(Resource { attributes: attributes.clone(), ..Resource::default() }),
            scope_spans: vec![ScopeSpans { scope: scope(scope_name), spans, schema_url: String::new() }],
            schema_url: String::new(),
        });
        let bytes = ExportTraceServiceRequest { resource_spans: resource_spans.collect() }.encode_to_vec();
        let items = u32::try_from(spans.len()).unwrap_or(u32::MAX);
        Template { slots: self.marks.find(&bytes), bytes, spans, items }
    }
}

impl Extent {
    /// Cuts a piece off the front of what is left.
    pub(super) fn part(&mut self) -> Self {
        let length_ns = (self.start_ns - self.end_ns) / 4;
        let part = Self { start_ns: self.start_ns, end_ns: self.start_ns - length_ns };
        self.start_ns = part.end_ns;
        part
    }

    /// What the other end of a call sees: it begins a little later.
    pub(super) const fn callee(self) -> Self {
        Self { start_ns: self.start_ns - (self.start_ns - self.end_ns) / 10, end_ns: self.end_ns }
    }
}
