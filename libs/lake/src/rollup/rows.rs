//! Rows of rollups as a table: [`crate::schema::rollups`].

use std::{ops::RangeInclusive, sync::Arc};

use arrow::{
    array::{
        Array, AsArray, BinaryArray, BinaryBuilder, Int64Array, Int64Builder, RecordBatch, StringArray,
        StringBuilder, UInt8Array, UInt8Builder,
    },
    compute::{max, min},
    datatypes::{Int64Type, UInt8Type},
    error::ArrowError,
};

use super::{DecodeError, Distinct, Histogram, Kind, Samples, Satisfaction, Summary};
use crate::schema;

/// What rows with the same one add up under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowKey {
    pub kind: Kind,
    /// Where the bucket begins: unix ns.
    pub at_ns: i64,
    pub service: Box<str>,
    pub name: Box<str>,
}

/// One row of a batch. Cells are decoded as they are asked for: most readers want one or two.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    rows: &'a Rows<'a>,
    row: usize,
}

/// The columns of a batch. Columns that were not read are absent, and their cells are empty.
#[derive(Debug)]
pub struct Rows<'a> {
    kind: &'a UInt8Array,
    at_ns: &'a Int64Array,
    service: &'a StringArray,
    name: &'a StringArray,
    ok: Option<&'a BinaryArray>,
    failed: Option<&'a BinaryArray>,
    apdex: Option<&'a BinaryArray>,
    people: Option<&'a BinaryArray>,
    samples: Option<&'a BinaryArray>,
    text: Option<&'a StringArray>,
}

/// Columns that every reader needs, in the order of the schema.
pub const KEY_COLUMNS: [&str; 4] = ["kind", "at_ns", "service", "name"];

impl<'a> Rows<'a> {
    /// `None` when a column of the key is missing or has another type.
    #[must_use]
    pub fn of(batch: &'a RecordBatch) -> Option<Self> {
        let text = |name: &str| batch.column_by_name(name)?.as_string_opt::<i32>();
        let binary = |name: &str| batch.column_by_name(name)?.as_binary_opt::<i32>();
        Some(Self {
            kind: batch.column_by_name("kind")?.as_primitive_opt::<UInt8Type>()?,
            at_ns: batch.column_by_name("at_ns")?.as_primitive_opt::<Int64Type>()?,
            service: text("service")?,
            name: text("name")?,
            ok: binary("ok"),
            failed: binary("failed"),
            apdex: binary("apdex"),
            people: binary("people"),
            samples: binary("samples"),
            text: text("text"),
        })
    }

    pub fn iter(&'a self) -> impl Iterator<Item = Row<'a>> {
        (0..self.kind.len()).map(|row| Row { rows: self, row })
    }

    /// Codes of kinds, and where buckets begin (unix ns), from the least to the most; `None` without rows.
    #[must_use]
    pub fn bounds(&self) -> Option<(RangeInclusive<u8>, RangeInclusive<i64>)> {
        Some((min(self.kind)?..=max(self.kind)?, min(self.at_ns)?..=max(self.at_ns)?))
    }

    /// Rows of these kinds. Where rows lie by kind, as in a segment, without a look at others.
    pub fn of_kinds(&'a self, kinds: &'a [Kind]) -> impl Iterator<Item = (Kind, Row<'a>)> {
        let codes = self.kind.values();
        let is_sorted = codes.is_sorted();
        kinds.iter().flat_map(move |&kind| {
            let rows = match is_sorted {
                true => {
                    let first = codes.partition_point(|code| *code < kind.code());
                    first..first + codes[first..].partition_point(|code| *code == kind.code())
                }
                false => 0..codes.len(),
            };
            let of_kind = rows.filter(move |&row| codes[row] == kind.code());
            of_kind.map(move |row| (kind, Row { rows: self, row }))
        })
    }
}

impl<'a> Row<'a> {
    /// `None` for a kind that only a newer program knows.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        Kind::from_code(self.rows.kind.value(self.row))
    }

    /// Where the bucket begins: unix ns.
    #[must_use]
    pub fn at_ns(&self) -> i64 {
        self.rows.at_ns.value(self.row)
    }

    #[must_use]
    pub fn service(&self) -> &'a str {
        self.rows.service.value(self.row)
    }

    #[must_use]
    pub fn name(&self) -> &'a str {
        self.rows.name.value(self.row)
    }

    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        let texts = self.rows.text?;
        texts.is_valid(self.row).then(|| texts.value(self.row))
    }

    /// Adds this row's durations of what succeeded and what failed.
    pub fn merge_durations(&self, ok: &mut Histogram, failed: &mut Histogram) -> Result<(), DecodeError> {
        if let Some(bytes) = self.cell(self.rows.ok) {
            ok.merge_encoded(bytes)?;
        }
        match self.cell(self.rows.failed) {
            Some(bytes) => failed.merge_encoded(bytes),
            None => Ok(()),
        }
    }

    /// Adds this row to a summary, as far as its columns were read.
    pub fn merge_into(&self, summary: &mut Summary) -> Result<(), DecodeError> {
        self.merge_durations(&mut summary.ok, &mut summary.failed)?;
        if let Some(bytes) = self.cell(self.rows.apdex) {
            summary.satisfaction.merge(&Satisfaction::decode(bytes)?);
        }
        if let Some(bytes) = self.cell(self.rows.people) {
            summary.people.merge(&Distinct::decode(bytes)?);
        }
        if let Some(bytes) = self.cell(self.rows.samples) {
            summary.samples.merge(&Samples::decode(bytes)?);
        }
        summary.merge_text(self.text());
        Ok(())
    }

    fn cell(&self, column: Option<&'a BinaryArray>) -> Option<&'a [u8]> {
        let column = column?;
        column.is_valid(self.row).then(|| column.value(self.row))
    }
}

