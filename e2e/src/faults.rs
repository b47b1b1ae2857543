//! Fault runs: a split stack under open-loop load of all signals, everything that can go wrong done to it again and again,
//! and what clients were told compared with what is stored, summed up and billed.

mod account;
mod kill;
mod load;
mod recount;
mod troubles;

use std::{collections::BTreeMap, fmt, time::Duration};

use anyhow::ensure;
use tokio::time::Instant;

use crate::{Shape, Stack};

pub use account::{Compared, lake, reader};
pub use load::Traffic;
pub use recount::{Recount, recount};
pub use troubles::{Trial, troubles};

use load::Load;

/// Cuts every second, so that faults fall between put, commit and answer, too.
const CUTS: (&str, &str) = ("NARU_WRITER_CUT_INTERVAL_MS", "1000");

/// How much must happen, and how long it may take.
#[derive(Debug, Clone)]
pub struct Campaign {
    pub traffic: Traffic,
    pub kills_min: usize,
    /// Acknowledged spans, data points and log records.
    pub items_min: u64,
    pub within: Duration,
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

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kills: u32 = self.kills.values().sum();
        let each: Vec<String> = self.kills.iter().map(|(name, times)| format!("{name} {times}")).collect();
        writeln!(f, "{kills} kills: {}; {} resends", each.join(", "), self.resends)?;
        write!(f, "{}", self.compared)
    }
}

/// Kills every process again and again. `say` hears what happens.
pub async fn kills(campaign: &Campaign, say: impl Fn(&str)) -> anyhow::Result<Report> {
    let stack = Stack::start_build(Shape::Split, &[CUTS], campaign.is_release)?;
    let load = Load::begin(&stack, &campaign.traffic, campaign.within).await?;
    let deadline = Instant::now() + campaign.within;
    let mut killer = kill::Killer::new(campaign.traffic.seed);
    while killer.kills() < campaign.kills_min || load.acknowledged() < campaign.items_min {
        ensure!(
            Instant::now() < deadline && !load.has_ended(),
            "{} kills and {} acknowledged items within {:?}: too few",
            killer.kills(),
            load.acknowledged(),
            campaign.within
        );
        let say = |what: &str| say(&format!("{what}; {} items acknowledged", load.acknowledged()));
        killer.kill_next(&stack, say).await?;
    }
    let done = load.end().await?;
    say("comparing");
    let compared = account::compare(&stack, &stack.lake_dir(), &done).await?;
    Ok(Report { kills: killer.by_name(), resends: done.resends, compared })
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
