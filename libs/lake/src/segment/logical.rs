//! Rows of a segment with the columns of its table, whatever layout it has. Only traces stay numbers.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, RecordBatch, new_null_array},
    datatypes::{Schema, SchemaRef, UInt16Type},
    error::ArrowError,
};
use futures::TryStreamExt;
use naru_signal::Table;
use parquet::{
    arrow::{
        ParquetRecordBatchStreamBuilder, ProjectionMask,
        arrow_reader::{ArrowReaderMetadata, RowSelection},
        async_reader::ParquetRecordBatchStream,
    },
    file::metadata::ParquetMetaData,
    schema::types::SchemaDescriptor,
};

use super::{
    ExtentReader, Footer, TRACE_NUMBER,
    attributes::{ATTRIBUTES, REST, SHAPE, SHAPES_KEY, Shapes},
    erase::{Erased, Matching},
    footer::keyed,
    group_rows::Texts,
    parents::{PARENT, PARENT_SPAN_ID, SPAN_ID, SpanIds, Spans},
};
use crate::Error;

/// One segment, opened to answer the `wanted` columns of its rows.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    extent: ExtentReader,
    footer: Footer,
    /// Of the footer, with texts as they are wanted.
    file: ArrowReaderMetadata,
    wanted: SchemaRef,
    /// `None` where parents are spelled out, or not wanted.
    span_ids: Option<Arc<SpanIds>>,
}

/// Rows of some row groups: all of them, or those selected.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) row_groups: Vec<usize>,
    pub(super) rows: Option<RowSelection>,
}

impl Opened {
    pub(super) async fn of(extent: &ExtentReader, wanted: &SchemaRef) -> Result<Self, Error> {
        let footer = extent.footer(&extent.head().await?).await?;
        let has_places = footer.has_places() && wanted.index_of(PARENT_SPAN_ID).is_ok();
        let span_ids = if has_places { Some(Arc::new(extent.span_ids(&footer).await?)) } else { None };
        let file = footer.file().clone();
        Ok(Self { extent: extent.clone(), footer, file, wanted: Arc::clone(wanted), span_ids })
    }

    /// To be read with [`Self::simple_rows`].
    pub(super) fn simple(
        extent: &ExtentReader,
        footer: &Footer,
        wanted: SchemaRef,
        texts: Texts,
    ) -> Result<Self, Error> {
        let (file, wanted) = match texts {
            Texts::Spelled => (footer.file(), wanted),
            Texts::Keys => {
                let fields = wanted.fields().iter().map(keyed).collect::<Vec<_>>();
                let file = footer.keyed().map_err(|source| extent.undecodable(source))?;
                (file, Arc::new(Schema::new(fields)))
            }
        };
        let (extent, footer, file) = (extent.clone(), footer.clone(), file.clone());
        Ok(Self { extent, footer, file, wanted, span_ids: None })
    }

    pub(super) fn footer(&self) -> &Footer {
        &self.footer
    }

    pub(super) fn extent(&self) -> &ExtentReader {
        &self.extent
    }

    /// Rows as they lie in the file, whatever is left out.
    pub(super) fn count(&self) -> usize {
        usize::try_from(self.footer.metadata().file_metadata().num_rows()).unwrap_or(usize::MAX)
    }

    /// The same file, to answer fewer columns.
    pub(super) fn narrowed(&self, wanted: &SchemaRef) -> Self {
        Self { wanted: Arc::clone(wanted), ..self.clone() }
    }

    /// What all its rows take in memory, about.
    pub(super) fn decoded_bytes(&self) -> u64 {
        self.footer.decoded_bytes(&self.all().row_groups, |_| true)
    }

    pub(super) fn all(&self) -> Part {
        Part { row_groups: (0..self.footer.metadata().num_row_groups()).collect(), rows: None }
    }

