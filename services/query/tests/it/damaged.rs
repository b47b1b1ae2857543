//! Stored bytes that are not what was written are told, and never shown.

use std::{fs, path::Path};

use naru_signal::Signal;
use serde_json::Value;

use crate::world::{Span, Tenant, World, trace_id};

const BASE_MS: i64 = 1_700_000_000_000;

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn cut_short(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

/// Status and code.
async fn refusal(world: &World, tenant: &Tenant, path: &str) -> (u16, String) {
    let path = format!("/api/v1/projects/{}/{path}", tenant.project);
    let answer = world.send(&tenant.slug, Some(&tenant.token), &path).await;
    let (status, problem) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
    (status, problem["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_that_was_flipped_or_cut_short_is_told_on_every_page_and_nothing_of_it_is_shown() {
    for damage in [flip, cut_short] {
        let mut world = World::start().await;
        let acme = world.console.tenant("acme");
        let spans: Vec<Span> = (1..=300).map(|number| Span::entry(number, number, BASE_MS, 5.0)).collect();
        world.writer.append(&acme, Signal::Traces, &spans);
        world.writer.cut(&acme).await;
        world.objects().iter().for_each(|object| damage(object));
        // Nothing is remembered of what it was.
        world.restart().await;
        let range = format!("from={BASE_MS}&to={}", BASE_MS + 60_000);
        for path in [
            format!("transactions?{range}"),
            format!("heatmap?{range}"),
            format!("traces/{}?{range}", trace_id(7)),
        ] {
            assert_eq!(
                refusal(&world, &acme, &path).await,
                (500, "stored_data_damaged".to_owned()),
                "{path}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_in_the_place_of_another_is_told() {
    let mut world = World::start().await;
    let (acme, globex) = (world.console.tenant("acme"), world.console.tenant("globex"));
    let mut objects = Vec::new();
    for tenant in [&acme, &globex] {
        let spans: Vec<Span> = (1..=300).map(|number| Span::entry(number, number, BASE_MS, 5.0)).collect();
        world.writer.append(tenant, Signal::Traces, &spans);
        world.writer.cut(tenant).await;
        let known = objects.clone();
        objects.extend(world.objects().into_iter().filter(|object| !known.contains(object)));
    }
    let [first, second] = &objects[..] else { panic!("each cut made one object") };
    fs::copy(second, first).unwrap();
    world.restart().await;
    let range = format!("from={BASE_MS}&to={}", BASE_MS + 60_000);
    let (_, code) = refusal(&world, &acme, &format!("transactions?{range}")).await;
    assert_eq!(code, "stored_data_damaged");
    assert_eq!(world.get(&globex, &format!("heatmap?{range}")).await["total"], 300);
}
