//! A Parquet file under way, and encoders for its columns.
//!
//! Pages of a file are not all of one length. Columns by which rows are looked for, and those that a reader must decode from
//! a page's begin, have short ones. Of the others, which hold keys of few bits into a dictionary, or nothing, a
//! reader passes over as many rows as it likes in no time, while each page costs it some microseconds whatever is in it.

use std::{
    io::{self, Write},
    sync::Arc,
};

use arrow::{
    array::RecordBatch,
    datatypes::{Schema, SchemaRef},
};
use parquet::{
    arrow::{
        ArrowWriter,
        arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions, compute_leaves},
    },
    errors::Result as ParquetResult,
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::types::ColumnPath,
};

use super::encode::{INDEXED, KEY_PAGE_ROWS};

/// Makes encoders for the columns of a row group. No column is nested.
#[derive(Debug)]
pub(super) struct Encoders {
    short: ArrowRowGroupWriterFactory,
    long: ArrowRowGroupWriterFactory,
    /// By column.
    has_long_pages: Vec<bool>,
}

impl Encoders {
    /// Begins a file; columns that are `empty` have no value in any row. Without the Arrow schema in it, a reader sees the
    /// plain types whatever the writer held in memory.
    pub(super) fn begin<W: Write + Send>(
        out: W,
        stored: &SchemaRef,
        properties: WriterProperties,
        empty: &[&str],
    ) -> ParquetResult<(SerializedFileWriter<W>, Self)> {
        let names = stored.fields().iter().map(|field| field.name().as_str());
        let has_long_pages = names.map(|name| empty.contains(&name) || holds_keys(&properties, name));
        let has_long_pages: Vec<bool> = has_long_pages.collect();
        let (mut long, mut short) = (Vec::new(), Vec::new());
        for (field, is_long) in stored.fields().iter().zip(&has_long_pages) {
            if *is_long { &mut long } else { &mut short }.push(Arc::clone(field));
        }
        let long_rows = properties.data_page_row_count_limit().max(KEY_PAGE_ROWS);
        let long_pages = properties.clone().into_builder().set_data_page_row_count_limit(long_rows).build();
        // Encoders are made by a writer of a file. These write none.
        let (_, long) = begin(io::sink(), Schema::new(long).into(), long_pages)?;
        let (_, short) = begin(io::sink(), Schema::new(short).into(), properties.clone())?;
        let (file, _) = begin(out, Arc::clone(stored), properties)?;
        Ok((file, Self { short, long, has_long_pages }))
    }

    /// Of all columns, in their order.
    pub(super) fn of_group(&self, index: usize) -> ParquetResult<Vec<ArrowColumnWriter>> {
        let mut short = self.short.create_column_writers(index)?.into_iter();
        let mut long = self.long.create_column_writers(index)?.into_iter();
        let of_column = |is_long: &bool| if *is_long { long.next() } else { short.next() };
        Ok(self.has_long_pages.iter().filter_map(of_column).collect())
    }
}

/// And no reader looks for rows by it.
fn holds_keys(properties: &WriterProperties, column: &str) -> bool {
    properties.dictionary_enabled(&ColumnPath::from(column)) && !INDEXED.contains(&column)
}

fn begin<W: Write + Send>(
    out: W,
    stored: SchemaRef,
    properties: WriterProperties,
) -> ParquetResult<(SerializedFileWriter<W>, ArrowRowGroupWriterFactory)> {
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    ArrowWriter::try_new_with_options(out, stored, options)?.into_serialized_writer()
}

/// Rows of a row group under way, as they come.
#[derive(Debug)]
pub(super) struct RowGroup {
    encoders: Vec<ArrowColumnWriter>,
    pub(super) rows: usize,
}

impl RowGroup {
    pub(super) fn begin(encoders: &Encoders, index: usize) -> ParquetResult<Self> {
        Ok(Self { encoders: encoders.of_group(index)?, rows: 0 })
    }

    pub(super) fn write(&mut self, rows: &RecordBatch) -> ParquetResult<()> {
        let mut encoders = self.encoders.iter_mut();
        for (field, column) in rows.schema_ref().fields().iter().zip(rows.columns()) {
            for (leaf, encoder) in compute_leaves(field, column)?.iter().zip(&mut encoders) {
                encoder.write(leaf)?;
            }
        }
        self.rows += rows.num_rows();
        Ok(())
    }

    pub(super) fn end<W: Write + Send>(self, file: &mut SerializedFileWriter<W>) -> ParquetResult<()> {
        let mut group = file.next_row_group()?;
        for encoder in self.encoders {
            encoder.close()?.append_to_row_group(&mut group)?;
        }
        group.close()?;
        Ok(())
    }
}
