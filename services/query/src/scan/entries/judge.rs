//! Which rows of a batch are in a list, and where.

use arrow::{
    array::{Array, AsArray, FixedSizeBinaryArray, Int64Array, RecordBatch, UInt8Array},
    buffer::BooleanBuffer,
    datatypes::Int32Type,
};
use naru_lake::segment::Sure;

use crate::{
    plan::{EntryFilter, EntryPage},
    scan::{Rows, ScanError},
};

/// One batch.
pub(super) struct Judge<'a> {
    page: EntryPage,
    /// By row.
    fits: BooleanBuffer,
    /// Of the column that sorts; `None` when nobody asks which rows they are, like the next two.
    values: Option<&'a Int64Array>,
    received: Option<&'a Int64Array>,
    spans: Option<&'a FixedSizeBinaryArray>,
}

/// Columns that decide whether a row is in the list, where that is not `sure`.
pub(super) fn deciding(filter: &EntryFilter, sure: Sure) -> impl Iterator<Item = &'static str> {
    let times = [
        (!sure.is_entry).then_some("is_entry"),
        (!sure.start_ns).then_some("start_ns"),
        (!sure.duration_ns).then_some("duration_ns"),
        filter.status.map(|_| "status_code"),
    ];
    times.into_iter().flatten().chain(texts_of(filter, sure).map(|(column, _)| column))
}

/// Texts a filter names, by column.
fn texts_of(filter: &EntryFilter, sure: Sure) -> impl Iterator<Item = (&'static str, &str)> {
    let named = [
        ("service_name", filter.application.as_deref().filter(|_| !sure.service)),
        ("service_instance", filter.instance.as_deref()),
        ("operation", filter.operation.as_deref()),
    ];
    named.into_iter().filter_map(|(column, text)| Some((column, text?)))
}

impl<'a> Judge<'a> {
    /// Columns that are `sure` need not be there. Those that say where a row is must be when it `is_shown`.
    pub(super) fn new(
        filter: &EntryFilter,
        page: EntryPage,
        sure: Sure,
        is_shown: bool,
        batch: &'a RecordBatch,
    ) -> Result<Self, ScanError> {
        let rows = Rows(batch);
        let shown = |column| is_shown.then(|| rows.i64s(column)).transpose();
        Ok(Self {
            page,
            fits: fitting(filter, sure, batch)?,
            values: shown(page.column)?,
            received: page.after.and_then(|_| shown("received_ms").transpose()).transpose()?,
            spans: is_shown.then(|| rows.ids("span_id")).transpose()?,
        })
    }

    /// Rows that are in the list.
    pub(super) fn count(&self) -> u64 {
        self.fits.count_set_bits() as u64
    }

    /// Rows that are in the list after what pages before have shown, and were there then: each with the value that sorts,
    /// and its span id.
    pub(super) fn shown(&self) -> impl Iterator<Item = (usize, i64, u64)> {
        let keyed = self.values.zip(self.spans).into_iter().flat_map(|(values, spans)| {
            let span = |row| spans.value(row).try_into().map_or(0, u64::from_be_bytes);
            self.fits.set_indices().map(move |row| (row, values.value(row), span(row)))
        });
        keyed.filter(|&(row, value, span)| {
            self.page.after.is_none_or(|(place, through_ms)| {
                self.received.is_none_or(|received| received.value(row) <= through_ms)
                    && (value, span) < (place.value, place.tie)
            })
        })
    }
}

/// A bit for each row. Column by column: that is a few instructions a row, and not a branch.
fn fitting(filter: &EntryFilter, sure: Sure, batch: &RecordBatch) -> Result<BooleanBuffer, ScanError> {
    let rows = Rows(batch);
    let EntryFilter { range, durations, status, .. } = filter;
    let mut fits = BooleanBuffer::new_set(batch.num_rows());
    if !sure.is_entry {
        fits = &fits & rows.bools("is_entry")?.values();
    }
    if !sure.start_ns {
        let starts: &[i64] = rows.i64s("start_ns")?.values();
        fits = &fits & &of(starts.len(), |row| (range.from_ns..range.to_ns).contains(&starts[row]));
    }
    if !sure.duration_ns {
        let lasted: &[i64] = rows.i64s("duration_ns")?.values();
        let (over, through) = (durations.over_ns, durations.through_ns);
        let is_over = |ns: i64| over.is_none_or(|over| ns > over);
        let is_through = |ns: i64| through.is_none_or(|through| ns <= through);
        fits = &fits & &of(lasted.len(), |row| is_over(lasted[row]) && is_through(lasted[row]));
    }
    if let Some(status) = status {
        let codes: &UInt8Array = rows.u8s("status_code")?;
        fits = &fits & &of(codes.len(), |row| status.holds(codes.value(row)));
    }
    for (column, text) in texts_of(filter, sure) {
        fits = &fits & &equal(batch, column, text)?;
    }
    Ok(fits)
}

fn of(rows: usize, holds: impl FnMut(usize) -> bool) -> BooleanBuffer {
    BooleanBuffer::collect_bool(rows, holds)
}

/// Rows with this text, spelled or as a key. Null is no text.
fn equal(batch: &RecordBatch, column: &'static str, text: &str) -> Result<BooleanBuffer, ScanError> {
    let array = batch.column_by_name(column).ok_or(ScanError::Column { column })?;
    let Some(keys) = array.as_dictionary_opt::<Int32Type>() else {
        let texts = Rows(batch).texts(column)?;
        return Ok(of(texts.len(), |row| texts.is_valid(row) && texts.value(row) == text));
    };
    let texts = keys.values().as_string_opt::<i32>().ok_or(ScanError::Column { column })?;
    let wanted: Vec<bool> = texts.iter().map(|known| known == Some(text)).collect();
    let is_wanted = |key: i32| wanted.get(key as usize).copied().unwrap_or(false);
    let keys = keys.keys();
    Ok(of(keys.len(), |row| keys.is_valid(row) && is_wanted(keys.value(row))))
}
