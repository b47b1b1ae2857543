//! Row groups by when their rows were received: who goes on where another ended needs the last of them.

use std::sync::Arc;

use arrow::{
    array::{AsArray, RecordBatch},
    datatypes::{DataType, Field, FieldRef, Schema},
    error::ArrowError,
};
use naru_signal::Table;

use super::{
    ExtentReader, Footer, TRACE_NUMBER,
    logical::{Logical, Opened, Part},
    read::trace_ids,
    traces::{TRACE_ID_BYTES, TraceTable},
    write::numbered,
};
use crate::{Error, schema};

const READ_ROWS: usize = 8_192;

/// A row group that may hold rows received since some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedGroup {
    pub number: usize,
    pub rows: u64,
}

impl Footer {
    /// Row groups that may hold rows received at `oldest_ms` (unix ms) or later, those with the newest first.
    #[must_use]
    pub fn received_since(&self, oldest_ms: i64) -> Vec<ReceivedGroup> {
        let mut groups = Vec::new();
        for number in 0..self.metadata().num_row_groups() {
            let newest_ms = self.ends_ns(number, "received_ms").map_or(i64::MAX, |(_, newest_ms)| newest_ms);
            if newest_ms >= oldest_ms {
                let rows = u64::try_from(self.metadata().row_group(number).num_rows()).unwrap_or_default();
                groups.push((newest_ms, ReceivedGroup { number, rows }));
            }
        }
        groups.sort_by_key(|(newest_ms, _)| std::cmp::Reverse(*newest_ms));
        groups.into_iter().map(|(_, group)| group).collect()
    }
}

/// Some columns of some row groups, as the lake's table has them, a batch at a time.
#[expect(missing_debug_implementations, reason = "a stream of rows shows nothing")]
pub struct GroupColumns {
    extent: ExtentReader,
    stored: Logical,
    traces: Option<TraceTable>,
}

impl GroupColumns {
    /// `columns` in the order of the answer; of all row groups, or of these (rising).
    pub async fn open(
        extent: &ExtentReader,
        table: Table,
        columns: &[&str],
        groups: Option<Vec<usize>>,
    ) -> Result<Self, Error> {
        let table = schema::of(table);
        let fields = columns.iter().map(|column| table.field_with_name(column).cloned());
        let wanted = Schema::new(fields.collect::<Result<Vec<Field>, _>>().map_err(Error::Sort)?);
        let traces = match wanted.index_of("trace_id") {
            Ok(_) => extent.trace_table(&extent.head().await?).await?,
            Err(_) => None,
        };
        let opened = Opened::of(extent, &numbered(&wanted)).await?;
        let part = match groups {
            Some(row_groups) => Part { row_groups, rows: None },
            None => opened.all(),
        };
        Ok(Self { extent: extent.clone(), stored: opened.rows(part, READ_ROWS)?, traces })
    }

    /// `None` after the last.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let Some(rows) = self.stored.next().await? else { return Ok(None) };
        let named = with_ids(&rows, self.traces.as_ref());
        named.map(Some).map_err(|error| self.extent.undecodable(error.into()))
    }
}

/// The rows with their traces' ids in the place of numbers, if they have any.
fn with_ids(rows: &RecordBatch, traces: Option<&TraceTable>) -> Result<RecordBatch, ArrowError> {
    let schema = rows.schema();
    let Ok(at) = schema.index_of(TRACE_NUMBER) else { return Ok(rows.clone()) };
    let mut fields: Vec<FieldRef> = schema.fields().iter().cloned().collect();
    let id = DataType::FixedSizeBinary(TRACE_ID_BYTES as i32);
    fields[at] = Arc::new(Field::new("trace_id", id, fields[at].is_nullable()));
    let mut columns = rows.columns().to_vec();
    columns[at] = Arc::new(trace_ids(rows.column(at).as_primitive(), traces)?);
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}