    /// At most `batch_rows` rows at a time.
    pub(super) fn rows(&self, part: Part, batch_rows: usize) -> Result<Logical, Error> {
        let shapes = self.footer.shapes().map(AsRef::as_ref);
        let parquet = self.footer.file().parquet_schema();
        self.read(part, mask(parquet, |name| is_read_for(&self.wanted, shapes, name)), batch_rows)
    }

    /// Of columns that need nothing but themselves: neither attributes nor parents.
    pub(super) fn simple_rows(self, part: Part, batch_rows: usize) -> Result<Logical, Error> {
        let file = self.footer.file();
        let columns =
            self.wanted.fields().iter().filter_map(|field| file.schema().index_of(field.name()).ok());
        let mask = ProjectionMask::roots(file.parquet_schema(), columns);
        self.read(part, mask, batch_rows)
    }

    fn read(&self, part: Part, mask: ProjectionMask, batch_rows: usize) -> Result<Logical, Error> {
        let batch_rows =
            batch_rows.min(self.footer.batch_rows(&part.row_groups, |leaf| mask.leaf_included(leaf)));
        let stream = self.stored(part, mask).with_batch_size(batch_rows).build();
        let stream = stream.map_err(|source| self.extent.undecodable(source))?;
        Ok(Logical { opened: self.clone(), stream, erasing: None, erased: Erased::default() })
    }

    /// The values of one column.
    pub(super) async fn column(&self, part: Part, name: &str) -> Result<Vec<ArrayRef>, Error> {
        let failed = |source| self.extent.undecodable(source);
        let mask = mask(self.footer.file().parquet_schema(), |stored| stored == name);
        let mut stream = self.stored(part, mask).build().map_err(failed)?;
        let mut values = Vec::new();
        while let Some(rows) = stream.try_next().await.map_err(failed)? {
            values.extend(rows.columns().first().cloned());
        }
        Ok(values)
    }

    fn stored(&self, part: Part, mask: ProjectionMask) -> ParquetRecordBatchStreamBuilder<ExtentReader> {
        let (extent, file) = (self.extent.clone(), self.file.clone());
        let stored = ParquetRecordBatchStreamBuilder::new_with_metadata(extent, file)
            .with_row_groups(part.row_groups)
            .with_projection(mask);
        match part.rows {
            Some(rows) => stored.with_row_selection(rows),
            None => stored,
        }
    }
}

/// Rows of one segment as they are read.
pub(super) struct Logical {
    opened: Opened,
    stream: ParquetRecordBatchStream<ExtentReader>,
    erasing: Option<(Table, Matching)>,
    pub(super) erased: Erased,
}

impl Logical {
    /// Leaves out rows from now on. The wanted columns must hold attributes, resource and time.
    pub(super) fn without(mut self, table: Table, matching: Option<&Matching>) -> Self {
        self.erasing = matching.map(|matching| (table, matching.clone()));
        self
    }

    /// All rows of a segment.
    pub(super) async fn open(
        extent: &ExtentReader,
        wanted: &SchemaRef,
        batch_rows: usize,
    ) -> Result<Self, Error> {
        let opened = Opened::of(extent, wanted).await?;
        opened.rows(opened.all(), batch_rows)
    }

    /// The next rows; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let Opened { extent, footer, wanted, span_ids, .. } = &self.opened;
        let failed = |source| extent.undecodable(source);
        while let Some(stored) = self.stream.try_next().await.map_err(failed)? {
            let shapes = footer.shapes().map(AsRef::as_ref);
            let rows = in_table(&stored, wanted, shapes, span_ids.as_deref());
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
    pub async fn span_ids(&self, footer: &Footer) -> Result<SpanIds, Error> {
        let failed = |source| self.undecodable(source);
        let mask = mask(footer.file().parquet_schema(), |name| matches!(name, TRACE_NUMBER | SPAN_ID));
        let stored = ParquetRecordBatchStreamBuilder::new_with_metadata(self.clone(), footer.file().clone());
        let mut stream = stored.with_projection(mask).build().map_err(failed)?;
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
