//! Rows of a segment with the columns of its table, whatever layout it has. Only traces stay numbers.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, RecordBatch, new_null_array},
    datatypes::{SchemaRef, UInt16Type},
    error::ArrowError,
};
use futures::TryStreamExt;
use naru_signal::Table;
use parquet::{
    arrow::{ParquetRecordBatchStreamBuilder, ProjectionMask, async_reader::ParquetRecordBatchStream},
    file::metadata::ParquetMetaData,
};

use super::{
    ExtentReader,
    attributes::{ATTRIBUTES, REST, SHAPE, SHAPES_KEY, Shapes},
    erase::{Erased, Matching},
};
use crate::Error;

/// One segment as it is read.
pub(super) struct Logical {
    extent: ExtentReader,
    stream: ParquetRecordBatchStream<ExtentReader>,
    wanted: SchemaRef,
    /// `None` where attributes lie as they were sent.
    shapes: Option<Shapes>,
    erasing: Option<(Table, Matching)>,
    pub(super) erased: Erased,
}

impl Logical {
    /// Leaves out rows from now on. The wanted columns must hold attributes, resource and time.
    pub(super) fn without(mut self, table: Table, matching: Option<&Matching>) -> Self {
        self.erasing = matching.map(|matching| (table, matching.clone()));
        self
    }

    /// Answers the `wanted` columns, at most `batch_rows` rows at a time.
    pub(super) async fn open(
        extent: &ExtentReader,
        wanted: &SchemaRef,
        batch_rows: usize,
    ) -> Result<Self, Error> {
        let failed = |source| extent.undecodable(source);
        let builder = ParquetRecordBatchStreamBuilder::new(extent.clone()).await.map_err(failed)?;
        let shapes = shapes_of(builder.metadata()).map_err(|error| failed(error.into()))?;
        let stored = builder.parquet_schema().root_schema().get_fields();
        let roots: Vec<usize> = stored
            .iter()
            .enumerate()
            .filter(|(_, field)| is_read_for(wanted, shapes.as_ref(), field.name()))
            .map(|(at, _)| at)
            .collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
        let stream = builder.with_projection(mask).with_batch_size(batch_rows).build().map_err(failed)?;
        let (wanted, erased) = (Arc::clone(wanted), Erased::default());
        Ok(Self { extent: extent.clone(), stream, wanted, shapes, erasing: None, erased })
    }

    /// The next rows; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let failed = |source| self.extent.undecodable(source);
        while let Some(stored) = self.stream.try_next().await.map_err(failed)? {
            let rows = in_table(&stored, &self.wanted, self.shapes.as_ref());
            let mut rows = rows.map_err(|error| failed(error.into()))?;
            if let Some((table, matching)) = &self.erasing {
                let left = matching.without(*table, rows, &mut self.erased);
                rows = left.map_err(|error| failed(error.into()))?;
            }
            if rows.num_rows() > 0 {
                return Ok(Some(rows));
            }
        }
        Ok(None)
    }
}

/// Whether a stored column is one of the wanted, or one that they follow from.
pub(super) fn is_read_for(wanted: &SchemaRef, shapes: Option<&Shapes>, column: &str) -> bool {
    let of_attributes = |shapes: &Shapes| {
        column == SHAPE || column == REST || shapes.columns().any(|promoted| promoted == column)
    };
    wanted.index_of(column).is_ok()
        || (wanted.index_of(ATTRIBUTES).is_ok() && shapes.is_some_and(of_attributes))
}

/// Stored rows with the `wanted` columns.
pub(super) fn in_table(
    stored: &RecordBatch,
    wanted: &SchemaRef,
    shapes: Option<&Shapes>,
) -> Result<RecordBatch, ArrowError> {
    let columns: Result<Vec<ArrayRef>, ArrowError> = wanted
        .fields()
        .iter()
        .map(|field| match (stored.column_by_name(field.name()), shapes) {
            (Some(column), _) => Ok(Arc::clone(column)),
            (None, Some(shapes)) if field.name() == ATTRIBUTES => attributes(shapes, stored),
            // One that the table has had only since.
            (None, _) => Ok(new_null_array(field.data_type(), stored.num_rows())),
        })
        .collect();
    RecordBatch::try_new(Arc::clone(wanted), columns?)
}

fn attributes(shapes: &Shapes, stored: &RecordBatch) -> Result<ArrayRef, ArrowError> {
    let column = |name: &str| {
        let missing = || ArrowError::SchemaError(format!("a segment has no column {name}"));
        stored.column_by_name(name).cloned().ok_or_else(missing)
    };
    let columns = shapes.columns().map(column).collect::<Result<Vec<_>, _>>()?;
    let (shape, rest) = (column(SHAPE)?, column(REST)?);
    let shape = shape.as_primitive_opt::<UInt16Type>();
    let (Some(shape), Some(rest)) = (shape, rest.as_binary_opt::<i32>()) else {
        return Err(ArrowError::SchemaError("a segment's shapes are of another type".to_owned()));
    };
    Ok(Arc::new(shapes.restore(shape, rest, &columns)?))
}

pub(super) fn shapes_of(metadata: &ParquetMetaData) -> Result<Option<Shapes>, ArrowError> {
    let pairs = metadata.file_metadata().key_value_metadata();
    let pair = pairs.into_iter().flatten().find(|pair| pair.key == SHAPES_KEY);
    pair.and_then(|pair| pair.value.as_deref()).map(Shapes::parse).transpose()
}
