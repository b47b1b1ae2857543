//! Rows of an SQL answer as JSON, up to what a person can use.

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    compute::cast,
    datatypes::{DataType, Float64Type, Int64Type, Schema, TimeUnit, TimestampNanosecondType},
    error::ArrowError,
    util::display::{ArrayFormatter, FormatOptions},
};
use datafusion::error::DataFusionError;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{exemplar, json};
use crate::{
    parse::ms_of_ns,
    scan::{Incomplete, ScanError},
};

/// How much of an answer there may be.
#[derive(Debug)]
pub(crate) struct Room {
    rows: usize,
    /// Of values; names and commas come on top.
    bytes: usize,
    no_more_rows: &'static str,
    no_more_bytes: &'static str,
}

impl Room {
    /// Of an answer that is held as a whole.
    pub(crate) const WHOLE: Self = Self {
        rows: 10_000,
        bytes: 8 << 20,
        no_more_rows: "only the first 10,000 rows are shown: add LIMIT, or group rows together",
        no_more_bytes: "only the first 8 MiB are shown: select fewer columns, or add LIMIT",
    };
    /// Of one that is sent row by row.
    pub(crate) const STREAMED: Self = Self {
        rows: 1_000_000,
        bytes: 256 << 20,
        no_more_rows: "only the first 1,000,000 rows were sent: add LIMIT, or group rows together",
        no_more_bytes: "only the first 256 MiB were sent: select fewer columns, or add LIMIT",
    };
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SqlAnswer {
    columns: Vec<SqlColumn>,
    /// One array per row, values in the order of the columns.
    #[schema(value_type = Vec<Vec<Object>>)]
    rows: Vec<Vec<Value>>,
    /// Null when `rows` are all there are; else why not, and what to do.
    truncated: Option<&'static str>,
    incomplete: Vec<Incomplete>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SqlColumn {
    name: String,
    /// `text`, `number`, `boolean`, `time` (unix ms), `attributes` or `exemplars`.
    #[serde(rename = "type")]
    kind: &'static str,
}

/// An answer under construction.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<SqlColumn>,
    rows: Vec<Vec<Value>>,
    /// What is left of it.
    room: Room,
    truncated: Option<&'static str>,
}

impl Table {
    #[must_use]
    pub(crate) fn new(schema: &Schema, room: Room) -> Self {
        let column = |field: &arrow::datatypes::FieldRef| SqlColumn {
            name: field.name().clone(),
            kind: kind(field.data_type()),
        };
        let columns = schema.fields().iter().map(column).collect();
        Self { columns, rows: Vec::new(), room, truncated: None }
    }

    /// Takes rows as far as there is room.
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        self.take(batch).map_err(|error| DataFusionError::from(error).into())
    }

    fn take(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let cells: Vec<Cells> = batch.columns().iter().map(Cells::of).collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            let Some(rows_left) = self.room.rows.checked_sub(1) else {
                self.truncated = Some(self.room.no_more_rows);
                return Ok(());
            };
            let values = cells.iter().map(|cells| cells.value(row)).collect::<Result<Vec<_>, _>>()?;
            let Some(bytes_left) = self.room.bytes.checked_sub(values.iter().map(size).sum()) else {
                self.truncated = Some(self.room.no_more_bytes);
                return Ok(());
            };
            (self.room.rows, self.room.bytes) = (rows_left, bytes_left);
            self.rows.push(values);
        }
        Ok(())
    }

    /// No more rows are wanted.
    #[must_use]
    pub(crate) const fn is_full(&self) -> bool {
        self.truncated.is_some()
    }

    /// The line before the rows: `{"columns":[…]}`.
    #[must_use]
    pub(crate) fn first_line(&self) -> String {
        format!("{}\n", serde_json::json!({ "columns": self.columns }))
    }

    /// Rows since the last call, an array each.
    #[must_use]
    pub(crate) fn take_lines(&mut self) -> String {
        let line = |row: Vec<Value>| format!("{}\n", Value::Array(row));
        self.rows.drain(..).map(line).collect()
    }

    /// The line after the rows: an answer without it was cut off.
    #[must_use]
    pub(crate) fn last_line(&self, incomplete: &[Incomplete]) -> String {
        format!("{}\n", serde_json::json!({ "truncated": self.truncated, "incomplete": incomplete }))
    }

    #[must_use]
    pub(crate) fn finish(self, incomplete: Vec<Incomplete>) -> SqlAnswer {
        SqlAnswer { columns: self.columns, rows: self.rows, truncated: self.truncated, incomplete }
    }
}

fn kind(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Boolean => "boolean",
        DataType::Timestamp(..) => "time",
        DataType::Binary => "attributes",
        DataType::LargeBinary => "exemplars",
        data_type if data_type.is_numeric() => "number",
        _ => "text",
    }
}

/// Bytes in the answer, about.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Object(members) => members.iter().map(|(key, value)| key.len() + 4 + size(value)).sum(),
        Value::Array(values) => values.iter().map(size).sum::<usize>() + 2,
        _ => 8,
    }
}

/// A column of any type.
enum Cells {
    /// Whole numbers that JSON's readers keep.
    Int(ArrayRef),
    Number(ArrayRef),
    Bool(ArrayRef),
    Time(ArrayRef),
    Message(ArrayRef),
    Exemplars(ArrayRef),
    Other(ArrayRef),
}

impl Cells {
    fn of(column: &ArrayRef) -> Result<Self, ArrowError> {
        let as_type = |data_type| cast(column, &data_type);
        Ok(match column.data_type() {
            data_type if data_type.is_integer() && *data_type != DataType::UInt64 => {
                Self::Int(as_type(DataType::Int64)?)
            }
            data_type if data_type.is_numeric() => Self::Number(as_type(DataType::Float64)?),
            DataType::Boolean => Self::Bool(column.clone()),
            DataType::Timestamp(..) => Self::Time(as_type(DataType::Timestamp(TimeUnit::Nanosecond, None))?),
            DataType::Binary => Self::Message(column.clone()),
            DataType::LargeBinary => Self::Exemplars(column.clone()),
            _ => Self::Other(column.clone()),
        })
    }

    fn value(&self, row: usize) -> Result<Value, ArrowError> {
        let (Self::Int(cells)
        | Self::Number(cells)
        | Self::Bool(cells)
        | Self::Time(cells)
        | Self::Message(cells)
        | Self::Exemplars(cells)
        | Self::Other(cells)) = self;
        if cells.is_null(row) {
            return Ok(Value::Null);
        }
        Ok(match self {
            Self::Int(cells) => cells.as_primitive::<Int64Type>().value(row).into(),
            // What is no number becomes null.
            Self::Number(cells) => cells.as_primitive::<Float64Type>().value(row).into(),
            Self::Bool(cells) => cells.as_boolean().value(row).into(),
            Self::Time(cells) => ms_of_ns(cells.as_primitive::<TimestampNanosecondType>().value(row)).into(),
            Self::Message(cells) => {
                Value::Object(json::attributes(cells.as_binary::<i32>().value(row)).into_iter().collect())
            }
            Self::Exemplars(cells) => {
                let read = exemplar::read(cells.as_binary::<i64>().value(row));
                read.map(|one| serde_json::to_value(one).unwrap_or(Value::Null)).collect()
            }
            Self::Other(cells) => {
                let options = FormatOptions::default();
                let text = ArrayFormatter::try_new(cells.as_ref(), &options)?;
                text.value(row).to_string().into()
            }
        })
    }
}
