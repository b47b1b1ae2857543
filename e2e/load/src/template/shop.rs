//! Like the demo: a shop of 15 services, a few routes and statements.

use opentelemetry_proto::tonic::{common::v1::KeyValue, trace::v1::span::SpanKind};
use rand::{Rng, rngs::StdRng};

use super::{
    Template,
    attribute::{int, text},
    drawing::{Drawing, Extent, Place},
};

pub(super) const SERVICES: [&str; 15] = [
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
/// Few requests have a coupon, and none has another's: too few for a column of their own.
const COUPON: &str = "shop.coupon";
const ROUTES: [&str; 8] =
    ["/", "/items/{id}", "/items", "/cart", "/orders", "/orders/{id}", "/account", "/search"];
const STATEMENTS: [&str; 5] = [
    "select id, name, price_krw from item where id = $1",
    "select id from item where name ilike $1 order by rank desc limit 50",
    "insert into orders (id, account_id, total_krw) values ($1, $2, $3)",
    "update stock set reserved = reserved + $2 where item_id = $1",
    "select o.id, o.total_krw from orders o join account a on a.id = o.account_id where a.id = $1",
];

pub(super) fn traces(rng: &mut StdRng, traces: usize) -> Template {
    let mut drawing = Drawing::new(rng);
    for trace in 0..traces {
        let extent = drawing.extent();
        let resource = drawing.rng.random_range(0..4);
        let trace = u32::try_from(trace).unwrap_or(u32::MAX);
        hop(&mut drawing, Place { trace, parent: None, resource }, extent, 0);
    }
    drawing.finish(&SERVICES.map(resource), "naru.load")
}

/// A SERVER span with its queries and calls; calls open hops in other services.
fn hop(drawing: &mut Drawing<'_>, place: Place, extent: Extent, depth: u32) {
    let route = drawing.one_of(&ROUTES);
    let failed = drawing.rng.random_bool(0.03);
    let attributes = server_attributes(drawing, place, route, if failed { 500 } else { 200 });
    let server = drawing.push(place, extent, SpanKind::Server, &format!("GET {route}"), attributes);
    if failed {
        drawing.fail(server, "order could not be placed");
    }
    let inside = Place { parent: Some(server), ..place };
    let mut rest = extent;
    for _ in 0..drawing.rng.random_range(1..4) {
        let statement = drawing.one_of(&STATEMENTS);
        let verb = statement.split(' ').next().unwrap_or("select");
        let attributes = query_attributes(verb, statement);
        drawing.push(inside, rest.part(), SpanKind::Client, &format!("{verb} shop"), attributes);
    }
    if depth < 3 && drawing.rng.random_bool(0.6) {
        let part = rest.part();
        let callee = drawing.rng.random_range(4..SERVICES.len());
        let attributes = call_attributes(drawing, SERVICES[callee]);
        let client = drawing.push(inside, part, SpanKind::Client, "GET", attributes);
        let place = Place { parent: Some(client), resource: callee, ..place };
        hop(drawing, place, part.callee(), depth + 1);
    }
}

fn server_attributes(drawing: &mut Drawing<'_>, place: Place, route: &str, status: i64) -> Vec<KeyValue> {
    let mut attributes = vec![
        text("http.request.method", "GET"),
        text("http.route", route),
        text("url.path", &route.replace("{id}", &drawing.number(100_000))),
        text("url.scheme", "http"),
        text("server.address", SERVICES[place.resource]),
        text("client.address", &format!("10.0.{}.{}", drawing.number(8), drawing.number(250))),
        text("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
        text("network.protocol.version", "1.1"),
        text("enduser.id", &format!("user-{}", drawing.number(5_000))),
        int("http.response.status_code", status),
    ];
    if drawing.rng.random_bool(0.02) {
        attributes.push(text(COUPON, &drawing.marks.text(u64::MAX)));
    }
    attributes
}

fn call_attributes(drawing: &mut Drawing<'_>, callee: &str) -> Vec<KeyValue> {
    vec![
        text("http.request.method", "GET"),
        text("url.full", &format!("http://{callee}:8080/items/{}", drawing.number(100_000))),
        text("server.address", callee),
        int("server.port", 8080),
        int("http.response.status_code", 200),
    ]
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

pub(super) fn resource(service: &str) -> Vec<KeyValue> {
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
