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

use super::json;
use crate::{
    parse::ms_of_ns,
    scan::{Incomplete, ScanError},
};

const ROWS_MAX: usize = 10_000;
/// Of values; names and commas come on top.
const BYTES_MAX: usize = 8 << 20;

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
    /// `text`, `number`, `boolean`, `time` (unix ms) or `attributes`.
    #[serde(rename = "type")]
    kind: &'static str,
}

/// An answer under construction.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<SqlColumn>,
    rows: Vec<Vec<Value>>,
    bytes: usize,
    truncated: Option<&'static str>,
}

impl Table {
    #[must_use]
    pub(crate) fn new(schema: &Schema) -> Self {
        let column = |field: &arrow::datatypes::FieldRef| SqlColumn {
            name: field.name().clone(),
            kind: kind(field.data_type()),
        };
        let columns = schema.fields().iter().map(column).collect();
        Self { columns, rows: Vec::new(), bytes: 0, truncated: None }
    }

    /// Takes rows as far as there is room.
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        self.take(batch).map_err(|error| DataFusionError::from(error).into())
    }

    fn take(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let cells: Vec<Cells> = batch.columns().iter().map(Cells::of).collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            if self.rows.len() >= ROWS_MAX {
                self.truncated =
                    Some("only the first 10,000 rows are shown: add LIMIT, or group rows together");
                return Ok(());
            }
            let mut values = Vec::with_capacity(cells.len());
            for cells in &cells {
                let value = cells.value(row)?;
                self.bytes += size(&value);
                values.push(value);
            }
            if self.bytes > BYTES_MAX {
                self.truncated = Some("only the first 8 MiB are shown: select fewer columns, or add LIMIT");
                return Ok(());
            }
            self.rows.push(values);
        }
        Ok(())
    }

    /// No more rows are wanted.
    #[must_use]
    pub(crate) const fn is_full(&self) -> bool {
        self.truncated.is_some()
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
            _ => Self::Other(column.clone()),
        })
    }

    fn value(&self, row: usize) -> Result<Value, ArrowError> {
        let (Self::Int(cells)
        | Self::Number(cells)
        | Self::Bool(cells)
        | Self::Time(cells)
        | Self::Message(cells)
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
            Self::Other(cells) => {
                let options = FormatOptions::default();
                let text = ArrayFormatter::try_new(cells.as_ref(), &options)?;
                text.value(row).to_string().into()
            }
        })
    }
}
