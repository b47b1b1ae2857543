//! What a segment's file says of its attributes, and how they are put together again.

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BinaryArray, BinaryBuilder, BooleanArray, Float64Array, Int32Array,
        Int64Array, StringArray, UInt16Array,
    },
    compute::cast,
    datatypes::{DataType, Float64Type, Int32Type, Int64Type},
    error::ArrowError,
};
use serde::{Deserialize, Serialize};

use super::wire::{Plain, put, split_first};

/// The file says here what its shapes are, as JSON.
pub const SHAPES_KEY: &str = "naru.shapes";
/// The column that numbers a row's shape; null: all attributes are in [`REST`].
pub const SHAPE: &str = "shape";
/// The column of what no other column says.
pub const REST: &str = "rest";

/// How the rows of one segment hold their attributes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Shapes {
    pub(super) sources: Vec<Source>,
    /// Per shape, a row's attributes in order: numbers of sources, and `None` for the next that is left in `rest`.
    pub(super) shapes: Vec<Vec<Option<u16>>>,
}

/// Where the values of one key are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Source {
    pub(super) key: String,
    pub(super) column: String,
}

impl Shapes {
    /// Reads what [`SHAPES_KEY`] holds.
    pub fn parse(text: &str) -> Result<Self, ArrowError> {
        let bad = |problem: String| ArrowError::ParseError(format!("shapes of attributes: {problem}"));
        let shapes: Self = serde_json::from_str(text).map_err(|error| bad(error.to_string()))?;
        let sources = shapes.sources.len();
        match shapes.shapes.iter().flatten().flatten().find(|source| usize::from(**source) >= sources) {
            Some(source) => Err(bad(format!("there is no source {source}"))),
            None => Ok(shapes),
        }
    }

    pub(in crate::segment) fn text(&self) -> String {
        serde_json::to_string(self).expect("names and numbers are always JSON")
    }

    /// Columns that values come from, besides [`SHAPE`] and [`REST`].
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|source| source.column.as_str())
    }

    /// Where rows of each shape have the value of `key`: the number of one of [`Self::columns`]. `None`: in [`REST`], if
    /// anywhere.
    #[must_use]
    pub fn places_of(&self, key: &str) -> Vec<Option<u16>> {
        let is_of =
            |source: &u16| self.sources.get(usize::from(*source)).is_some_and(|source| source.key == key);
        self.shapes.iter().map(|shape| shape.iter().flatten().copied().find(is_of)).collect()
    }

    /// The attributes of rows as they were sent. `columns`: those that [`Self::columns`] names, in order.
    pub fn restore(
        &self,
        shapes: &UInt16Array,
        rest: &BinaryArray,
        columns: &[ArrayRef],
    ) -> Result<BinaryArray, ArrowError> {
        let cells: Vec<Cells> = columns.iter().map(Cells::of).collect::<Result<_, _>>()?;
        let mut out = BinaryBuilder::with_capacity(shapes.len(), shapes.len() * 64);
        let mut row_bytes = Vec::new();
        for row in 0..shapes.len() {
            let mut left = rest.value(row);
            if shapes.is_null(row) {
                out.append_value(left);
                continue;
            }
            let number = shapes.value(row);
            let missing =
                || ArrowError::ParseError(format!("a row's attributes miss a part of shape {number}"));
            row_bytes.clear();
            for item in self.shapes.get(usize::from(number)).ok_or_else(missing)? {
                match item {
                    Some(source) => {
                        let source = usize::from(*source);
                        let value = cells.get(source).and_then(|cells| cells.value(row));
                        put(&mut row_bytes, &self.sources[source].key, value.ok_or_else(missing)?);
                    }
                    None => {
                        let (first, others) = split_first(left);
                        row_bytes.extend_from_slice(first);
                        left = others;
                    }
                }
            }
            out.append_value(&row_bytes);
        }
        Ok(out.finish())
    }
}

/// A column that holds values of attributes.
enum Cells {
    Text(StringArray),
    Int(Int64Array),
    Int32(Int32Array),
    Double(Float64Array),
    Bool(BooleanArray),
}

impl Cells {
    fn of(column: &ArrayRef) -> Result<Self, ArrowError> {
        Ok(match column.data_type() {
            DataType::Int64 => Self::Int(column.as_primitive::<Int64Type>().clone()),
            DataType::Int32 => Self::Int32(column.as_primitive::<Int32Type>().clone()),
            DataType::Float64 => Self::Double(column.as_primitive::<Float64Type>().clone()),
            DataType::Boolean => Self::Bool(column.as_boolean().clone()),
            // Whatever holds text in the reader's memory.
            _ => Self::Text(cast(column, &DataType::Utf8)?.as_string::<i32>().clone()),
        })
    }

    fn value(&self, row: usize) -> Option<Plain<'_>> {
        match self {
            Self::Text(cells) => cells.is_valid(row).then(|| Plain::Text(cells.value(row))),
            Self::Int(cells) => cells.is_valid(row).then(|| Plain::Int(cells.value(row))),
            Self::Int32(cells) => cells.is_valid(row).then(|| Plain::Int(cells.value(row).into())),
            Self::Double(cells) => cells.is_valid(row).then(|| Plain::Double(cells.value(row))),
            Self::Bool(cells) => cells.is_valid(row).then(|| Plain::Bool(cells.value(row))),
        }
    }
}
