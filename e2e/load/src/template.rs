//! One encoded request with the places where ids and times go.

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value},
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span::SpanKind, status::StatusCode},
};
use prost::Message;
use rand::{Rng, rngs::StdRng};

const SERVICES: [&str; 15] = [
    "storefront",
    "gateway",
    "catalog",
    "search",
    "cart",
    "checkout",
    "payment",
    "inventory",
    "pricing",
    "shipping",
    "account",
    "mailer",
    "review",
    "recommend",
    "report",
];
const ROUTES: [&str; 8] =
    ["/", "/items/{id}", "/items", "/cart", "/orders", "/orders/{id}", "/account", "/search"];
const STATEMENTS: [&str; 5] = [
    "select id, name, price_krw from item where id = $1",
    "select id from item where name ilike $1 order by rank desc limit 50",
    "insert into orders (id, account_id, total_krw) values ($1, $2, $3)",
    "update stock set reserved = reserved + $2 where item_id = $1",
    "select o.id, o.total_krw from orders o join account a on a.id = o.account_id where a.id = $1",
];

/// Marks that stand where ids and times go until they are found in the encoded bytes. 5 fixed bytes and a 24-bit index.
const TRACE_MARK: [u8; 13] = [0xFE, 0xED, 0x54, 0x52, 0x43, 0, 0, 0, 0, 0, 0, 0, 0xEE];
const SPAN_MARK: [u8; 5] = [0xFE, 0xED, 0x53, 0x50, 0x4E];
const TIME_MARK: [u8; 5] = [0xFE, 0xED, 0x54, 0x4D, 0x45];

#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) bytes: Vec<u8>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) spans: Vec<SpanShape>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Slot {
    TraceId { at: usize, trace: u32 },
    SpanId { at: usize, span: u32 },
    Time { at: usize, before_base_ns: u64 },
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct SpanShape {
    pub(crate) trace: u32,
    pub(crate) is_entry: bool,
}

/// A span while the template is drawn; times count back from the base.
struct Drawn {
    service: usize,
    span: Span,
    shape: SpanShape,
}

impl Template {
    pub(crate) fn generate(rng: &mut StdRng, traces: usize) -> Self {
        let mut drawing = Drawing { rng, spans: Vec::new(), times_ns: Vec::new() };
        for trace in 0..traces {
            drawing.trace(u32::try_from(trace).unwrap_or(u32::MAX));
        }
        let Drawing { spans, times_ns, .. } = drawing;
        let shapes = spans.iter().map(|drawn| drawn.shape).collect();
        let bytes = encode(spans);
        let slots = find_slots(&bytes, &times_ns);
        Self { bytes, slots, spans: shapes }
    }

    pub(crate) fn span_count(&self) -> u32 {
        u32::try_from(self.spans.len()).unwrap_or(u32::MAX)
    }
}

struct Drawing<'a> {
    rng: &'a mut StdRng,
    spans: Vec<Drawn>,
    /// Time marks point here: nanoseconds before the base.
    times_ns: Vec<u64>,
}

/// Where a span lies, in nanoseconds before the base; `start_ns` is the larger one.
#[derive(Clone, Copy)]
struct Extent {
    start_ns: u64,
    end_ns: u64,
}

/// Where in a trace a span hangs.
#[derive(Clone, Copy)]
struct Place {
    trace: u32,
    parent: Option<u32>,
    service: usize,
}

