//! What a new owner must know of what was counted before: names within the caps, and calls whose other end may yet come.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{AsArray, BooleanArray, RecordBatch},
    compute::filter_record_batch,
    datatypes::Int64Type,
};
use naru_ids::{ProjectId, TenantId};
use naru_lake::{
    Error,
    catalog::{SegmentRow, names, recent},
    segment,
};

use super::Ended;
use crate::{
    app::App,
    summarize::{CALL_COLUMNS, KEPT_MS},
    tail::Summaries,
};

/// Spans looked at, newest segments first: a takeover must not take longer than its partition's lease.
const SPANS_MAX: u64 = 2_000_000;

/// Summaries of nothing, which go on where the last owner's commit ended.
pub(super) async fn summaries(app: &Arc<App>, partition: u16) -> Result<Summaries, Ended> {
    let mut summaries = Summaries::new(app.apdex_ns);
    summaries.recall(&names::of_partition(&app.pool, partition).await?);
    let mut spans = 0;
    let mut by_project: BTreeMap<(TenantId, ProjectId), Vec<SegmentRow>> = BTreeMap::new();
    for row in recent::spans_of_partition(&app.pool, partition, KEPT_MS).await? {
        spans += row.rows;
        if spans > SPANS_MAX {
            break;
        }
        by_project.entry((row.tenant, row.project)).or_default().push(row);
    }
    for ((tenant, project), rows) in by_project {
        let batches = read(app, tenant, &rows).await?;
        let newest_ms = batches.iter().filter_map(|batch| arrow::compute::max(received_ms(batch))).max();
        let oldest_ms = newest_ms.unwrap_or_default() - KEPT_MS;
        for batch in batches {
            let young: BooleanArray =
                received_ms(&batch).iter().map(|at_ms| at_ms.map(|at_ms| at_ms >= oldest_ms)).collect();
            let batch = filter_record_batch(&batch, &young).map_err(Error::Sort)?;
            summaries.remember(tenant, project, &batch);
        }
    }
    Ok(summaries)
}

async fn read(app: &App, tenant: TenantId, rows: &[SegmentRow]) -> Result<Vec<RecordBatch>, Error> {
    // Without its key a tenant's rows are gone on purpose: then there is nothing to go on with.
    let Some(key) = app.cutter.keys.get(tenant).await? else { return Ok(Vec::new()) };
    let mut batches = Vec::new();
    for row in rows {
        let store = app.cutter.store.reader();
        batches.extend(segment::read_columns(store, row, &key, &CALL_COLUMNS).await?);
    }
    Ok(batches)
}

fn received_ms(batch: &RecordBatch) -> &arrow::array::Int64Array {
    batch.column_by_name("received_ms").expect("it was asked for").as_primitive::<Int64Type>()
}
