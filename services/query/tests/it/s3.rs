//! A lake in a bucket, and the disk in front of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use naru_signal::Signal;
use serde_json::json;

use crate::world::{Span, Tenant, World};

const BASE_MS: i64 = 1_700_000_000_000;

/// Rows that have to be read: their durations are in no sum.
async fn transactions(world: &World, tenant: &Tenant) -> Vec<String> {
    let path = format!("transactions?from={BASE_MS}&to={}", BASE_MS + 60_000);
    let page = world.get(tenant, &path).await;
    assert_eq!(page["incomplete"], json!([]));
    let mut ids: Vec<String> =
        page["transactions"].as_array().unwrap().iter().map(|item| item["trace_id"].to_string()).collect();
    ids.sort();
    ids
}

async fn store(world: &World, tenant: &Tenant, numbers: std::ops::Range<u64>) {
    let spans: Vec<Span> =
        numbers.map(|number| Span::entry(number, number, BASE_MS + number as i64, 5.0)).collect();
    world.writer.append(tenant, Signal::Traces, &spans);
    world.writer.cut(tenant).await;
}

/// Files of the cache.
fn blocks(dir: &Path) -> Vec<PathBuf> {
    let tenants = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    tenants.flat_map(|tenant| fs::read_dir(tenant).unwrap().map(|file| file.unwrap().path())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_once_is_asked_for_no_more_even_after_a_restart() {
    let mut world = World::on_s3(64 << 20).await;
    let acme = world.console.tenant("acme");
    store(&world, &acme, 1..50).await;
    let first = transactions(&world, &acme).await;
    assert_eq!(first.len(), 49);
    let globex = world.console.tenant("globex");
    store(&world, &globex, 1..3).await;

    world.gate().shut();
    world.restart().await;

    assert_eq!(transactions(&world, &acme).await, first);
    // What was never read is not here, and the answer says that it may come.
    let path = format!("transactions?from={BASE_MS}&to={}", BASE_MS + 60_000);
    assert_eq!(world.refusal(&globex, &path).await, (503, "unavailable".to_owned()));
    world.gate().open().await;
    assert_eq!(transactions(&world, &globex).await.len(), 2);
    let mut tenants: Vec<String> = fs::read_dir(world.cache_dir())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    tenants.sort();
    let mut expected = vec![acme.id.hex(), globex.id.hex()];
    expected.sort();
    assert_eq!(tenants, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_that_were_damaged_or_cut_are_fetched_again_and_never_answered() {
    let mut world = World::on_s3(64 << 20).await;
    let acme = world.console.tenant("acme");
    store(&world, &acme, 1..50).await;
    let first = transactions(&world, &acme).await;
    for (number, damage) in [0_usize, 1].into_iter().zip([true, false]) {
        for file in blocks(&world.cache_dir()) {
            let mut bytes = fs::read(&file).unwrap();
            match damage {
                true => bytes.iter_mut().for_each(|byte| *byte ^= 1),
                false => bytes.truncate(number),
            }
            fs::write(&file, bytes).unwrap();
        }
        world.restart().await;
        assert_eq!(transactions(&world, &acme).await, first);
    }
    // They are whole again.
    world.gate().shut();
    world.restart().await;
    assert_eq!(transactions(&world, &acme).await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cache_stays_within_its_bound_and_answers_stay_right() {
    let world = World::on_s3(40_000).await;
    let acme = world.console.tenant("acme");
    for cut in 0..6 {
        store(&world, &acme, cut * 100 + 1..cut * 100 + 101).await;
        let path = format!("heatmap?from={BASE_MS}&to={}", BASE_MS + 600_000);
        assert_eq!(world.get(&acme, &path).await["total"], json!((cut + 1) * 100));
        let bytes: u64 = blocks(&world.cache_dir()).iter().map(|file| file.metadata().unwrap().len()).sum();
        assert!(bytes <= 40_000, "{bytes}");
    }
}
