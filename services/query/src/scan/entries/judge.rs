//! Whether a row is in a list, and where.

use arrow::array::{
    Array, BooleanArray, FixedSizeBinaryArray, Int64Array, RecordBatch, StringArray, UInt8Array,
};

use crate::{
    parse::StatusFilter,
    plan::{EntryFilter, EntryPage},
    scan::{Rows, ScanError},
};

/// Columns of one batch that decide. Those that the question does not ask about need not be there.
pub(super) struct Judge<'a> {
    filter: &'a EntryFilter,
    page: EntryPage,
    entries: &'a BooleanArray,
    starts: &'a Int64Array,
    durations: &'a Int64Array,
    /// Texts that must be equal.
    texts: Vec<(&'a StringArray, &'a str)>,
    statuses: Option<(&'a UInt8Array, StatusFilter)>,
    received: Option<&'a Int64Array>,
    /// `None` when nobody asks which rows they are.
    spans: Option<&'a FixedSizeBinaryArray>,
}

/// Texts a filter names, by column.
pub(super) fn texts_of(filter: &EntryFilter) -> impl Iterator<Item = (&'static str, &str)> {
    let named = [
        ("service_name", &filter.application),
        ("service_instance", &filter.instance),
        ("operation", &filter.operation),
    ];
    named.into_iter().filter_map(|(column, text)| Some((column, text.as_deref()?)))
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        filter: &'a EntryFilter,
        page: EntryPage,
        batch: &'a RecordBatch,
    ) -> Result<Self, ScanError> {
        let rows = Rows(batch);
        let texts = texts_of(filter).map(|(column, text)| Ok((rows.texts(column)?, text)));
        let statuses = filter.status.map(|status| Ok::<_, ScanError>((rows.u8s("status_code")?, status)));
        Ok(Self {
            filter,
            page,
            entries: rows.bools("is_entry")?,
            starts: rows.i64s("start_ns")?,
            durations: rows.i64s("duration_ns")?,
            texts: texts.collect::<Result<_, ScanError>>()?,
            statuses: statuses.transpose()?,
            received: page.after.map(|_| rows.i64s("received_ms")).transpose()?,
            spans: batch.column_by_name("span_id").map(|_| rows.ids("span_id")).transpose()?,
        })
    }

    pub(super) fn fits(&self, row: usize) -> bool {
        let (start_ns, duration_ns) = (self.starts.value(row), self.durations.value(row));
        let (range, durations) = (self.filter.range, self.filter.durations);
        self.entries.value(row)
            && (range.from_ns..range.to_ns).contains(&start_ns)
            && durations.over_ns.is_none_or(|over| duration_ns > over)
            && durations.through_ns.is_none_or(|through| duration_ns <= through)
            && self.texts.iter().all(|(texts, text)| texts.is_valid(row) && texts.value(row) == *text)
            && self.statuses.is_none_or(|(statuses, status)| status.holds(statuses.value(row)))
    }

    /// Whether it comes after what pages before have shown, and was there then.
    pub(super) fn is_after(&self, row: usize) -> bool {
        let Some((place, through_ms)) = self.page.after else { return true };
        self.received.is_none_or(|received| received.value(row) <= through_ms)
            && self.key(row) < (place.value, place.tie)
    }

    /// Value of the column that sorts, and span id.
    pub(super) fn key(&self, row: usize) -> (i64, u64) {
        let values = if self.page.column == "duration_ns" { self.durations } else { self.starts };
        let span = self.spans.and_then(|spans| spans.value(row).try_into().ok());
        (values.value(row), span.map_or(0, u64::from_be_bytes))
    }
}
