//! A commit breaks off at each of its steps: object, catalog, bill, and the word that it is done.

use naru_testkit::Trap;

use super::Scene;
use crate::faults::kill::kill;

/// First word of a commit; nothing is changed before it.
const LOCKS: &str = "for update";
const MOVES: &str = "set committed_seq";

/// The writer dies there.
pub(super) async fn killed_in_every_gap(scene: &Scene, say: &impl Fn(&str)) -> anyhow::Result<()> {
    for (gap, trap) in [
        ("between object and commit", Trap::before(&[LOCKS])),
        ("inside the commit", Trap::before(&[MOVES, "insert into lake.usage_outbox"])),
        ("before the commit's last word", Trap::before(&[MOVES, "COMMIT"])),
        ("between the commit and its answer", Trap::after(&[MOVES, "COMMIT"])),
        ("between the bill and its receipt", Trap::before(&["delete from lake.usage_outbox"])),
    ] {
        caught(scene, trap).await;
        kill(&scene.stack, "writer").await?;
        scene.caught_up().await?;
        say(&format!("the writer was killed {gap}; {} items acknowledged", scene.load.acknowledged()));
    }
    Ok(())
}

/// The connection breaks there, and the writer lives on.
pub(super) async fn answers_lost(scene: &Scene, say: &impl Fn(&str)) -> anyhow::Result<()> {
    for (what, trap) in [
        ("COMMIT was answered to nobody", Trap::after(&[MOVES, "COMMIT"])),
        ("COMMIT never came to Postgres", Trap::before(&[MOVES, "COMMIT"])),
    ] {
        caught(scene, trap).await;
        scene.commits.cut();
        scene.caught_up().await?;
        say(&format!("{what}; {} items acknowledged", scene.load.acknowledged()));
    }
    Ok(())
}

/// The writer stands in the trap. A statement's text is said once per connection, so it connects anew before.
async fn caught(scene: &Scene, trap: Trap) {
    let sprung = scene.commits.set(trap);
    scene.commits.cut();
    sprung.wait().await;
}
