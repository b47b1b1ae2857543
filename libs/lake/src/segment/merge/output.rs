//! What a merge writes: rows as they come, then what lies beside them.

use std::io::Write;

use arrow::{
    array::{AsArray, RecordBatch},
    compute::{max, min},
    datatypes::{Int64Type, SchemaRef},
};
use naru_ids::SegmentId;
use naru_signal::Table;
use parquet::file::writer::SerializedFileWriter;

use super::{
    super::{
        Section,
        attributes::Promotion,
        encode::{Effort, ROW_GROUP_ROWS, properties},
        encoders::{Encoders, RowGroup},
        layout::{Layout, Version},
        pairs::Pairs,
        parents::{SpanIds, with_places},
        traces::Traces,
    },
    Merged, written,
};
use crate::{Error, schema};

/// A segment under way. Nothing is written before its first row.
pub(super) struct Output<W: Write + Send> {
    table: Table,
    file: SerializedFileWriter<W>,
    encoders: Encoders,
    /// Under way, with at least one row.
    group: Option<RowGroup>,
    promotion: Option<Promotion>,
    span_ids: SpanIds,
    pairs: Pairs,
    merged: Merged,
}

impl<W: Write + Send> Output<W> {
    /// For rows of `logical`, with no value in columns that are `empty`.
    pub(super) fn begin(
        id: SegmentId,
        table: Table,
        logical: &SchemaRef,
        promotion: Option<Promotion>,
        span_ids: SpanIds,
        empty: &[&str],
        out: W,
    ) -> Result<Self, Error> {
        let stored =
            promotion.as_ref().map_or_else(|| logical.clone(), |promotion| promotion.schema(logical));
        let stored = with_places(&stored);
        let shapes = promotion.as_ref().map(|promotion| promotion.shapes(logical));
        let properties = properties(id, table, &stored, Effort::Merged, shapes.as_ref(), empty);
        let (file, encoders) = Encoders::begin(out, &stored, properties, empty).map_err(Error::Encode)?;
        let merged = Merged { rows: 0, min_start_ns: i64::MAX, max_start_ns: i64::MIN };
        Ok(Self { table, file, encoders, group: None, promotion, span_ids, pairs: Pairs::default(), merged })
    }

    pub(super) fn write(&mut self, rows: RecordBatch) -> Result<(), Error> {
        self.merged.count(self.table, &rows);
        self.pairs.add(&rows);
        let rows = match &mut self.promotion {
            Some(promotion) => promotion.apply(&rows).map_err(Error::Sort)?,
            None => rows,
        };
        let rows = self.span_ids.shorten(rows).map_err(Error::Sort)?;
        let index = self.file.flushed_row_groups().len();
        let mut group = match self.group.take() {
            Some(group) => group,
            None => RowGroup::begin(&self.encoders, index).map_err(Error::Encode)?,
        };
        group.write(&rows).map_err(Error::Encode)?;
        let is_full = group.rows >= ROW_GROUP_ROWS;
        self.group = Some(group);
        if is_full { self.end_group() } else { Ok(()) }
    }

    /// The next row is of another row group.
    pub(super) fn end_group(&mut self) -> Result<(), Error> {
        if let Some(group) = self.group.take() {
            group.end(&mut self.file).map_err(Error::Encode)?;
            self.pairs.end_group();
        }
        Ok(())
    }

    /// After the last row.
    pub(super) fn finish(mut self, traces: &Traces) -> Result<Merged, Error> {
        self.end_group()?;
        self.file.finish().map_err(Error::Encode)?;
        let mut layout = Layout::default();
        layout.place(Section::Parquet, self.file.bytes_written() as u64);
        let pairs = self.pairs.finish().map(|bytes| (Section::PairFilter, bytes));
        let out = self.file.inner_mut();
        for (section, bytes) in pairs.into_iter().chain(traces.sections()) {
            out.write_all(&bytes).map_err(written)?;
            layout.place(section, bytes.len() as u64);
        }
        out.write_all(&layout.directory(Version::Parents)).map_err(written)?;
        Ok(self.merged)
    }
}

impl Merged {
    fn count(&mut self, table: Table, rows: &RecordBatch) {
        let times = rows[schema::time_column(table)].as_primitive::<Int64Type>();
        self.rows += rows.num_rows() as u64;
        self.min_start_ns = min(times).map_or(self.min_start_ns, |least| least.min(self.min_start_ns));
        self.max_start_ns = max(times).map_or(self.max_start_ns, |most| most.max(self.max_start_ns));
    }
}
