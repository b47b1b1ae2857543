//! Requests made to cost more than they weigh, sent to a gateway in a process of its own: each is refused or stored in
//! bounds, its sender reads why, memory stays bounded, and somebody else's requests are answered meanwhile.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use naru_ingest_api::OnboardingKind;
use naru_otlp::wire::{put_bytes, put_varint};
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};
use prost::Message;

use crate::world::{Key, PROTOBUF, RpcStatus, World, gzip, now_ns, request_of, span, spans, zstd};

const MIB: usize = 1 << 20;
/// What all requests together may hold.
const IN_FLIGHT_BYTES: usize = 256 * MIB;
/// Beside what is counted: decompressors, packs, answers, and what the allocator keeps.
const UNCOUNTED_BYTES: usize = 64 * MIB;

struct Attack {
    name: &'static str,
    status: u16,
    /// In the status's message, or in that of the partial success.
    says: &'static str,
    /// Reason in the onboarding log; none when all is stored.
    reason: &'static str,
    kind: &'static str,
    encoding: &'static str,
    body: Vec<u8>,
}

const fn attack(name: &'static str, status: u16, says: &'static str, reason: &'static str) -> Attack {
    Attack { name, status, says, reason, kind: PROTOBUF, encoding: "identity", body: Vec::new() }
}

/// `item` as the only member of a group of a group.
fn wrapped(scope_group: &[u8]) -> Vec<u8> {
    let (mut resource_group, mut request) = (Vec::new(), Vec::new());
    put_bytes(&mut resource_group, 2, scope_group);
    put_bytes(&mut request, 1, &resource_group);
    request
}

/// 200,000 values, each the only one of the array around it.
fn nested_protobuf() -> Vec<u8> {
    let (mut reversed, mut length) = (vec![0x01, 0x10], 2);
    // Written from the inside out, and turned round at the end.
    let mut around = |tag: u8, reversed: &mut Vec<u8>| {
        let mut frame = vec![tag];
        put_varint(&mut frame, length as u64);
        length += frame.len();
        reversed.extend(frame.iter().rev());
    };
    for _ in 0..100_000 {
        around(0x0a, &mut reversed); // ArrayValue.values
        around(0x2a, &mut reversed); // AnyValue.array_value
    }
    around(0x12, &mut reversed); // KeyValue.value
    reversed.reverse();
    let mut span = span(1).encode_to_vec();
    put_bytes(&mut span, 9, &reversed);
    let mut scope_group = Vec::new();
    put_bytes(&mut scope_group, 2, &span);
    wrapped(&scope_group)
}

