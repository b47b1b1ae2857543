//! What writers say of the backlog; and, of partitions of which nobody says anything, what the bus says.

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use naru_ingest_api::stream_name;
use naru_nats::Bus;
use naru_telemetry::chain;
use naru_writer_api::{BACKLOG_SUBJECTS, Backlog};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::admit::backlog::Backlogs;

const ASK_EVERY: Duration = Duration::from_secs(2);

/// Listens until the connection is drained. What is missed is said again within seconds.
pub(crate) async fn listen(bus: &Bus, backlogs: Arc<Backlogs>) -> Result<(), naru_nats::Error> {
    let subscribe = |source| naru_nats::Error::Subscribe { subject: BACKLOG_SUBJECTS.to_owned(), source };
    let mut words = bus.client.subscribe(BACKLOG_SUBJECTS).await.map_err(subscribe)?;
    tokio::spawn(async move {
        while let Some(message) = words.next().await {
            match serde_json::from_slice::<Backlog>(&message.payload) {
                Ok(backlog) if backlog.v == 1 => backlogs.hear(backlog),
                Ok(backlog) => debug!("a backlog of version {} is not known here", backlog.v),
                Err(error) => warn!(%error, "a writer's word on its backlog could not be read"),
            }
        }
    });
    Ok(())
}

/// Asks for streams of which no writer has said anything for a while, until `stop`.
pub(crate) async fn ask(bus: Bus, backlogs: Arc<Backlogs>, stop: CancellationToken) {
    let mut rounds = tokio::time::interval(ASK_EVERY);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => {}
        }
        for partition in backlogs.stale() {
            if !bus.is_connected() {
                break;
            }
            match bus.jetstream.get_stream(stream_name(partition)).await {
                Ok(stream) => backlogs.stream_holds(partition, stream.cached_info().state.bytes),
                Err(error) => debug!(error = %chain(&error), "asking how full partition {partition} is"),
            }
        }
    }
}
