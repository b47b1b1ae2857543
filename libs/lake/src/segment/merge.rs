//! Several segments into one, without ever holding them: sorted runs in, one sorted file out, row by row.
//!
//! Read twice: once for what must be known before the first row is written (when each trace began, which attributes are
//! worth a column), once for the rows.
//! In memory are, per input, one row group as it is stored and a batch of rows; of the output, one row group as it is
//! encoded; and 50 bytes or so for each trace and each span of each input.

mod heads;
mod run;
mod survey;

use std::io::Write;

use arrow::{
    array::{AsArray, RecordBatch},
    compute::{interleave_record_batch, max, min},
    datatypes::{Int64Type, SchemaRef},
};
use naru_ids::SegmentId;
use naru_signal::Table;
use parquet::arrow::ArrowWriter;

use super::{
    ExtentReader, Section,
    encode::{Effort, ROW_GROUP_ROWS, options},
    erase::{Erased, Matching},
    layout::{Layout, Version},
    order::Order,
    pairs::Pairs,
    parents::with_places,
    write::numbered,
};
use crate::{Error, schema};
use heads::Heads;
use run::Run;
use survey::Survey;

/// Rows picked before they are written.
const WRITE_ROWS: usize = 8_192;
// Then a row group ends with a batch.
const _: () = assert!(ROW_GROUP_ROWS.is_multiple_of(WRITE_ROWS));

/// What the catalog says of a merged segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    pub rows: u64,
    /// Of the table's time column, unix ns, both inclusive.
    pub min_start_ns: i64,
    pub max_start_ns: i64,
}

/// Merges segments of one table into one, written to `out` as an extent. `None`, and nothing written, for no rows.
///
/// Every row of every input becomes one row. Long: it yields between batches, and stops where it is when dropped.
pub async fn merge(
    id: SegmentId,
    table: Table,
    inputs: &[ExtentReader],
    out: &mut (impl Write + Send),
) -> Result<Option<Merged>, Error> {
    let logical = numbered(&schema::of(table));
    let survey = survey::of(table, inputs, &logical, None).await?;
    write_merged(id, table, inputs, survey, None, out).await
}

/// As [`merge`], without the rows that match. When none does, nothing is written, and nothing need be done.
pub async fn merge_without(
    id: SegmentId,
    table: Table,
    inputs: &[ExtentReader],
    matching: &Matching,
    out: &mut (impl Write + Send),
) -> Result<(Option<Merged>, Erased), Error> {
    let logical = numbered(&schema::of(table));
    let mut survey = survey::of(table, inputs, &logical, Some(matching)).await?;
    let erased = std::mem::take(&mut survey.erased);
    if erased.rows == 0 {
        return Ok((None, erased));
    }
    let merged = write_merged(id, table, inputs, survey, Some(matching), out).await?;
    Ok((merged, erased))
}

async fn write_merged(
    id: SegmentId,
    table: Table,
    inputs: &[ExtentReader],
    survey: Survey,
    erasing: Option<&Matching>,
    out: &mut (impl Write + Send),
) -> Result<Option<Merged>, Error> {
    let logical = numbered(&schema::of(table));
    let Survey { traces, renumbered, span_ids, mut promotion, .. } = survey;
    let erasing = erasing.map(|matching| (table, matching));
    let mut merging = Merging::begin(table, inputs, &logical, renumbered, erasing).await?;
    let Some(first) = merging.next().await? else { return Ok(None) };
    let stored = promotion.as_ref().map_or_else(|| logical.clone(), |promotion| promotion.schema(&logical));
    let stored = with_places(&stored);
    let shapes = promotion.as_ref().map(|promotion| promotion.shapes(&logical));
    let options = options(id, table, &stored, Effort::Merged, shapes.as_ref());
    let mut writer = ArrowWriter::try_new_with_options(&mut *out, stored, options).map_err(Error::Encode)?;
    let mut merged = Merged { rows: 0, min_start_ns: i64::MAX, max_start_ns: i64::MIN };
    let (mut batch, mut pairs) = (Some(first), Pairs::default());
    while let Some(rows) = batch {
        merged.count(table, &rows);
        pairs.add(&rows);
        let rows = match &mut promotion {
            Some(promotion) => promotion.apply(&rows).map_err(Error::Sort)?,
            None => rows,
        };
        let rows = span_ids.shorten(rows).map_err(Error::Sort)?;
        writer.write(&rows).map_err(Error::Encode)?;
        if writer.in_progress_rows() == 0 {
            pairs.end_group();
        }
        // Whoever wants to stop this has a chance between batches.
        tokio::task::yield_now().await;
        batch = merging.next().await?;
    }
    writer.finish().map_err(Error::Encode)?;
    let mut layout = Layout::default();
    layout.place(Section::Parquet, writer.bytes_written() as u64);
    drop(writer);
    let pairs = pairs.finish().map(|bytes| (Section::PairFilter, bytes));
    for (section, bytes) in pairs.into_iter().chain(traces.sections()) {
        out.write_all(&bytes).map_err(written)?;
        layout.place(section, bytes.len() as u64);
    }
    out.write_all(&layout.directory(Version::Parents)).map_err(written)?;
    Ok(Some(merged))
}

