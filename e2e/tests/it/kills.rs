//! A 2xx means stored: every process is killed again and again under load, and an independent account is compared afterwards.

use std::{path::Path, sync::Arc, time::Duration};

use naru_e2e::{Shape, Stack, Tenant, sign_up};
use naru_load::{
    corpus::Corpus,
    drive::{Plan, Progress, drive, now_ms},
    fleet::Fleet,
    ledger::{Account, Ledger, Line},
    oracle::judge,
    read::Reader,
    send::{GrpcSender, HttpSender, Sender},
    store::LakeReader,
};
use nix::{sys::signal::Signal, unistd::Pid};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};

const ROUNDS: usize = 4;
const SEED: u64 = 20_261_121;
const TRACES_PER_REQUEST: usize = 32;
/// Who may die. HAProxy too: clients resend.
const VICTIMS: [&str; 10] =
    ["ingest", "writer", "query", "license", "console", "metering", "nats", "postgres", "redis", "haproxy"];

/// Cuts every second, so that kills fall between put, commit and ack, too.
const ENV: [(&str, &str); 1] = [("NARU_WRITER_CUT_INTERVAL_MS", "1000")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_kills_lose_nothing_and_store_and_bill_nothing_twice() {
    let stack = Stack::start(Shape::Split, &ENV).unwrap();
    let status = stack.status().unwrap();
    let tenant = sign_up(&status, "ledger-co").await.unwrap();
    let ledger_path = stack.data().join("ledger.jsonl");
    let corpus = Arc::new(Corpus::new(SEED, TRACES_PER_REQUEST));
    let first_ms = now_ms();

    let progress = Arc::new(Progress::default());
    let load = tokio::spawn(drive(
        Plan {
            first_request: 0,
            requests_per_s: 8.0,
            duration: Duration::from_secs(600),
            settle: Duration::from_secs(90),
        },
        Arc::clone(&corpus),
        Arc::new(Fleet::of_one(senders(&status, &tenant))),
        Arc::new(open_ledger(&ledger_path, &corpus)),
        Arc::clone(&progress),
    ));
    kill_all_in_turn(&stack).await;
    progress.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    load.await.unwrap().unwrap();

    let account = Account::read(&ledger_path).unwrap();
    let tenant_id = tenant.id.parse::<naru_ids::TenantId>().unwrap().uuid();
    let superuser_url = std::fs::read_to_string(stack.data().join("secrets/superuser-url")).unwrap();
    let lake =
        LakeReader::connect(superuser_url.trim(), &stack.lake_dir(), &stack.data().join("secrets/lake-key"))
            .await
            .unwrap();
    let acknowledged: u64 = account
        .requests
        .values()
        .filter(|entry| matches!(entry.outcome, naru_load::ledger::Outcome::Acknowledged { .. }))
        .map(|entry| u64::from(entry.items))
        .sum();
    eventually("all acknowledged spans are committed", || async {
        lake.committed_spans(tenant_id).await.unwrap_or(0) >= acknowledged
    })
    .await;
    let stored = lake.spans(tenant_id).await.unwrap();
    let by_files = judge(&account, &corpus, &stored, false);
    assert!(by_files.holds(), "by the Parquet files: {by_files}");
    assert_eq!(by_files.rejected, 0, "an outage of ours must never make a client drop data: {by_files}");

    let reader = reader(&status, &tenant);
    let by_api = judge(
        &account,
        &corpus,
        &reader.entry_spans(first_ms - 60_000, now_ms() + 60_000).await.unwrap(),
        true,
    );
    assert!(by_api.holds(), "by the query API: {by_api}");

    eventually("usage equals what is stored", || async {
        reader
            .billed_spans(first_ms - 7_200_000, now_ms() + 7_200_000)
            .await
            .is_ok_and(|billed| billed == by_files.found)
    })
    .await;
    report(&format!("by the files: {by_files}"));
    report(&format!("by the API:   {by_api}"));
}

/// Every process once a round, in an order of chance. Each kill waits until the stack is ready again, so that recovery
/// is part of the promise.
async fn kill_all_in_turn(stack: &Stack) {
    let mut rng = StdRng::seed_from_u64(SEED);
    let order = (0..ROUNDS).flat_map(|_| {
        let mut round = VICTIMS;
        round.shuffle(&mut rng);
        round
    });
    for (kill, victim) in (1..).zip(order) {
        let status = stack.status().unwrap();
        let process = status.services.get(victim).or_else(|| status.dependencies.get(victim)).unwrap();
        let pid = process.pid.unwrap_or_else(|| panic!("{victim} has no pid"));
        report(&format!("kill {kill}/{}: {victim} ({pid})", ROUNDS * VICTIMS.len()));
        nix::sys::signal::kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        eventually(&format!("{victim} is back"), || async {
            stack.status().is_ok_and(|status| {
                let process = status.services.get(victim).or_else(|| status.dependencies.get(victim));
                status.state == "ready"
                    && process.is_some_and(|process| process.pid.is_some_and(|now| now != pid))
            })
        })
        .await;
        // A little goodput between two faults.
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
}

fn senders(status: &naru_e2e::Status, tenant: &Tenant) -> Vec<Sender> {
    let timeout = Duration::from_secs(10);
    vec![
        Sender::Http(HttpSender::new(&status.otlp_http, &tenant.license_key, timeout).unwrap()),
        Sender::Grpc(GrpcSender::new(&status.otlp_grpc, &tenant.license_key, timeout).unwrap()),
    ]
}

fn open_ledger(path: &Path, corpus: &Corpus) -> Ledger {
    let ledger = Ledger::open(path).unwrap();
    ledger.write(&Line::Corpus(corpus.shape().clone())).unwrap();
    ledger
}

fn reader(status: &naru_e2e::Status, tenant: &Tenant) -> Reader {
    let edge_url = format!("http://{}", status.edge_addr);
    Reader::new(&edge_url, tenant.apm.host(), tenant.console.host(), &tenant.token, &tenant.project).unwrap()
}

async fn eventually<F, Fut>(what: &str, mut holds: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    for _ in 0..300 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("waited 60 s in vain until {what}");
}

#[expect(clippy::print_stderr, reason = "a long test says where it is")]
fn report(line: &str) {
    eprintln!("{line}");
}
