//! A batch's columns by name and type.

use arrow::{
    array::{
        Array, AsArray, BinaryArray, BooleanArray, FixedSizeBinaryArray, Float64Array, Int32Array,
        Int64Array, RecordBatch, StringArray, UInt8Array, UInt64Array,
    },
    datatypes::{Float64Type, Int32Type, Int64Type, UInt8Type, UInt64Type},
};

use super::ScanError;
#[cfg(doc)]
use super::TraceRef;

/// Reads columns of one batch. A column that is missing or of another type is a mistake of ours and an error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'a>(pub &'a RecordBatch);

impl<'a> Rows<'a> {
    fn column<T: ?Sized>(
        self,
        column: &'static str,
        read: impl FnOnce(&'a dyn Array) -> Option<&'a T>,
    ) -> Result<&'a T, ScanError> {
        let array = self.0.column_by_name(column).map(AsRef::as_ref);
        array.and_then(read).ok_or(ScanError::Column { column })
    }

    pub(crate) fn texts(self, column: &'static str) -> Result<&'a StringArray, ScanError> {
        self.column(column, |array| array.as_string_opt::<i32>())
    }

    pub(crate) fn messages(self, column: &'static str) -> Result<&'a BinaryArray, ScanError> {
        self.column(column, |array| array.as_binary_opt::<i32>())
    }

    pub(crate) fn i64s(self, column: &'static str) -> Result<&'a Int64Array, ScanError> {
        self.column(column, |array| array.as_primitive_opt::<Int64Type>())
    }

    pub(crate) fn i32s(self, column: &'static str) -> Result<&'a Int32Array, ScanError> {
        self.column(column, |array| array.as_primitive_opt::<Int32Type>())
    }

    pub(crate) fn u8s(self, column: &'static str) -> Result<&'a UInt8Array, ScanError> {
        self.column(column, |array| array.as_primitive_opt::<UInt8Type>())
    }

    pub(crate) fn u64s(self, column: &'static str) -> Result<&'a UInt64Array, ScanError> {
        self.column(column, |array| array.as_primitive_opt::<UInt64Type>())
    }

    pub(crate) fn f64s(self, column: &'static str) -> Result<&'a Float64Array, ScanError> {
        self.column(column, |array| array.as_primitive_opt::<Float64Type>())
    }

    pub(crate) fn bools(self, column: &'static str) -> Result<&'a BooleanArray, ScanError> {
        self.column(column, |array| array.as_boolean_opt())
    }

    /// Read with [`TraceRef::of`].
    pub(crate) fn traces(self) -> Result<&'a BinaryArray, ScanError> {
        self.messages("trace_id")
    }

    pub(crate) fn ids(self, column: &'static str) -> Result<&'a FixedSizeBinaryArray, ScanError> {
        self.column(column, |array| array.as_fixed_size_binary_opt())
    }
}

/// A nullable text; empty counts as none.
#[must_use]
pub(crate) fn text(array: &StringArray, row: usize) -> Option<&str> {
    (array.is_valid(row) && !array.value(row).is_empty()).then(|| array.value(row))
}
