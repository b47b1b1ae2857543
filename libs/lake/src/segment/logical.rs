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
    schema::types::SchemaDescriptor,
};

use super::{
    ExtentReader, TRACE_NUMBER,
    attributes::{ATTRIBUTES, REST, SHAPE, SHAPES_KEY, Shapes},
    erase::{Erased, Matching},
    parents::{PARENT, PARENT_SPAN_ID, SPAN_ID, SpanIds, Spans},
};
use crate::Error;

/// One segment as it is read.
pub(super) struct Logical {
    extent: ExtentReader,
    stream: ParquetRecordBatchStream<ExtentReader>,
    wanted: SchemaRef,
    /// `None` where attributes lie as they were sent.
    shapes: Option<Shapes>,
    /// `None` where parents are spelled out, or not wanted.
    span_ids: Option<SpanIds>,
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
        let has_places = builder.schema().index_of(PARENT).is_ok() && wanted.index_of(PARENT_SPAN_ID).is_ok();
        let span_ids = if has_places { Some(extent.span_ids().await?) } else { None };
        let mask = mask(builder.parquet_schema(), |name| is_read_for(wanted, shapes.as_ref(), name));
        let stream = builder.with_projection(mask).with_batch_size(batch_rows).build().map_err(failed)?;
        let (wanted, erased) = (Arc::clone(wanted), Erased::default());
        Ok(Self { extent: extent.clone(), stream, wanted, shapes, span_ids, erasing: None, erased })
    }

    /// The next rows; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let failed = |source| self.extent.undecodable(source);
        while let Some(stored) = self.stream.try_next().await.map_err(failed)? {
            let rows = in_table(&stored, &self.wanted, self.shapes.as_ref(), self.span_ids.as_ref());
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
    let is_wanted = |name: &str| wanted.index_of(name).is_ok();
    let of_attributes = |shapes: &Shapes| {
        column == SHAPE || column == REST || shapes.columns().any(|promoted| promoted == column)
    };
    is_wanted(column)
        || (is_wanted(ATTRIBUTES) && shapes.is_some_and(of_attributes))
        || (is_wanted(PARENT_SPAN_ID) && matches!(column, PARENT | TRACE_NUMBER | SPAN_ID))
}

/// Stored rows with the `wanted` columns. `span_ids`: where parents are places, those of these rows' traces.
pub(super) fn in_table(
    stored: &RecordBatch,
    wanted: &SchemaRef,
    shapes: Option<&Shapes>,
    span_ids: Option<&SpanIds>,
) -> Result<RecordBatch, ArrowError> {
    let columns: Result<Vec<ArrayRef>, ArrowError> = wanted
        .fields()
        .iter()
        .map(|field| match (stored.column_by_name(field.name()), shapes, span_ids) {
            (Some(spelled), _, Some(ids)) if field.name() == PARENT_SPAN_ID => parents(ids, spelled, stored),
            (Some(column), _, _) => Ok(Arc::clone(column)),
            (None, Some(shapes), _) if field.name() == ATTRIBUTES => attributes(shapes, stored),
            // One that the table has had only since.
            (None, _, _) => Ok(new_null_array(field.data_type(), stored.num_rows())),
        })
        .collect();
    RecordBatch::try_new(Arc::clone(wanted), columns?)
}

fn parents(span_ids: &SpanIds, spelled: &ArrayRef, stored: &RecordBatch) -> Result<ArrayRef, ArrowError> {
    let (traces, places) = (stored[TRACE_NUMBER].as_primitive(), stored[PARENT].as_primitive());
    Ok(Arc::new(span_ids.parents(traces, places, spelled.as_fixed_size_binary())?))
}

impl ExtentReader {
    /// The span ids of all its rows: 8 bytes each in the end, thrice as many on the way.
    pub async fn span_ids(&self) -> Result<SpanIds, Error> {
        let failed = |source| self.undecodable(source);
        let builder = ParquetRecordBatchStreamBuilder::new(self.clone()).await.map_err(failed)?;
        let mask = mask(builder.parquet_schema(), |name| matches!(name, TRACE_NUMBER | SPAN_ID));
        let mut stream = builder.with_projection(mask).build().map_err(failed)?;
        let mut spans = Spans::default();
        while let Some(rows) = stream.try_next().await.map_err(failed)? {
            spans.add(&rows);
        }
        Ok(spans.by_trace())
    }
}

fn mask(stored: &SchemaDescriptor, is_wanted: impl Fn(&str) -> bool) -> ProjectionMask {
    let fields = stored.root_schema().get_fields().iter().enumerate();
    let roots: Vec<usize> = fields.filter(|(_, field)| is_wanted(field.name())).map(|(at, _)| at).collect();
    ProjectionMask::roots(stored, roots)
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
