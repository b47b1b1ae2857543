//! Servers that are away, break off, or hang.

use std::time::Duration;

use anyhow::ensure;
use nix::sys::signal::Signal;
use tokio::time::sleep;

use super::Scene;
use crate::faults::kill::signal;

/// Longer than a lease lasts.
const AWAY: Duration = Duration::from_secs(12);
const HUNG: Duration = Duration::from_secs(4);
/// Of an answer of the bucket: its head, and not always that.
const CUT_BYTES: u64 = 2_000;

/// Nobody reaches Postgres. Keys that gateways know are accepted all the while.
pub(super) async fn postgres(scene: &Scene, say: &impl Fn(&str)) -> anyhow::Result<()> {
    scene.commits.shut();
    scene.catalog.shut();
    ingest_goes_on(scene, "Postgres", AWAY).await?;
    scene.commits.open().await;
    scene.catalog.open().await;
    scene.caught_up().await?;
    say(&format!("Postgres was away for {AWAY:?}; {} items acknowledged", scene.load.acknowledged()));
    Ok(())
}

/// Answers of the object store break off, then nobody answers.
pub(super) async fn bucket(scene: &Scene, say: &impl Fn(&str)) -> anyhow::Result<()> {
    for _ in 0..4 {
        scene.bucket.cut_after(CUT_BYTES);
        sleep(HUNG / 4).await;
    }
    scene.bucket.shut();
    ingest_goes_on(scene, "the bucket", HUNG).await?;
    scene.bucket.heal();
    scene.bucket.open().await;
    scene.caught_up().await?;
    say(&format!("the bucket broke off and was away; {} items acknowledged", scene.load.acknowledged()));
    Ok(())
}

/// Something is acknowledged in the second half of this time: what was under way at its beginning is answered by then.
async fn ingest_goes_on(scene: &Scene, without: &str, time: Duration) -> anyhow::Result<()> {
    sleep(time / 2).await;
    let before = scene.load.acknowledged();
    sleep(time / 2).await;
    ensure!(scene.load.acknowledged() > before, "nothing was acknowledged while {without} was away");
    Ok(())
}

/// The kernel still takes connections; nobody answers.
pub(super) async fn hung(scene: &Scene, say: &impl Fn(&str)) -> anyhow::Result<()> {
    for name in ["redis", "license", "nats", "ingest"] {
        let pid = scene.stack.status()?.pid(name)?;
        signal(pid, Signal::SIGSTOP)?;
        sleep(HUNG).await;
        signal(pid, Signal::SIGCONT)?;
        scene.caught_up().await?;
        say(&format!("{name} hung for {HUNG:?}; {} items acknowledged", scene.load.acknowledged()));
    }
    Ok(())
}
