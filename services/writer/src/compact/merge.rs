//! One merge: objects in, one object out, and the swap.

use std::sync::Arc;

use naru_ids::SegmentId;
use naru_lake::{
    Error,
    catalog::{
        SegmentRow,
        compact::{self, Swapped},
    },
    path::{self, MergedName},
    seal::{ExtentKey, TenantKey},
    segment::{self, ExtentReader, Merged, SealedObject},
    store::Store,
};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::rollups;
use crate::{app::App, flush::Cutter};

/// Merges `inputs`, of one pile, and answers the new rows. `None` when nothing was changed: stopped, or somebody else was
/// first, or the tenant's key is gone and its rows will be, too.
pub(super) async fn inputs_into_fewer(
    app: &App,
    inputs: &[SegmentRow],
    stop: &CancellationToken,
) -> Result<Option<Vec<SegmentRow>>, Error> {
    let (Some(first), Some((first_seq, last_seq))) = (inputs.first(), compact::range(inputs)) else {
        return Ok(None);
    };
    let Some(key) = app.cutter.keys.get(first.tenant).await? else { return Ok(None) };
    let id = SegmentId::new(app.clock.now());
    let blank = SegmentRow { id, first_seq, last_seq, level: first.level + 1, ..first.clone() };
    let (cutter, owned, stop) = (app.cutter.clone(), inputs.to_vec(), stop.clone());
    let write = async move {
        if blank.table.is_rollup() {
            rollups::add_up(&cutter, &owned, &key).await
        } else {
            write(&cutter, blank, &owned, &key).await.map(Vec::from_iter)
        }
    };
    // Mostly arithmetic, for seconds: a thread that steps back keeps it from those that answer.
    let work = naru_runtime::patient().spawn_blocking(move || {
        Handle::current().block_on(async {
            tokio::select! {
                biased;
                () = stop.cancelled() => Ok(Vec::new()),
                written = write => written,
            }
        })
    });
    let outputs = match work.await {
        Ok(written) => written?,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    if outputs.is_empty() {
        return Ok(None);
    }
    match compact::swap(&app.pool, inputs, &outputs).await? {
        Swapped::Done => Ok(Some(outputs)),
        // The objects are garbage now, and are collected as such.
        Swapped::Lost | Swapped::Collected => {
            metrics::counter!("writer_merges_lost_total").increment(1);
            info!(tenant.id = %first.tenant, table = %first.table, "a merge came too late and is dropped");
            Ok(None)
        }
    }
}

/// Writes the object; nothing points to it yet.
async fn write(
    cutter: &Cutter,
    blank: SegmentRow,
    inputs: &[SegmentRow],
    key: &TenantKey,
) -> Result<Option<SegmentRow>, Error> {
    let reader = cutter.store.reader();
    let readers = inputs.iter().map(|row| ExtentReader::of(Arc::clone(&reader), row, key));
    let readers = readers.collect::<Result<Vec<_>, _>>()?;
    let (mut object, row) = begin(&cutter.store, key, blank)?;
    let Some(merged) = segment::merge(row.id, row.table, &readers, &mut object).await? else {
        return Ok(None);
    };
    let row = finished(object, row, merged).await?;
    let expected: u64 = inputs.iter().map(|row| row.rows).sum();
    if row.rows != expected {
        return Err(Error::RowsLost { path: row.path, expected, rows: row.rows });
    }
    Ok(Some(row))
}

/// An object for the rows of `row`, whose id, table, day, level and sequences count, and the row with its place and key.
pub(crate) fn begin(
    store: &Store,
    key: &TenantKey,
    row: SegmentRow,
) -> Result<(SealedObject, SegmentRow), Error> {
    let SegmentRow { id, tenant, table, day, level, first_seq, last_seq, .. } = row;
    let path = path::merged(&MergedName { tenant, table, day, level, first_seq, last_seq, segment: id });
    let extent_key = ExtentKey::generate(tenant, id, &mut rand::rng());
    let sealed_key = key.wrap(tenant, id, &extent_key, &mut rand::rng());
    let object = SealedObject::new(store.begin(&path)?, extent_key);
    Ok((object, SegmentRow { path: path.to_string(), offset: 0, sealed_key, ..row }))
}

/// Makes the object durable, and its row whole.
pub(crate) async fn finished(
    object: SealedObject,
    row: SegmentRow,
    merged: Merged,
) -> Result<SegmentRow, Error> {
    let (length, Merged { rows, min_start_ns, max_start_ns }) = (object.finish().await?, merged);
    Ok(SegmentRow { length, rows, min_start_ns, max_start_ns, ..row })
}
