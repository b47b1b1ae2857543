//! The fault run: a split stack under open-loop load, every process killed again and again, and what clients were told
//! compared with what is stored and billed.

mod account;
mod kill;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use anyhow::ensure;
use naru_load::{
    corpus::Corpus,
    drive::{Plan, Progress, drive, now_ms},
    fleet::Fleet,
    ledger::{Ledger, Line},
    oracle::Verdict,
    send::{GrpcSender, HttpSender, Sender},
};
use tokio::time::Instant;

use crate::{Shape, Stack, Status, Tenant, sign_up};

pub use account::{Compared, lake, reader};

/// Cuts every second, so that kills fall between put, commit and answer, too.
const ENV: [(&str, &str); 1] = [("NARU_WRITER_CUT_INTERVAL_MS", "1000")];
/// Longer than any outage of this run: afterwards a request without an answer stays without one.
const SETTLE: Duration = Duration::from_secs(90);

/// How much must happen, and how long it may take.
#[derive(Debug, Clone)]
pub struct Campaign {
    pub seed: u64,
    pub kills_min: usize,
    /// Acknowledged ones.
    pub spans_min: u64,
    pub within: Duration,
    pub requests_per_s: f64,
    pub traces_per_request: usize,
    /// Of the stack.
    pub is_release: bool,
}

/// What happened.
#[derive(Debug)]
pub struct Report {
    /// By process.
    pub kills: BTreeMap<&'static str, u32>,
    pub resends: u64,
    pub compared: Compared,
}

impl Report {
    /// Nothing acknowledged is lost, nothing is stored or billed twice, and no outage made a client drop data.
    #[must_use]
    pub fn holds(&self) -> bool {
        let Compared { by_files, by_export, by_api, billed } = &self.compared;
        let all_hold = [by_files, by_export, by_api].into_iter().all(Verdict::holds);
        all_hold && by_files.rejected == 0 && *billed == by_files.found && by_export.found == by_files.found
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kills: u32 = self.kills.values().sum();
        let each: Vec<String> = self.kills.iter().map(|(name, times)| format!("{name} {times}")).collect();
        let Compared { by_files, by_export, by_api, billed } = &self.compared;
        writeln!(f, "{kills} kills: {}; {} resends", each.join(", "), self.resends)?;
        writeln!(f, "spans by the files:   {by_files}")?;
        writeln!(f, "spans by the export:  {by_export}")?;
        writeln!(f, "entries by the API:   {by_api}")?;
        write!(f, "billed:               {billed}")
    }
}

/// Runs the campaign on a stack of its own. `say` hears what happens.
pub async fn run(campaign: &Campaign, say: impl Fn(&str)) -> anyhow::Result<Report> {
    let stack = Stack::start_build(Shape::Split, &ENV, campaign.is_release)?;
    let status = stack.status()?;
    let tenant = sign_up(&status, "ledger-co").await?;
    let ledger_path = stack.data().join("ledger.jsonl");
    let corpus = Arc::new(Corpus::new(campaign.seed, campaign.traces_per_request));
    let ledger = Ledger::open(&ledger_path)?;
    ledger.write(&Line::Corpus(corpus.shape().clone()))?;
    let first_ms = now_ms();
    let deadline = Instant::now() + campaign.within;

    let plan = Plan {
        first_request: 0,
        requests_per_s: campaign.requests_per_s,
        duration: campaign.within,
        settle: SETTLE,
    };
    let fleet = Arc::new(Fleet::of_one(senders(&status, &tenant)?));
    let progress = Arc::new(Progress::default());
    let load = tokio::spawn(drive(plan, Arc::clone(&corpus), fleet, Arc::new(ledger), Arc::clone(&progress)));
    let acknowledged = || progress.acknowledged_items.load(Ordering::Relaxed);
    let mut killer = kill::Killer::new(campaign.seed);
    while killer.kills() < campaign.kills_min || acknowledged() < campaign.spans_min {
        ensure!(
            Instant::now() < deadline && !load.is_finished(),
            "{} kills and {} acknowledged spans within {:?}: too few",
            killer.kills(),
            acknowledged(),
            campaign.within
        );
        killer
            .kill_next(&stack, |what| say(&format!("{what}; {} spans acknowledged", acknowledged())))
            .await?;
    }
    progress.stop.store(true, Ordering::Relaxed);
    load.await??;

    say("comparing");
    let compared = account::compare(&stack, &tenant, &ledger_path, &corpus, first_ms).await?;
    Ok(Report { kills: killer.by_name(), resends: progress.resends.load(Ordering::Relaxed), compared })
}

fn senders(status: &Status, tenant: &Tenant) -> anyhow::Result<Vec<Sender>> {
    let timeout = Duration::from_secs(10);
    Ok(vec![
        Sender::Http(HttpSender::new(&status.otlp_http, &tenant.license_key, timeout)?),
        Sender::Grpc(GrpcSender::new(&status.otlp_grpc, &tenant.license_key, timeout)?),
    ])
}

/// Waits for a condition of a stack that heals, for as long as it has promised to.
pub async fn eventually<F, Fut>(what: &str, mut holds: F) -> anyhow::Result<()>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds().await {
        ensure!(Instant::now() < deadline, "waited 60 s in vain until {what}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}
