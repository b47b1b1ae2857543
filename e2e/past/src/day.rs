//! One piece of one day: cuts in a directory of their own, merged into an object of the lake.

use std::sync::Arc;

use anyhow::Context;
use arrow::array::RecordBatch;
use naru_ids::{SegmentId, UnixMs};
use naru_lake::{
    catalog::SegmentRow,
    path::{self, MergedName},
    seal::{ExtentKey, TenantKey},
    segment::{self, ExtentReader, Merged, SealedObject},
    store::Store,
};
use naru_load::{corpus::Corpus, drive::now_ms};
use naru_signal::{Signal, Table};
use object_store::path::Path;

const DAY_MS: u64 = 86_400_000;
const TRACES_PER_REQUEST: usize = 128;
/// Of one merge: what is in memory at once.
const CUTS: u64 = 4;
/// Merged for the last time.
const LEVEL: i16 = 3;

/// Where segments go, for whom, and a stored one whose project, partition and sequences they share.
#[derive(Clone)]
pub(crate) struct Lake {
    pub(crate) store: Store,
    pub(crate) key: TenantKey,
    pub(crate) like: SegmentRow,
}

/// The `piece`-th of so many equal pieces of a day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Since 1970.
    pub(crate) day: i32,
    pub(crate) piece: u64,
    pub(crate) pieces: u64,
    pub(crate) spans: u64,
}

impl Part {
    /// Unix ms of what comes after `sent` of its spans.
    fn at_ms(&self, sent: u64) -> u64 {
        let length_ms = DAY_MS / self.pieces;
        let begins_ms = u64::try_from(self.day).unwrap_or(0) * DAY_MS + self.piece * length_ms;
        // A request's spans began up to a minute before: never a day before.
        begins_ms + 60_000 + sent * (length_ms - 60_000) / self.spans
    }
}

impl Lake {
    /// The segment's row, which nothing holds yet, and a trace id of each request.
    pub(crate) async fn merged(&self, part: &Part) -> anyhow::Result<(SegmentRow, Vec<u128>)> {
        let dir = tempfile::tempdir().context("making a directory for cuts")?;
        let cuts_store = Store::on_disk(dir.path())?;
        // Other texts each time, as from other days.
        let seed = u64::try_from(part.day).unwrap_or(0) * 1_000 + part.piece;
        let corpus = Corpus::new(seed, TRACES_PER_REQUEST);
        let (mut cuts, mut ids, mut sent) = (Vec::new(), Vec::new(), 0);
        for cut in 1..=CUTS {
            let mut batches: Vec<RecordBatch> = Vec::new();
            while sent < part.spans * cut / CUTS {
                let (number, at_ms) = (ids.len() as u64, part.at_ms(sent));
                let body = corpus.body(number, at_ms);
                sent += u64::from(body.items);
                ids.extend(corpus.first_trace(number));
                batches.extend(naru_writer::rows_of(Signal::Traces, body.bytes, at_ms + 50));
            }
            cuts.push(self.cut(&cuts_store, part.day, &batches).await?);
        }
        let object = self.merge(&cuts_store, &cuts, part.day).await?;
        Ok((object, ids))
    }

    async fn cut(&self, store: &Store, day: i32, batches: &[RecordBatch]) -> anyhow::Result<SegmentRow> {
        let id = SegmentId::new(UnixMs(now_ms()));
        let extent = segment::write(id, Table::Spans, batches)?.context("a cut without rows")?;
        let (row, key) = self.row(id, day, format!("cuts/{}", id.hex()));
        let sealed = key.seal(&extent.chunks);
        let length = sealed.iter().map(|chunk| chunk.len() as u64).sum();
        store.create(&Path::from(row.path.as_str()), sealed).await?;
        let (min_start_ns, max_start_ns) = (extent.min_start_ns, extent.max_start_ns);
        Ok(SegmentRow { length, rows: extent.rows, min_start_ns, max_start_ns, ..row })
    }

    async fn merge(&self, cuts_store: &Store, cuts: &[SegmentRow], day: i32) -> anyhow::Result<SegmentRow> {
        let id = SegmentId::new(UnixMs(now_ms()));
        let SegmentRow { tenant, first_seq, last_seq, .. } = self.like;
        let name =
            MergedName { tenant, table: Table::Spans, day, level: LEVEL, first_seq, last_seq, segment: id };
        let path = path::merged(&name);
        let (row, key) = self.row(id, day, path.to_string());
        let readers =
            cuts.iter().map(|cut| ExtentReader::of(Arc::clone(&cuts_store.reader()), cut, &self.key));
        let readers = readers.collect::<Result<Vec<_>, _>>()?;
        let mut object = SealedObject::new(self.store.begin(&path)?, key);
        let merged = segment::merge(id, Table::Spans, &readers, &mut object).await?;
        let Merged { rows, min_start_ns, max_start_ns } = merged.context("a merge without rows")?;
        Ok(SegmentRow { length: object.finish().await?, rows, min_start_ns, max_start_ns, ..row })
    }

    fn row(&self, id: SegmentId, day: i32, path: String) -> (SegmentRow, ExtentKey) {
        let tenant = self.like.tenant;
        let key = ExtentKey::generate(tenant, id, &mut rand::rng());
        let sealed_key = self.key.wrap(tenant, id, &key, &mut rand::rng());
        let row = SegmentRow {
            id,
            table: Table::Spans,
            day,
            level: LEVEL,
            path,
            offset: 0,
            sealed_key,
            ..self.like.clone()
        };
        (row, key)
    }
}
