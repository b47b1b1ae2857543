//! Several segments into one, without ever holding them: sorted runs in, sorted slices out, row by row.
//!
//! Read twice: once for what must be known before the first row is written (when each trace began, which attributes are
//! worth a column, where slices begin), once for the rows. Few rows are kept between the two.
//! In memory are, per input with rows in the slice, a row group or two as they are stored and a batch of rows of each; of
//! the output, one row group as it is encoded; 60 bytes or so for each trace and each span of each input; and few rows as a
//! whole.

mod heads;
mod output;
mod parts;
mod run;
mod survey;

use std::{io::Write, sync::Arc};

use arrow::{array::RecordBatch, compute::interleave_record_batch, datatypes::SchemaRef};
use naru_ids::SegmentId;
use naru_signal::Table;

use super::{
    ExtentReader,
    encode::ROW_GROUP_ROWS,
    erase::{Erased, Matching},
    logical::Opened,
    order::Order,
    write::numbered,
};
use crate::{Error, schema};
use heads::Heads;
use output::Output;
use parts::PartOf;
use run::{Run, Source};
use survey::Survey;

/// Rows picked before they are written.
const WRITE_ROWS: usize = 8_192;
/// The same in bytes of memory, about: the batches that they lie in are held as long.
const WRITE_BYTES_MAX: usize = 16 << 20;

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
    let opened = opened(inputs, &logical).await?;
    let survey = survey::of(table, &opened, &logical, None).await?;
    write_merged(id, table, opened, survey, None, out).await
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
    let opened = opened(inputs, &logical).await?;
    let mut survey = survey::of(table, &opened, &logical, Some(matching)).await?;
    let erased = std::mem::take(&mut survey.erased);
    if erased.rows == 0 {
        return Ok((None, erased));
    }
    let merged = write_merged(id, table, opened, survey, Some(matching), out).await?;
    Ok((merged, erased))
}

async fn opened(inputs: &[ExtentReader], logical: &SchemaRef) -> Result<Vec<Opened>, Error> {
    let mut opened = Vec::with_capacity(inputs.len());
    for input in inputs {
        opened.push(Opened::of(input, logical).await?);
    }
    Ok(opened)
}

async fn write_merged(
    id: SegmentId,
    table: Table,
    opened: Vec<Opened>,
    survey: Survey,
    erasing: Option<&Matching>,
    out: &mut (impl Write + Send),
) -> Result<Option<Merged>, Error> {
    let logical = numbered(&schema::of(table));
    let Survey { traces, renumbered, span_ids, promotion, slices, mut kept, .. } = survey;
    let parts = match &kept {
        Some(_) => vec![parts::whole(&opened)],
        None => parts::of(table, &opened, &slices).await?,
    };
    let is_empty = |name: &&str| opened.iter().all(|input| input.footer().is_empty(name));
    let empty: Vec<&str> =
        logical.fields().iter().map(|field| field.name().as_str()).filter(is_empty).collect();
    let inputs = Inputs { table, logical: &logical, opened, renumbered, erasing };
    // What the output begins with, until there is a row.
    let (mut beginning, mut output) = (Some((promotion, span_ids, out)), None);
    for parts in parts {
        let mut merging = Merging::begin(&inputs, parts, kept.as_mut()).await?;
        while let Some(rows) = merging.next().await? {
            if let Some((promotion, span_ids, out)) = beginning.take() {
                output = Some(Output::begin(id, table, &logical, promotion, span_ids, &empty, out)?);
            }
            if let Some(output) = &mut output {
                output.write(rows)?;
            }
            // Whoever wants to stop this has a chance between batches.
            tokio::task::yield_now().await;
        }
        if let Some(output) = &mut output {
            output.end_group()?;
        }
    }
    output.map(|output| output.finish(&traces)).transpose()
}

fn written(source: std::io::Error) -> Error {
    Error::Encode(parquet::errors::ParquetError::External(Box::new(source)))
}

/// What all slices are made of.
struct Inputs<'a> {
    table: Table,
    logical: &'a SchemaRef,
    opened: Vec<Opened>,
    /// Per input: old number of a trace → new one.
    renumbered: Vec<Arc<[u32]>>,
    erasing: Option<&'a Matching>,
}

/// All parts of a slice as one sorted stream.
struct Merging {
    runs: Vec<Run>,
    heads: Heads,
    /// Batches that picked or coming rows lie in; runs know their own.
    held: Vec<RecordBatch>,
    /// (batch, row), in order.
    picked: Vec<(usize, usize)>,
    /// Given out since the last row group began.
    group_rows: usize,
}

impl Merging {
    /// `kept`: all rows of each input, to be taken, where they were not let go.
    async fn begin(
        inputs: &Inputs<'_>,
        parts: Vec<PartOf>,
        mut kept: Option<&mut Vec<Vec<RecordBatch>>>,
    ) -> Result<Self, Error> {
        let (mut runs, mut held) = (Vec::new(), Vec::new());
        for PartOf { input, part } in parts {
            let order = Order::of(inputs.table, inputs.logical).map_err(Error::Sort)?;
            let opened = &inputs.opened[input];
            let rows = match &mut kept {
                Some(kept) => Source::Kept(std::mem::take(&mut kept[input]).into_iter()),
                None => {
                    let stored = opened.rows(part, run::READ_ROWS)?;
                    Source::Stored(Box::new(stored.without(inputs.table, inputs.erasing)))
                }
            };
            let numbers = Arc::clone(&inputs.renumbered[input]);
            let mut run = Run::new(rows, opened.extent().clone(), order, numbers);
            if let Some(batch) = run.load(held.len()).await? {
                held.push(batch);
                runs.push(run);
            }
        }
        let heads = Heads::new(runs.len(), |a, b| Run::precedes(&runs, a, b));
        Ok(Self { runs, heads, held, picked: Vec::with_capacity(WRITE_ROWS), group_rows: 0 })
    }

    /// The next rows; `None` after the last.
    async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        // A row group ends with a batch.
        let rows_max = WRITE_ROWS.min(ROW_GROUP_ROWS - self.group_rows);
        let mut picked_bytes = 0;
        while self.picked.len() < rows_max && picked_bytes < WRITE_BYTES_MAX {
            let Some(least) = self.heads.least() else { break };
            self.picked.push(self.runs[least].place());
            picked_bytes += self.runs[least].row_bytes();
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
        self.group_rows = (self.group_rows + self.picked.len()) % ROW_GROUP_ROWS;
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
