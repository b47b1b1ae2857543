//! What came comes again.

use std::time::Duration;

use naru_load::{
    ledger::{Account, Outcome},
    send::{Answer, HttpSender, Sender},
};

use super::{Scene, beside::Beside};
use crate::faults::{eventually, kill::kill};

const TIMES: usize = 3;
const TIMEOUT: Duration = Duration::from_secs(10);
/// Requests that are sent again, the newest.
const RESENT: usize = 300;

/// Clients send the same bytes once more, as after answers that were lost, to a gateway that has never seen them.
pub(super) async fn by_another_gateway(scene: &Scene, say: &impl Fn(&str)) -> anyhow::Result<()> {
    let listening = ["http_listen", "grpc_listen", "admin_listen"];
    let gateway = Beside::start(&scene.stack, "ingest", &listening, &[])?;
    let url = format!("http://{}", gateway.ports[0].addr());
    let sender = Sender::Http(HttpSender::new(&url, &scene.load.tenant.license_key, TIMEOUT)?);
    let account = Account::read(&scene.load.ledger)?;
    let is_acknowledged = |outcome: &Outcome| matches!(outcome, Outcome::Acknowledged { .. });
    let known = account.requests.iter().rev().filter(|(_, entry)| is_acknowledged(&entry.outcome));
    let known: Vec<_> = known.take(RESENT).collect();
    for _ in 0..TIMES {
        for (number, entry) in &known {
            let body = scene.load.corpus.body(**number, entry.base_ms);
            eventually("the other gateway accepts", || async {
                sender.send(&body).await == Answer::Acknowledged
            })
            .await?;
        }
    }
    scene.caught_up().await?;
    say(&format!("{} requests came {TIMES} times more by another gateway", known.len()));
    Ok(())
}

/// An operator sets the writer back to what the bus still has, which is everything of this hour.
pub(super) async fn from_the_bus(scene: &Scene, say: &impl Fn(&str)) -> anyhow::Result<()> {
    for time in 1..=TIMES {
        let before = scene.lake.set_back().await?;
        kill(&scene.stack, "writer").await?;
        for (partition, seq) in before {
            eventually("a partition is read to where it was", || async {
                scene.lake.committed_seq(partition).await.is_ok_and(|now| now >= seq)
            })
            .await?;
        }
        scene.caught_up().await?;
        say(&format!("replay {time} of the bus; {} items acknowledged", scene.load.acknowledged()));
    }
    Ok(())
}