impl Merged {
    fn count(&mut self, table: Table, rows: &RecordBatch) {
        let times = rows[schema::time_column(table)].as_primitive::<Int64Type>();
        self.rows += rows.num_rows() as u64;
        self.min_start_ns = min(times).map_or(self.min_start_ns, |least| least.min(self.min_start_ns));
        self.max_start_ns = max(times).map_or(self.max_start_ns, |most| most.max(self.max_start_ns));
    }
}

fn written(source: std::io::Error) -> Error {
    Error::Encode(parquet::errors::ParquetError::External(Box::new(source)))
}

/// All inputs as one sorted stream.
struct Merging {
    runs: Vec<Run>,
    heads: Heads,
    /// Batches that picked or coming rows lie in; runs know their own.
    held: Vec<RecordBatch>,
    /// (batch, row), in order.
    picked: Vec<(usize, usize)>,
}

impl Merging {
    async fn begin(
        table: Table,
        inputs: &[ExtentReader],
        schema: &SchemaRef,
        mut renumbered: Vec<Vec<u32>>,
        erasing: Option<(Table, &Matching)>,
    ) -> Result<Self, Error> {
        let (mut runs, mut held) = (Vec::new(), Vec::new());
        for (input, numbers) in inputs.iter().zip(renumbered.drain(..)) {
            let order = Order::of(table, schema).map_err(Error::Sort)?;
            let mut run = Run::open(input, schema, order, numbers, erasing).await?;
            if let Some(batch) = run.load(held.len()).await? {
                held.push(batch);
                runs.push(run);
            }
        }
        let heads = Heads::new(runs.len(), |a, b| Run::precedes(&runs, a, b));
        Ok(Self { runs, heads, held, picked: Vec::with_capacity(WRITE_ROWS) })
    }

    /// The next rows; `None` after the last.
    async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        while self.picked.len() < WRITE_ROWS {
            let Some(least) = self.heads.least() else { break };
            self.picked.push(self.runs[least].place());
            if !self.runs[least].advance() {
                match self.runs[least].load(self.held.len()).await? {
                    Some(batch) => self.held.push(batch),
                    None => self.heads.remove_least(),
                }
            }
            let runs = &self.runs;
            self.heads.settle(|a, b| Run::precedes(runs, a, b));
        }
        if self.picked.is_empty() {
            return Ok(None);
        }
        let held: Vec<&RecordBatch> = self.held.iter().collect();
        let rows = interleave_record_batch(&held, &self.picked).map_err(Error::Sort)?;
        self.picked.clear();
        self.let_go();
        Ok(Some(rows))
    }

    /// Keeps the batches that still have rows to come.
    fn let_go(&mut self) {
        let mut held = Vec::with_capacity(self.runs.len());
        for run in self.heads.members() {
            held.push(self.held[self.runs[run].place().0].clone());
            self.runs[run].moved(held.len() - 1);
        }
        self.held = held;
    }
}
