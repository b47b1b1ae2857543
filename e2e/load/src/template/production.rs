//! Like production: three pods of each of 30 services in Kubernetes, long SQL with values in it, URLs with queries,
//! exceptions with their stack traces, messages; ids and users are new in every request.

mod texts;

use opentelemetry_proto::tonic::{common::v1::KeyValue, trace::v1::span::SpanKind};
use rand::{Rng, rngs::StdRng};

use self::texts::{EXCEPTIONS, ROUTES, SERVICES, STATEMENTS, USER_AGENTS};
use super::{
    Template,
    attribute::{int, text},
    drawing::{Drawing, Extent, Place},
};

pub(super) const PODS: usize = 3;
const USERS: u64 = 200_000;
const ANY: u64 = u64::MAX;

pub(super) fn traces(rng: &mut StdRng, traces: usize) -> Template {
    let mut drawing = Drawing::new(rng);
    for trace in 0..traces {
        let extent = drawing.extent();
        let resource = drawing.rng.random_range(0..6 * PODS);
        let trace = u32::try_from(trace).unwrap_or(u32::MAX);
        hop(&mut drawing, Place { trace, parent: None, resource }, extent, 0);
    }
    drawing.finish(&resources(), "io.opentelemetry.spring-webmvc-6.0")
}

/// One per pod.
pub(super) fn resources() -> Vec<Vec<KeyValue>> {
    (0..SERVICES.len() * PODS).map(|pod| pod_resource(SERVICES[pod / PODS], pod % PODS)).collect()
}

fn hop(drawing: &mut Drawing<'_>, place: Place, extent: Extent, depth: u32) {
    let (method, route) = drawing.one_of(&ROUTES);
    let failed = drawing.rng.random_bool(0.02);
    let attributes = server_attributes(drawing, method, route, if failed { 500 } else { 200 });
    let server = drawing.push(place, extent, SpanKind::Server, &format!("{method} {route}"), attributes);
    let inside = Place { parent: Some(server), ..place };
    let mut rest = extent;
    drawing.push(
        inside,
        extent.callee(),
        SpanKind::Internal,
        "OrderController.handle",
        vec![
            text("code.function.name", "com.example.shop.web.OrderController.handle"),
            text("thread.name", "http-nio-8080-exec-7"),
            int("thread.id", 47),
        ],
    );
    for _ in 0..drawing.rng.random_range(1..5) {
        let part = rest.part();
        query(drawing, inside, part);
    }
    if failed {
        let (name, message, stacktrace) = drawing.one_of(&EXCEPTIONS);
        let message = message.replace("{}", &drawing.marks.text(ANY));
        drawing.fail(server, &message);
        drawing.event(
            server,
            extent,
            "exception",
            vec![
                text("exception.type", name),
                text("exception.message", &message),
                text("exception.stacktrace", &format!("{name}: {message}\n{stacktrace}")),
            ],
        );
    }
    if drawing.rng.random_bool(0.15) {
        let attributes = message_attributes(drawing);
        drawing.push(inside, rest.part(), SpanKind::Producer, "orders publish", attributes);
    }
    if depth < 3 && drawing.rng.random_bool(0.55) {
        let part = rest.part();
        let callee = drawing.rng.random_range(6 * PODS..SERVICES.len() * PODS);
        let (method, route) = drawing.one_of(&ROUTES);
        let url = format!("http://{}:8080{}", SERVICES[callee / PODS], path(drawing, route));
        let client = drawing.push(
            inside,
            part,
            SpanKind::Client,
            method,
            vec![
                text("http.request.method", method),
                text("url.full", &url),
                text("server.address", SERVICES[callee / PODS]),
                int("server.port", 8080),
                int("http.response.status_code", 200),
                text("network.protocol.version", "1.1"),
            ],
        );
        let place = Place { parent: Some(client), resource: callee, ..place };
        hop(drawing, place, part.callee(), depth + 1);
    }
}

