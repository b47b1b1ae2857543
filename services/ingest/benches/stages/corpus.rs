//! Requests like those of a shop's agents: about 519 bytes and 15 attributes a span, every id and time of its own.

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value},
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message;
use rand::{Rng, SeedableRng, rngs::StdRng};

/// What an SDK's batch processor sends at once.
pub(crate) const SPANS_PER_REQUEST: usize = 512;

const ROUTES: [&str; 8] =
    ["/", "/items/{id}", "/items", "/cart", "/orders", "/orders/{id}", "/account", "/search"];
const STATEMENTS: [&str; 3] = [
    "select id, name, price from item where id = $1",
    "insert into orders (id, account_id, total) values ($1, $2, $3)",
    "select o.id, o.total from orders o join account a on a.id = o.account_id where a.id = $1",
];

/// `count` requests whose newest span ends at `now_ns`, unix ns. The same seed gives the same bytes.
pub(crate) fn requests(seed: u64, count: usize, now_ns: u64) -> Vec<Vec<u8>> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..count).map(|_| request(&mut rng, now_ns).encode_to_vec()).collect()
}

fn request(rng: &mut StdRng, now_ns: u64) -> ExportTraceServiceRequest {
    let service = ["storefront", "catalog", "checkout", "payment"][rng.random_range(0..4)];
    let attributes = [
        ("service.name", service),
        ("service.version", "4.12.0"),
        ("service.instance.id", "627cc493-f310-47de-96bd-71410b7dec09"),
        ("host.name", "node-17.prod.internal"),
        ("telemetry.sdk.language", "java"),
        ("telemetry.sdk.name", "opentelemetry"),
        ("telemetry.sdk.version", "1.58.0"),
    ];
    let attributes = attributes.map(|(key, value)| text(key, value)).to_vec();
    let scope =
        InstrumentationScope { name: "io.opentelemetry.tomcat-10.0".to_owned(), ..Default::default() };
    let mut trace = [0; 16];
    let spans = (0..SPANS_PER_REQUEST).map(|n| {
        if n.is_multiple_of(8) {
            rng.fill(&mut trace);
        }
        span(rng, trace, n.is_multiple_of(2), now_ns)
    });
    let scope_spans =
        vec![ScopeSpans { scope: Some(scope), spans: spans.collect(), ..ScopeSpans::default() }];
    let resource = Some(Resource { attributes, ..Resource::default() });
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }],
    }
}

fn span(rng: &mut StdRng, trace: [u8; 16], is_server: bool, now_ns: u64) -> Span {
    let end_ns = now_ns - rng.random_range(0..2_000_000_000);
    let route = ROUTES[rng.random_range(0..ROUTES.len())];
    let common = [
        text("thread.name", &format!("http-nio-8080-exec-{}", rng.random_range(1..200))),
        number("thread.id", rng.random_range(20..400)),
        text("server.address", "shop.example.com"),
        number("server.port", 8_080),
        text("session.id", &format!("{:016x}", rng.random_range(0..50_000_u64) * 0x9e37_79b9)),
        text("deployment.zone", "ap-northeast-2a"),
        text("app.tier", "gold"),
    ];
    let own = if is_server {
        vec![
            text("http.request.method", "GET"),
            text("http.route", route),
            text("url.path", &route.replace("{id}", &rng.random_range(1..900_000).to_string())),
            text("url.scheme", "https"),
            number("http.response.status_code", if rng.random_bool(0.03) { 500 } else { 200 }),
            text("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
            text("client.address", &format!("203.0.113.{}", rng.random_range(1..255))),
            text("network.protocol.version", "1.1"),
        ]
    } else {
        vec![
            text("db.system", "postgresql"),
            text("db.statement", STATEMENTS[rng.random_range(0..STATEMENTS.len())]),
            text("db.operation", "SELECT"),
            text("db.name", "shop"),
            text("db.user", "shop_rw"),
            number("db.rows", rng.random_range(0..500)),
            text("net.peer.name", "db-1.prod.internal"),
            number("net.peer.port", 5_432),
        ]
    };
    Span {
        trace_id: trace.to_vec(),
        span_id: rng.random::<u64>().to_be_bytes().to_vec(),
        parent_span_id: rng.random::<u64>().to_be_bytes().to_vec(),
        name: if is_server { format!("GET {route}") } else { "SELECT shop.orders".to_owned() },
        kind: if is_server { 2 } else { 3 },
        start_time_unix_nano: end_ns - rng.random_range(200_000..900_000_000),
        end_time_unix_nano: end_ns,
        attributes: common.into_iter().chain(own).collect(),
        ..Span::default()
    }
}

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

fn number(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}
