//! Several segments into one, without ever holding them: sorted runs in, one sorted file out, row by row.
//!
//! Read twice: once for what must be known before the first row is written (when each trace began), once for the rows.
//! In memory are, per input, one row group as it is stored and a batch of rows; of the output, one row group as it is
//! encoded; and 50 bytes or so for each trace of each input.

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
    encode::{Effort, options},
    layout::Layout,
    order::Order,
    write::numbered,
};
use crate::{Error, schema};
use heads::Heads;
use run::Run;

/// Rows picked before they are written.
const WRITE_ROWS: usize = 8_192;

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
    let survey = survey::of(table, inputs).await?;
    let mut merging = Merging::begin(table, inputs, survey.renumbered).await?;
    let Some(first) = merging.next().await? else { return Ok(None) };
    let options = options(id, table, &merging.schema, Effort::Merged);
    let mut writer = ArrowWriter::try_new_with_options(&mut *out, merging.schema.clone(), options)
        .map_err(Error::Encode)?;
    let mut merged = Merged { rows: 0, min_start_ns: i64::MAX, max_start_ns: i64::MIN };
    let mut batch = Some(first);
    while let Some(rows) = batch {
        merged.count(table, &rows);
        writer.write(&rows).map_err(Error::Encode)?;
        // Whoever wants to stop this has a chance between batches.
        tokio::task::yield_now().await;
        batch = merging.next().await?;
    }
    writer.finish().map_err(Error::Encode)?;
    let mut layout = Layout::default();
    layout.place(Section::Parquet, writer.bytes_written() as u64);
    drop(writer);
    for (section, bytes) in survey.traces.sections() {
        out.write_all(&bytes).map_err(written)?;
        layout.place(section, bytes.len() as u64);
    }
    out.write_all(&layout.directory()).map_err(written)?;
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
    /// Of the rows it answers: traces are numbers.
    schema: SchemaRef,
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
        mut renumbered: Vec<Vec<u32>>,
    ) -> Result<Self, Error> {
        let schema = numbered(&schema::of(table));
        let (mut runs, mut held) = (Vec::new(), Vec::new());
        for (input, numbers) in inputs.iter().zip(renumbered.drain(..)) {
            let order = Order::of(table, &schema).map_err(Error::Sort)?;
            let mut run = Run::open(input, &schema, order, numbers).await?;
            if let Some(batch) = run.load(held.len()).await? {
                held.push(batch);
                runs.push(run);
            }
        }
        let heads = Heads::new(runs.len(), |a, b| Run::precedes(&runs, a, b));
        Ok(Self { schema, runs, heads, held, picked: Vec::with_capacity(WRITE_ROWS) })
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