fn text(key: &str, value: String) -> KeyValue {
    let value = Some(AnyValue { value: Some(Value::StringValue(value)) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}

fn million_names() -> Vec<u8> {
    let now_ns = now_ns();
    let mut scope_group = Vec::with_capacity(60 * MIB);
    let mut one = Vec::new();
    for n in 0..1_000_000_u64 {
        one.clear();
        put_bytes(&mut one, 1, &(u128::from(n) + 1).to_be_bytes());
        put_bytes(&mut one, 2, &(n + 1).to_be_bytes());
        put_bytes(&mut one, 5, n.to_string().as_bytes());
        one.push(7 << 3 | 1);
        one.extend_from_slice(&(now_ns - 1).to_le_bytes());
        one.push(8 << 3 | 1);
        one.extend_from_slice(&now_ns.to_le_bytes());
        put_bytes(&mut scope_group, 2, &one);
    }
    wrapped(&scope_group)
}

fn attacks() -> Vec<Attack> {
    let too_long = vec![0; 64 * MIB + 1];
    let large = |value: usize| {
        let mut span = span(1);
        span.attributes = vec![text("huge", "v".repeat(value))];
        request_of(vec![span, crate::world::span(2)]).encode_to_vec()
    };
    let many = {
        let mut span = span(1);
        span.attributes = vec![text("a", String::new()); 20_000];
        request_of(vec![span]).encode_to_vec()
    };
    let huge_varint = [&[0x0a][..], &[0xff; 9], &[0x7f]].concat();
    let huge_length = [&[0x0a][..], &[0xff; 9], &[0x01]].concat();
    let deep_json = format!("{{\"resourceSpans\":{}", "[{\"a\":".repeat(100_000)).into_bytes();
    let wide_json = format!("{{\"resourceSpans\":[{}{{}}]}}", "{},".repeat(2_000_000)).into_bytes();
    vec![
        Attack {
            encoding: "gzip",
            body: gzip(&wrapped(&[0x12, 0x00].repeat(4 * MIB + 4))),
            ..attack("8 MiB of empty spans", 413, "more than 4000000", "too_large")
        },
        Attack {
            body: nested_protobuf(),
            ..attack("nesting in protobuf", 400, "nested more than 32", "malformed")
        },
        Attack {
            kind: "application/json",
            body: deep_json,
            ..attack("nesting in JSON", 400, "nested more than 100", "malformed")
        },
        Attack {
            kind: "application/json",
            encoding: "gzip",
            body: gzip(&wide_json),
            ..attack("two million JSON objects", 413, "more than 500000 objects", "too_large")
        },
        Attack {
            body: huge_varint,
            ..attack("a number of 70 bits", 400, "longer than 64 bits", "malformed")
        },
        Attack { body: huge_length, ..attack("a length of 2^64", 400, "ends in the middle", "malformed") },
        Attack {
            encoding: "gzip",
            body: gzip(&too_long),
            ..attack("a gzip bomb", 413, "64 MiB", "too_large")
        },
        Attack {
            encoding: "zstd",
            body: zstd(&too_long),
            ..attack("a zstd bomb", 413, "64 MiB", "too_large")
        },
        Attack {
            body: large(4 * MIB),
            ..attack("an attribute of 4 MiB", 200, "larger than 1 MiB", "too_large")
        },
        Attack {
            body: many,
            ..attack("20,000 attributes", 200, "more than 10,000 attributes", "too_many_elements")
        },
        Attack { encoding: "zstd", body: zstd(&million_names()), ..attack("a million names", 200, "", "") },
    ]
}

async fn send(w: &World, key: &Key, attack: &Attack) -> (u16, String) {
    let answer = reqwest::Client::new()
        .post(format!("{}/v1/traces", w.http))
        .header("content-type", attack.kind)
        .header("content-encoding", attack.encoding)
        .header("x-naru-license", &key.text)
        .body(attack.body.clone())
        .send()
        .await
        .unwrap();
    let (status, body) = (answer.status().as_u16(), answer.bytes().await.unwrap());
    let message = match status {
        // A partial success is text enough to look into.
        200 => String::from_utf8_lossy(&body).into_owned(),
        _ if attack.kind == "application/json" => String::from_utf8_lossy(&body).into_owned(),
        _ => RpcStatus::decode(body).unwrap().message,
    };
    (status, message)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_are_refused_with_their_reason_in_bounded_memory_while_others_are_answered() {
    let w = World::start_process(&[
        ("in-flight-bytes-max", IN_FLIGHT_BYTES.to_string()),
        ("tenant-items-burst", "10000000".to_owned()),
    ])
    .await;
    let process = w.process.as_ref().unwrap();
    let (attacker, neighbour) = (w.license.issue(), w.license.issue());
    assert_eq!(w.send(&neighbour, spans(10)).await.status(), 200);
    process.forget_peak();
    let before = process.peak_bytes();
    let (attacks, is_over) = (attacks(), AtomicBool::new(false));

    let attacking = async {
        for attack in &attacks {
            let started = Instant::now();
            let (status, message) = send(&w, &attacker, attack).await;
            let Attack { name, says, .. } = attack;
            assert_eq!(status, attack.status, "{name}: {message}");
            assert!(message.contains(says), "{name}: {message}");
            println!("{name}: {} KiB, {status} in {:?}", attack.body.len() >> 10, started.elapsed());
        }
        // All at once: some are told that there is no room now, none is the end of us.
        let all = attacks.iter().cycle().take(4 * attacks.len()).map(|attack| async {
            let (status, message) = send(&w, &attacker, attack).await;
            assert!(status == attack.status || status == 503, "{}: {status} {message}", attack.name);
        });
        futures::future::join_all(all).await;
        is_over.store(true, Ordering::Relaxed);
    };
    let neighbouring = async {
        let (mut answers, mut slowest) = (0, Duration::ZERO);
        let client = reqwest::Client::new();
        while !is_over.load(Ordering::Relaxed) {
            let started = Instant::now();
            let sent = client
                .post(format!("{}/v1/traces", w.http))
                .header("content-type", PROTOBUF)
                .header("x-naru-license", &neighbour.text)
                .body(spans(10));
            let status = sent.send().await.unwrap().status();
            assert_eq!(status, 200);
            answers += 1;
            slowest = slowest.max(started.elapsed());
        }
        (answers, slowest)
    };
    let ((), (answers, slowest)) = tokio::join!(attacking, neighbouring);

    let grown = process.peak_bytes() - before;
    println!(
        "peak memory grew by {} MiB; {answers} answers to the neighbour, {slowest:?} at most",
        grown / MIB
    );
    assert!(grown < IN_FLIGHT_BYTES + UNCOUNTED_BYTES, "{} MiB", grown / MIB);
    assert!(answers > 20 && slowest < Duration::from_secs(5), "{answers} answers, {slowest:?}");
    for attack in attacks.iter().filter(|attack| !attack.reason.is_empty()) {
        w.sees_event(&attacker, attack.reason, |event| match &event.kind {
            OnboardingKind::Refused { reason, .. } | OnboardingKind::Rejected { reason, .. } => {
                reason == attack.reason
            }
            _ => false,
        })
        .await;
    }
    assert_eq!(w.send(&neighbour, spans(10)).await.status(), 200);
}
