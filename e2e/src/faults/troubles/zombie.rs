//! A writer is frozen until another has its partitions, and wakes up believing that they are its own.

use nix::sys::signal::Signal;

use super::{Scene, beside::Beside};
use crate::faults::{eventually, kill::signal};

const HEIR: &str = "heir";

pub(super) async fn wakes_up(scene: &Scene, say: &impl Fn(&str)) -> anyhow::Result<()> {
    let staging = scene.stack.data().join("staging-of-the-heir").display().to_string();
    let settings = [("owner", HEIR), ("lake_staging_dir", staging.as_str())];
    let heir = Beside::start(&scene.stack, "writer", &["flight_listen", "admin_listen"], &settings)?;
    let zombie = scene.stack.status()?.pid("writer")?;
    signal(zombie, Signal::SIGSTOP)?;
    eventually("the heir has all partitions", || async {
        scene.lake.held_by(HEIR).await.is_ok_and(|(held, all)| held == all)
    })
    .await?;
    scene.caught_up().await?;
    let log = scene.stack.data().join("logs/writer.log");
    let let_go = || std::fs::read_to_string(&log).map_or(0, |log| log.matches(" is let go").count());
    let before = let_go();
    signal(zombie, Signal::SIGCONT)?;
    // Only somebody who has tried to commit or to renew knows.
    eventually("the zombie lets go of what it had", || async { let_go() > before }).await?;
    scene.caught_up().await?;
    say(&format!("a writer woke up beside its heir; {} items acknowledged", scene.load.acknowledged()));
    drop(heir);
    eventually("the heir has no partition", || async {
        scene.lake.held_by(HEIR).await.is_ok_and(|(held, _)| held == 0)
    })
    .await?;
    scene.caught_up().await?;
    say(&format!("the heir was killed; {} items acknowledged", scene.load.acknowledged()));
    Ok(())
}
