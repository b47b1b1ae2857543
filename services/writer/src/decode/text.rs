//! Columns under construction, and how they become one batch.

use std::{fmt::Write, sync::Arc};

use arrow::{
    array::{
        Array, ArrayRef, BinaryArray, BinaryBuilder, DictionaryArray, FixedSizeBinaryBuilder, Int32Array,
        RecordBatch, StringArray, StringBuilder,
    },
    datatypes::{DataType, Field, Int32Type, Schema, SchemaRef},
};
use naru_lake::schema;
use naru_signal::Signal;

/// How the tail holds the `resource` column: each value once. Readers and segments see plain values.
fn resource_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Binary))
}

/// The signal's lake schema, but for the resource.
pub(super) fn held_schema(signal: Signal) -> SchemaRef {
    let fields: Vec<Field> = schema::of(signal)
        .fields()
        .iter()
        .map(|field| match field.name().as_str() {
            "resource" => Field::new("resource", resource_type(), false),
            _ => field.as_ref().clone(),
        })
        .collect();
    Arc::new(Schema::new(fields))
}

pub(super) fn resource_column(keys: Vec<i32>, values: Vec<Vec<u8>>) -> ArrayRef {
    let keys = Int32Array::from(keys);
    let values: ArrayRef = Arc::new(BinaryArray::from_iter_values(values));
    Arc::new(
        DictionaryArray::<Int32Type>::try_new(keys, values).expect("every key was given out for a value"),
    )
}

/// Columns in the order of the schema.
pub(super) fn batch(signal: Signal, columns: Vec<ArrayRef>) -> RecordBatch {
    RecordBatch::try_new(held_schema(signal), columns)
        .expect("columns are built in the order of their schema")
}

/// A finished column without the room it had to grow.
pub(super) fn fit<A: Array + Shrink + 'static>(mut array: A) -> ArrayRef {
    array.shrink();
    Arc::new(array)
}

/// Arrays whose buffers can be cut to what they hold: the tail counts every byte.
pub(super) trait Shrink {
    fn shrink(&mut self);
}

macro_rules! shrink {
    ($($array:ty),* $(,)?) => {
        $(impl Shrink for $array {
            fn shrink(&mut self) {
                Array::shrink_to_fit(self);
            }
        })*
    };
}

shrink!(
    StringArray,
    BinaryArray,
    arrow::array::Int64Array,
    arrow::array::Int32Array,
    arrow::array::UInt8Array,
    arrow::array::UInt64Array,
    arrow::array::Float64Array,
    arrow::array::BooleanArray,
    arrow::array::FixedSizeBinaryArray,
);

/// A text column. Most cells of most columns are empty: these are only counted until a text comes.
pub(super) struct Text {
    cells: StringBuilder,
    nulls: usize,
}

impl Default for Text {
    fn default() -> Self {
        // The builder's own default reserves for 1,024 rows, times fifty columns and every tenant of a pack.
        Self { cells: StringBuilder::with_capacity(0, 0), nulls: 0 }
    }
}

impl Text {
    pub(super) fn push(&mut self, value: &str) {
        self.settle();
        self.cells.append_value(value);
    }

    /// These, one after the other.
    pub(super) fn push_parts(&mut self, parts: &[&str]) {
        self.settle();
        for part in parts {
            self.cells.write_str(part).expect("a column takes any text");
        }
        self.cells.append_value("");
    }

    pub(super) fn push_option(&mut self, value: Option<&str>) {
        match value {
            Some(value) => self.push(value),
            None => self.nulls += 1,
        }
    }

    fn settle(&mut self) {
        if self.nulls > 0 {
            self.cells.append_nulls(std::mem::take(&mut self.nulls));
        }
    }

    pub(super) fn finish(mut self) -> ArrayRef {
        self.settle();
        fit(self.cells.finish())
    }
}

/// A column of messages as they were sent.
pub(super) struct Messages(BinaryBuilder);

impl Default for Messages {
    fn default() -> Self {
        Self(BinaryBuilder::with_capacity(16, 0))
    }
}

impl Messages {
    pub(super) fn push(&mut self, value: &[u8]) {
        self.0.append_value(value);
    }

    /// Nothing is said to be nothing.
    pub(super) fn push_unless_empty(&mut self, value: &[u8]) {
        self.0.append_option((!value.is_empty()).then_some(value));
    }

    pub(super) fn finish(mut self) -> ArrayRef {
        fit(self.0.finish())
    }
}

/// A column of ids of `N` bytes.
pub(super) struct Ids<const N: i32>(FixedSizeBinaryBuilder);

impl<const N: i32> Default for Ids<N> {
    fn default() -> Self {
        Self(FixedSizeBinaryBuilder::with_capacity(16, N))
    }
}

impl<const N: i32> Ids<N> {
    /// An id of another length, or of zeros alone, is none.
    pub(super) fn push_valid(&mut self, id: &[u8]) {
        let is_valid = id.len() == N as usize && id.iter().any(|byte| *byte != 0);
        if is_valid {
            self.push(id);
        } else {
            self.0.append_null();
        }
    }

    /// The caller has checked its length.
    pub(super) fn push(&mut self, id: &[u8]) {
        self.0.append_value(id).expect("the id was checked to have N bytes");
    }

    pub(super) fn finish(mut self) -> ArrayRef {
        fit(self.0.finish())
    }
}