impl Drawing<'_> {
    fn trace(&mut self, trace: u32) {
        let end_ns = self.rng.random_range(0..800_000_000);
        // Log-uniform from 2 ms to 4 s: most are quick, some are slow.
        let duration_ms = 2.0 * 2000f64.powf(self.rng.random::<f64>().powi(2));
        let extent = Extent { start_ns: end_ns + (duration_ms * 1e6) as u64, end_ns };
        let service = self.rng.random_range(0..4);
        self.hop(Place { trace, parent: None, service }, extent, 0);
    }

    /// A SERVER span with its queries and calls; calls open hops in other services.
    fn hop(&mut self, place: Place, extent: Extent, depth: u32) {
        let route = ROUTES[self.rng.random_range(0..ROUTES.len())];
        let failed = self.rng.random_bool(0.03);
        let attributes = self.server_attributes(place, route, if failed { 500 } else { 200 });
        let server = self.push(place, extent, SpanKind::Server, &format!("GET {route}"), attributes);
        if failed {
            let status =
                Status { code: StatusCode::Error as i32, message: "order could not be placed".to_owned() };
            self.spans[server as usize].span.status = Some(status);
        }
        let inside = Place { parent: Some(server), ..place };
        let mut rest = extent;
        for _ in 0..self.rng.random_range(1..4) {
            let part = part_of(&mut rest);
            let statement = STATEMENTS[self.rng.random_range(0..STATEMENTS.len())];
            let verb = statement.split(' ').next().unwrap_or("select");
            self.push(
                inside,
                part,
                SpanKind::Client,
                &format!("{verb} shop"),
                query_attributes(verb, statement),
            );
        }
        if depth < 3 && self.rng.random_bool(0.6) {
            let part = part_of(&mut rest);
            let callee = self.rng.random_range(4..SERVICES.len());
            let attributes = self.call_attributes(SERVICES[callee]);
            let client = self.push(inside, part, SpanKind::Client, "GET", attributes);
            let inner =
                Extent { start_ns: part.start_ns - (part.start_ns - part.end_ns) / 10, end_ns: part.end_ns };
            self.hop(Place { parent: Some(client), service: callee, ..place }, inner, depth + 1);
        }
    }

    fn server_attributes(&mut self, place: Place, route: &str, status: i64) -> Vec<KeyValue> {
        vec![
            text("http.request.method", "GET"),
            text("http.route", route),
            text("url.path", &route.replace("{id}", &self.number(100_000))),
            text("url.scheme", "http"),
            text("server.address", SERVICES[place.service]),
            text("client.address", &format!("10.0.{}.{}", self.number(8), self.number(250))),
            text("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
            text("network.protocol.version", "1.1"),
            text("enduser.id", &format!("user-{}", self.number(5_000))),
            int("http.response.status_code", status),
        ]
    }

    fn call_attributes(&mut self, callee: &str) -> Vec<KeyValue> {
        vec![
            text("http.request.method", "GET"),
            text("url.full", &format!("http://{callee}:8080/items/{}", self.number(100_000))),
            text("server.address", callee),
            int("server.port", 8080),
            int("http.response.status_code", 200),
        ]
    }

    fn number(&mut self, below: u32) -> String {
        self.rng.random_range(0..below).to_string()
    }

    fn push(
        &mut self,
        place: Place,
        extent: Extent,
        kind: SpanKind,
        name: &str,
        attributes: Vec<KeyValue>,
    ) -> u32 {
        let Place { trace, parent, service } = place;
        let index = u32::try_from(self.spans.len()).unwrap_or(u32::MAX);
        let is_entry = parent.is_none() || matches!(kind, SpanKind::Server | SpanKind::Consumer);
        let span = Span {
            trace_id: trace_mark(trace),
            span_id: span_mark(index),
            parent_span_id: parent.map(span_mark).unwrap_or_default(),
            name: name.to_owned(),
            kind: kind as i32,
            start_time_unix_nano: self.time_mark(extent.start_ns),
            end_time_unix_nano: self.time_mark(extent.end_ns),
            attributes,
            ..Span::default()
        };
        self.spans.push(Drawn { service, span, shape: SpanShape { trace, is_entry } });
        index
    }

    fn time_mark(&mut self, before_base_ns: u64) -> u64 {
        let index = u32::try_from(self.times_ns.len()).unwrap_or(u32::MAX);
        self.times_ns.push(before_base_ns);
        let mut bytes = [0; 8];
        bytes[..5].copy_from_slice(&TIME_MARK);
        bytes[5..].copy_from_slice(&index.to_be_bytes()[1..]);
        u64::from_le_bytes(bytes)
    }
}

/// Cuts a piece off the front of what is left of a span.
fn part_of(rest: &mut Extent) -> Extent {
    let length_ns = (rest.start_ns - rest.end_ns) / 4;
    let part = Extent { start_ns: rest.start_ns, end_ns: rest.start_ns - length_ns };
    rest.start_ns = part.end_ns;
    part
}

fn query_attributes(verb: &str, statement: &str) -> Vec<KeyValue> {
    vec![
        text("db.system.name", "postgresql"),
        text("db.namespace", "shop"),
        text("db.operation.name", verb),
        text("db.query.text", statement),
        text("server.address", "db.shop.internal"),
        int("server.port", 5432),
    ]
}

fn trace_mark(trace: u32) -> Vec<u8> {
    [&TRACE_MARK[..], &trace.to_be_bytes()[1..]].concat()
}

fn span_mark(span: u32) -> Vec<u8> {
    [&SPAN_MARK[..], &span.to_be_bytes()[1..]].concat()
}

fn encode(spans: Vec<Drawn>) -> Vec<u8> {
    let mut by_service: Vec<Vec<Span>> = vec![Vec::new(); SERVICES.len()];
    for drawn in spans {
        by_service[drawn.service].push(drawn.span);
    }
    let resource_spans = by_service
        .into_iter()
        .enumerate()
        .filter(|(_, spans)| !spans.is_empty())
        .map(|(service, spans)| ResourceSpans {
            resource: Some(Resource { attributes: resource(SERVICES[service]), ..Resource::default() }),
            scope_spans: vec![ScopeSpans {
                scope: Some(InstrumentationScope {
                    name: "naru.load".to_owned(),
                    version: "1".to_owned(),
                    ..Default::default()
                }),
                spans,
                schema_url: String::new(),
            }],
            schema_url: String::new(),
        })
        .collect();
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

fn resource(service: &str) -> Vec<KeyValue> {
    vec![
        text("service.name", service),
        text("service.instance.id", &format!("{service}-0")),
        text("service.version", "1.4.2"),
        text("deployment.environment.name", "load"),
        text("telemetry.sdk.language", "rust"),
        text("telemetry.sdk.name", "opentelemetry"),
        text("telemetry.sdk.version", "0.33.0"),
        text("host.name", "node-1"),
    ]
}

/// Every mark, by one pass over the bytes. Marks begin with 0xFE 0xED, which UTF-8 text never holds.
fn find_slots(bytes: &[u8], times_ns: &[u64]) -> Vec<Slot> {
    let index_at = |at: usize| u32::from_be_bytes([0, bytes[at], bytes[at + 1], bytes[at + 2]]);
    let mut slots = Vec::new();
    let mut at = 0;
    while at + 8 <= bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(&TRACE_MARK) {
            slots.push(Slot::TraceId { at, trace: index_at(at + 13) });
            at += 16;
        } else if rest.starts_with(&SPAN_MARK) {
            slots.push(Slot::SpanId { at, span: index_at(at + 5) });
            at += 8;
        } else if rest.starts_with(&TIME_MARK) {
            slots.push(Slot::Time { at, before_base_ns: times_ns[index_at(at + 5) as usize] });
            at += 8;
        } else {
            at += 1;
        }
    }
    slots
}

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

fn int(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}