fn query(drawing: &mut Drawing<'_>, inside: Place, part: Extent) {
    let (system, statement) = drawing.one_of(&STATEMENTS);
    let mut filled = String::new();
    for (index, piece) in statement.split("{}").enumerate() {
        if index > 0 {
            filled.push_str(&drawing.marks.text(ANY));
        }
        filled.push_str(piece);
    }
    let verb = statement.split_whitespace().next().unwrap_or("select");
    drawing.push(
        inside,
        part,
        SpanKind::Client,
        &format!("{verb} shop"),
        vec![
            text("db.system.name", system),
            text("db.namespace", "shop"),
            text("db.operation.name", verb),
            text("db.query.text", &filled),
            text("server.address", &format!("{system}-primary.data.svc.cluster.local")),
            int("server.port", 5432),
            text("thread.name", "HikariPool-1 housekeeper"),
        ],
    );
}

fn server_attributes(drawing: &mut Drawing<'_>, method: &str, route: &str, status: i64) -> Vec<KeyValue> {
    let agent = drawing.one_of(&USER_AGENTS);
    vec![
        text("http.request.method", method),
        text("http.route", route),
        text("url.path", &path(drawing, route)),
        text("url.query", &format!("page={}&trace={}", drawing.number(40), drawing.marks.text(ANY))),
        text("url.scheme", "https"),
        text("server.address", "api.example.com"),
        int("server.port", 443),
        text(
            "client.address",
            &format!("203.{}.{}.{}", drawing.number(255), drawing.number(255), drawing.number(255)),
        ),
        text("user_agent.original", agent),
        text("network.protocol.version", "2"),
        text("enduser.id", &drawing.marks.text(USERS)),
        text("session.id", &drawing.marks.text(4 * USERS)),
        text("http.request.header.x-request-id", &drawing.marks.text(ANY)),
        int("http.response.status_code", status),
        int("http.response.body.size", i64::from(drawing.rng.random_range(20..60_000_u32))),
    ]
}

fn path(drawing: &mut Drawing<'_>, route: &str) -> String {
    let id = drawing.marks.text(ANY);
    route.replace("{id}", &id)
}

fn message_attributes(drawing: &mut Drawing<'_>) -> Vec<KeyValue> {
    vec![
        text("messaging.system", "kafka"),
        text("messaging.destination.name", "orders"),
        text("messaging.operation.name", "publish"),
        text("messaging.message.id", &drawing.marks.text(ANY)),
        int("messaging.kafka.message.offset", i64::from(drawing.rng.random::<u32>())),
    ]
}

/// What the Kubernetes attributes processor and a Java agent say of a pod.
fn pod_resource(service: &str, pod: usize) -> Vec<KeyValue> {
    let suffix = ["7d9f4c8b6d-x2x9k", "7d9f4c8b6d-4lq8w", "7d9f4c8b6d-pm5zt"][pod % PODS];
    let name = format!("{service}-{suffix}");
    vec![
        text("service.name", service),
        text("service.namespace", "shop"),
        text("service.version", "2026.11.3+build.4821"),
        text("service.instance.id", &name),
        text("deployment.environment.name", "production"),
        text("k8s.cluster.name", "prod-ap-northeast-2"),
        text("k8s.namespace.name", "shop"),
        text("k8s.deployment.name", service),
        text("k8s.replicaset.name", name.rsplit_once('-').map_or(&name, |(set, _)| set)),
        text("k8s.pod.name", &name),
        text("k8s.pod.uid", &format!("9b1f3c52-7a64-4f0e-9d5b-{:012x}", service.len() * 31 + pod)),
        text("k8s.node.name", &format!("ip-10-20-{}-14.ap-northeast-2.compute.internal", pod * 16)),
        text("k8s.container.name", "app"),
        text("container.image.name", &format!("registry.example.com/shop/{service}")),
        text("container.image.tag", "2026.11.3"),
        text("cloud.provider", "aws"),
        text("cloud.region", "ap-northeast-2"),
        text(
            "cloud.availability_zone",
            ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"][pod % PODS],
        ),
        text("host.arch", "amd64"),
        text("os.type", "linux"),
        text("process.runtime.name", "OpenJDK Runtime Environment"),
        text("process.runtime.version", "21.0.5+11-LTS"),
        text(
            "process.command_line",
            "/opt/java/openjdk/bin/java -XX:MaxRAMPercentage=75 -javaagent:/otel/agent.jar -jar /app/app.jar",
        ),
        text("telemetry.sdk.language", "java"),
        text("telemetry.sdk.name", "opentelemetry"),
        text("telemetry.sdk.version", "1.55.0"),
        text("telemetry.distro.name", "opentelemetry-java-instrumentation"),
    ]
}