/// Rows under construction.
#[derive(Debug, Default)]
pub struct Builder {
    kind: UInt8Builder,
    at_ns: Int64Builder,
    service: StringBuilder,
    name: StringBuilder,
    ok: BinaryBuilder,
    failed: BinaryBuilder,
    apdex: BinaryBuilder,
    people: BinaryBuilder,
    samples: BinaryBuilder,
    text: StringBuilder,
}

impl Builder {
    /// Adds a row. What is empty in the summary is null.
    pub fn push(&mut self, kind: Kind, at_ns: i64, service: &str, name: &str, summary: &Summary) {
        self.kind.append_value(kind.code());
        self.at_ns.append_value(at_ns);
        self.service.append_value(service);
        self.name.append_value(name);
        let histogram = |held: &Histogram| (!held.is_empty()).then(|| held.encode());
        self.ok.append_option(histogram(&summary.ok));
        self.failed.append_option(histogram(&summary.failed));
        self.apdex.append_option((!summary.satisfaction.is_empty()).then(|| summary.satisfaction.encode()));
        self.people.append_option((!summary.people.is_empty()).then(|| summary.people.encode()));
        self.samples.append_option((!summary.samples.is_empty()).then(|| summary.samples.encode()));
        self.text.append_option(summary.text.as_deref());
    }

    /// In the order of the schema.
    pub fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(
            schema::rollups(),
            vec![
                Arc::new(self.kind.finish()),
                Arc::new(self.at_ns.finish()),
                Arc::new(self.service.finish()),
                Arc::new(self.name.finish()),
                Arc::new(self.ok.finish()),
                Arc::new(self.failed.finish()),
                Arc::new(self.apdex.finish()),
                Arc::new(self.people.finish()),
                Arc::new(self.samples.finish()),
                Arc::new(self.text.finish()),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Sample, *};

    #[test]
    fn a_summary_comes_back_from_its_row() {
        let mut full = Summary { text: Some("select ?".into()), ..Summary::default() };
        full.count(5, false);
        full.count(7_000_000, true);
        full.satisfaction.add(5, false, 500);
        full.people.add(0x1234_5678_9abc_def0);
        full.samples.add(Sample {
            rank: 3,
            trace_id: [1; 16],
            span_id: [2; 8],
            start_ns: 9,
            duration_ns: 5,
            is_error: true,
        });
        let mut builder = Builder::default();
        builder.push(Kind::Statement, 10, "shop", "postgresql/0f", &full);
        builder.push(Kind::Service, 20, "shop", "", &Summary::default());
        let batch = builder.finish().unwrap();

        let rows = Rows::of(&batch).unwrap();
        assert_eq!(rows.bounds(), Some((Kind::Service.code()..=Kind::Statement.code(), 10..=20)));
        let read: Vec<Row<'_>> = rows.iter().collect();
        let mut summary = Summary::default();
        read[0].merge_into(&mut summary).unwrap();
        assert_eq!(summary, full);
        assert_eq!(
            (read[0].kind(), read[0].service(), read[0].name()),
            (Some(Kind::Statement), "shop", "postgresql/0f")
        );
        let mut empty = Summary::default();
        read[1].merge_into(&mut empty).unwrap();
        assert_eq!(empty, Summary::default());
    }

    #[test]
    fn rows_of_a_kind_are_found_whether_they_lie_by_kind_or_not() {
        let in_order = [Kind::Service, Kind::Service, Kind::Operation, Kind::Users];
        let mixed = [Kind::Users, Kind::Service, Kind::Operation, Kind::Service];
        for kinds in [in_order, mixed] {
            let mut builder = Builder::default();
            for (at_ns, kind) in (0..).zip(kinds) {
                builder.push(kind, at_ns, "shop", "", &Summary::default());
            }
            let batch = builder.finish().unwrap();
            let rows = Rows::of(&batch).unwrap();
            let wanted = [Kind::Users, Kind::Service, Kind::Slowest];
            let found: Vec<Kind> = rows.of_kinds(&wanted).map(|(kind, _)| kind).collect();
            assert_eq!(found, [Kind::Users, Kind::Service, Kind::Service]);
        }
    }

    #[test]
    fn columns_that_were_not_read_add_nothing() {
        let mut summary = Summary::default();
        summary.count(5, false);
        let mut builder = Builder::default();
        builder.push(Kind::Service, 0, "shop", "", &summary);
        let batch = builder.finish().unwrap().project(&[0, 1, 2, 3]).unwrap();
        let mut read = Summary::default();
        Rows::of(&batch).unwrap().iter().for_each(|row| row.merge_into(&mut read).unwrap());
        assert_eq!(read, Summary::default());
    }
}
