//! Compaction: small segments become few, in objects of their tenant's own.
//!
//! Cuts (level 0) become about ten minutes (1), then an hour (2), then a day (3), within one tenant, project, table, UTC
//! day and partition. A merge of telemetry changes no row, a merge of rollups adds up what has the same key: it reads, writes
//! a new object, and swaps catalog rows in one transaction, so that a reader sees every row once, before, during and after.
//! One merge at a time per process, of partitions this writer owns; two writers that merge the same do no harm, since the
//! second swap finds its inputs gone.

pub(crate) mod merge;
mod plan;
pub(crate) mod rollups;

use std::{sync::Arc, time::Duration};

use naru_lake::catalog::compact::{self, Ask, Pile};
use naru_telemetry::chain;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::app::App;
use plan::{LEVELS, Level, PILES_MAX, ROWS_ENOUGH, SETTLED_PART};

/// Piles are looked at this often, and oftener when they ripen faster.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Merges what is ripe until `stop`; ends with `late`, when nobody needs it any more.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken, late: CancellationToken) {
    let every = LOOK_EVERY.min(app.compact_after / 2).max(Duration::from_millis(10));
    let work = async {
        loop {
            tokio::time::sleep(every).await;
            if let Err(error) = round(&app, &stop).await {
                warn!(error = %chain(&error), "segments stay as they are a little longer");
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = stop.cancelled() => late.cancelled().await,
    }
}

/// Merges every ripe pile once, the oldest first.
async fn round(app: &App, stop: &CancellationToken) -> Result<(), naru_lake::Error> {
    let owned: Vec<u16> =
        app.tails.iter().filter_map(|tail| tail.state()).map(|tail| tail.partition).collect();
    for level in &LEVELS {
        let ask = Ask {
            partitions: &owned,
            level: level.from,
            settled_s: (app.compact_after / SETTLED_PART).as_secs(),
            rows_below: ROWS_ENOUGH,
            segments_least: level.least,
            piles_max: PILES_MAX,
        };
        for pile in compact::piles(&app.pool, &ask).await? {
            if level.is_ripe(&pile, app.compact_after) && !must_wait(app, level, &pile) {
                whole_pile(app, &ask, &pile, stop).await?;
            }
        }
    }
    Ok(())
}

/// Under load, ingest goes first; but a pile that is overdue or too high goes on, since every query pays for it.
fn must_wait(app: &App, level: &Level, pile: &Pile) -> bool {
    let replaying = app.tails.iter().filter_map(|tail| tail.state()).any(|tail| tail.replaying);
    let is_pressed = app.budget.is_half_full() || replaying;
    if is_pressed {
        metrics::counter!("writer_merges_put_off_total").increment(1);
    }
    is_pressed && !level.is_overdue(pile, app.compact_after)
}

async fn whole_pile(
    app: &App,
    ask: &Ask<'_>,
    pile: &Pile,
    stop: &CancellationToken,
) -> Result<(), naru_lake::Error> {
    let members = compact::members(&app.pool, &pile.key, ask).await?;
    for inputs in plan::groups(members, pile.key.level) {
        if stop.is_cancelled() {
            return Ok(());
        }
        let started = std::time::Instant::now();
        let done = match merge::inputs_into_fewer(app, &inputs, stop).await {
            Ok(Some(done)) => done,
            Ok(None) => continue,
            Err(error) if error.concerns_all() => return Err(error),
            // A segment that is damaged must not keep all others as they are.
            Err(error) => {
                metrics::counter!("writer_merges_failed_total").increment(1);
                let (tenant, table) = (pile.key.tenant, pile.key.table);
                warn!(
                    tenant.id = %tenant, table = %table, level = pile.key.level, error = %chain(&error),
                    "{} segments of {table} are not merged", inputs.len()
                );
                continue;
            }
        };
        metrics::histogram!("writer_merge_seconds").record(started.elapsed().as_secs_f64());
        metrics::counter!("writer_merges_total").increment(1);
        metrics::counter!("writer_segments_merged_total").increment(inputs.len() as u64);
        let (tenant, table, count) = (pile.key.tenant, pile.key.table, inputs.len());
        let before: u64 = inputs.iter().map(|row| row.length).sum();
        let (rows, bytes) = done.iter().fold((0, 0), |sum, row| (sum.0 + row.rows, sum.1 + row.length));
        info!(
            tenant.id = %tenant, table = %table, level = pile.key.level + 1, segments = count, rows,
            bytes, bytes_before = before,
            "{count} segments of {table} became {}, of {rows} rows and {bytes} bytes", done.len()
        );
    }
    Ok(())
}
