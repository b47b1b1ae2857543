//! What each stage of the gateway costs a span, in this process and on one thread: `cargo bench -p naru-ingest`.
//!
//! Prints one JSON line a stage: CPU nanoseconds, the mean of many passes. What the whole gateway costs, sockets and
//! bus included, is measured on a running one: `the_gateway_costs_this_much_cpu` in tests/it.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a command line for engineers")]

mod corpus;

use std::{
    hint::black_box,
    io::{Read, Write},
};

use bytes::Bytes;
use naru_ids::{KeyId, ProjectId, TenantId, UnixMs};
use naru_otlp::{
    admit::{Entry, Rules, admit, entry_id},
    pack::{PackBuilder, PackedEntry},
};
use naru_signal::Signal;

const NOW_NS: u64 = 1_764_000_000_000_000_000;
const REQUESTS: usize = 48;
/// The kernel counts in steps of some milliseconds.
const LONG_ENOUGH_NS: u64 = 800_000_000;

fn main() {
    let project = ProjectId::new(UnixMs(NOW_NS / 1_000_000));
    let rules = Rules::at(NOW_NS, 14);
    let requests: Vec<Bytes> = corpus::requests(7, REQUESTS, NOW_NS).into_iter().map(Bytes::from).collect();
    let raw: usize = requests.iter().map(Bytes::len).sum();
    let spans = REQUESTS * corpus::SPANS_PER_REQUEST;
    println!(r#"{{"corpus":{{"spans":{spans},"bytes_per_span":{}}}}}"#, raw / spans);

    let gzipped: Vec<Vec<u8>> = requests.iter().map(|request| gzip(request)).collect();
    let mut plain = Vec::new();
    stage("gunzip", spans, || {
        for body in &gzipped {
            plain.clear();
            flate2::bufread::MultiGzDecoder::new(&body[..]).read_to_end(&mut plain).unwrap();
            black_box(&plain);
        }
    });
    stage("entry_id", spans, || {
        for request in &requests {
            black_box(entry_id(project, Signal::Traces, request, 0));
        }
    });
    stage("admit_with_entry_id", spans, || {
        for request in &requests {
            black_box(admit(project, Signal::Traces, request, &rules).unwrap());
        }
    });
    // Four requests of an agent that sends everything at once: these are cut, and copied.
    let large: Bytes = requests[..4].concat().into();
    stage("admit_and_cut", 4 * corpus::SPANS_PER_REQUEST, || {
        black_box(admit(project, Signal::Traces, &large, &rules).unwrap());
    });
    let entries: Vec<PackedEntry> = requests
        .iter()
        .flat_map(|request| admit(project, Signal::Traces, request, &rules).unwrap().entries)
        .map(|entry| packed(project, entry))
        .collect();
    let mut packed_bytes = 0;
    stage("pack_zstd_1", spans, || {
        packed_bytes = 0;
        for some in entries.chunks(11) {
            let mut pack = PackBuilder::new();
            some.iter().for_each(|entry| pack.push(entry.clone()));
            packed_bytes += pack.finish(1, 1).len();
        }
    });
    println!(r#"{{"packed_bytes_per_span":{}}}"#, packed_bytes / spans);
}

fn stage(name: &str, spans: usize, mut work: impl FnMut()) {
    work();
    let (mut passes, before) = (0, cpu_ns());
    let spent = loop {
        work();
        passes += 1;
        let spent = cpu_ns() - before;
        if spent >= LONG_ENOUGH_NS {
            break spent;
        }
    };
    println!(r#"{{"stage":"{name}","ns_per_span":{}}}"#, spent / (passes * spans as u64));
}

/// What this thread has had of a core so far: others on the machine don't count.
fn cpu_ns() -> u64 {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    schedstat.split(' ').next().unwrap().parse().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn packed(project: ProjectId, entry: Entry) -> PackedEntry {
    PackedEntry {
        id: entry.id,
        tenant: TenantId::new(UnixMs(1)),
        project,
        key: KeyId::new(UnixMs(1)),
        signal: Signal::Traces,
        is_unbilled: false,
        items: entry.items,
        received_ms: NOW_NS / 1_000_000,
        clock_offset_ms: 0,
        bytes: entry.bytes,
    }
}
