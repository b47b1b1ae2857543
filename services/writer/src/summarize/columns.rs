//! Columns of a batch by name, as rows are counted.

use arrow::{
    array::{
        Array, ArrayAccessor, AsArray, BinaryArray, BooleanArray, FixedSizeBinaryArray, Int64Array,
        RecordBatch, StringArray, TypedDictionaryArray, UInt8Array,
    },
    datatypes::{Int32Type, Int64Type, UInt8Type},
};

/// A batch of one of the lake's tables: its columns are there, with the schema's types.
pub(super) struct Columns<'a>(pub(super) &'a RecordBatch);

impl<'a> Columns<'a> {
    fn column(&self, name: &str) -> &'a dyn Array {
        self.0.column_by_name(name).expect("batches have their table's columns").as_ref()
    }

    pub(super) fn texts(&self, name: &str) -> &'a StringArray {
        self.column(name).as_string()
    }

    pub(super) fn binaries(&self, name: &str) -> &'a BinaryArray {
        self.column(name).as_binary()
    }

    pub(super) fn i64s(&self, name: &str) -> &'a Int64Array {
        self.column(name).as_primitive::<Int64Type>()
    }

    pub(super) fn u8s(&self, name: &str) -> &'a UInt8Array {
        self.column(name).as_primitive::<UInt8Type>()
    }

    pub(super) fn i32s(&self, name: &str) -> &'a arrow::array::Int32Array {
        self.column(name).as_primitive()
    }

    pub(super) fn bools(&self, name: &str) -> &'a BooleanArray {
        self.column(name).as_boolean()
    }

    pub(super) fn ids(&self, name: &str) -> &'a FixedSizeBinaryArray {
        self.column(name).as_fixed_size_binary()
    }
}

/// Resources of rows: once each as they were decoded, and with every row as they are stored.
pub(super) enum Resources<'a> {
    Once(TypedDictionaryArray<'a, Int32Type, BinaryArray>),
    Each(&'a BinaryArray),
}

impl<'a> Resources<'a> {
    pub(super) fn of(batch: &'a RecordBatch) -> Self {
        let column = Columns(batch).column("resource");
        let once = column.as_dictionary_opt::<Int32Type>().and_then(|held| held.downcast_dict());
        once.map_or_else(|| Self::Each(column.as_binary()), Self::Once)
    }

    pub(super) fn value(&self, row: usize) -> &'a [u8] {
        match self {
            Self::Once(resources) => resources.value(row),
            Self::Each(resources) => resources.value(row),
        }
    }
}

/// The cell; `None` where it is null.
pub(super) fn text(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}
