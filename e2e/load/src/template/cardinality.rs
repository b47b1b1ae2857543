//! High cardinality: nothing repeats that need not. Routes hold ids, operations are thousands, instances hundreds, and
//! attribute keys have a long tail.

use opentelemetry_proto::tonic::{common::v1::KeyValue, trace::v1::span::SpanKind};
use rand::{Rng, rngs::StdRng};

use super::{
    Template,
    attribute::{int, text},
    drawing::{Drawing, Place},
};

const SERVICES: u32 = 400;
const INSTANCES: usize = 24;
const OPERATIONS: u64 = 20_000;
const KEYS: u32 = 2_000;
const ANY: u64 = u64::MAX;

pub(super) fn traces(rng: &mut StdRng, traces: usize) -> Template {
    let mut drawing = Drawing::new(rng);
    for trace in 0..traces {
        let mut extent = drawing.extent();
        let trace = u32::try_from(trace).unwrap_or(u32::MAX);
        let mut parent = None;
        for _ in 0..drawing.rng.random_range(4..12) {
            let place = Place { trace, parent, resource: drawing.rng.random_range(0..INSTANCES) };
            let name = format!("GET /things/{}", drawing.marks.text(OPERATIONS));
            let attributes = attributes(&mut drawing);
            parent = Some(drawing.push(place, extent, SpanKind::Server, &name, attributes));
            extent = extent.callee();
        }
    }
    let resources: Vec<_> = (0..INSTANCES).map(|_| resource(&mut drawing)).collect();
    drawing.finish(&resources, "naru.load")
}

fn attributes(drawing: &mut Drawing<'_>) -> Vec<KeyValue> {
    let tail = (0..6).map(|_| {
        let key = format!("app.field_{}", drawing.number(KEYS));
        text(&key, &drawing.marks.text(ANY))
    });
    let mut attributes: Vec<KeyValue> = tail.collect();
    attributes.extend([
        text("url.path", &format!("/things/{}", drawing.marks.text(ANY))),
        text("enduser.id", &drawing.marks.text(ANY)),
        text("session.id", &drawing.marks.text(ANY)),
        text(
            "client.address",
            &format!("10.{}.{}.{}", drawing.number(255), drawing.number(255), drawing.number(255)),
        ),
        int("http.response.status_code", 200),
    ]);
    attributes
}

fn resource(drawing: &mut Drawing<'_>) -> Vec<KeyValue> {
    let service = format!("service-{}", drawing.number(SERVICES));
    vec![
        text("service.name", &service),
        text("service.instance.id", &drawing.marks.text(10_000)),
        text("host.name", &drawing.marks.text(2_000)),
        text("k8s.pod.uid", &drawing.marks.text(10_000)),
    ]
}
