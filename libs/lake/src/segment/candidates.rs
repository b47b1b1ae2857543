//! Entry spans that somebody looks for: rows of a row group that may be among them, as far as its pages tell.

use std::ops::Range;

use parquet::file::page_index::column_index::ColumnIndexMetaData;

use super::{Footer, TRACE_NUMBER};

/// What is known of the wanted rows beside that they are entry spans.
#[derive(Debug, Clone)]
pub struct EntriesWithin<'a> {
    pub service: Option<&'a str>,
    /// Unix ns.
    pub start_ns: Range<i64>,
    /// Durations over this.
    pub over_ns: Option<i64>,
    /// Durations up to this.
    pub through_ns: Option<i64>,
}

impl Footer {
    /// Row groups that may hold entry spans of these times, those with the latest first, each with its latest time. `None`:
    /// it may hold any.
    #[must_use]
    pub fn entry_groups(&self, start_ns: &Range<i64>) -> Vec<(usize, Option<i64>)> {
        let mut groups = Vec::new();
        for number in 0..self.metadata().num_row_groups() {
            let ends = self.ends_ns(number, "start_ns");
            if ends.is_none_or(|(first, last)| first < start_ns.end && last >= start_ns.start) {
                groups.push((number, ends.map(|(_, last)| last)));
            }
        }
        groups.sort_by_key(|(_, last)| std::cmp::Reverse(last.unwrap_or(i64::MAX)));
        groups
    }

    /// Ranges of rows of a row group that may be wanted, rising and apart.
    #[must_use]
    pub fn entry_candidates(&self, group: usize, within: &EntriesWithin<'_>) -> Vec<Range<usize>> {
        type Index = ColumnIndexMetaData;
        let of_service = |index: &Index, page| match (index, within.service) {
            (Index::BYTE_ARRAY(index), Some(service)) => {
                let (least, most) = (index.min_value(page), index.max_value(page));
                least.is_none_or(|least| least <= service.as_bytes())
                    && most.is_none_or(|most| most >= service.as_bytes())
            }
            _ => true,
        };
        let is_entry = |index: &Index, page| match index {
            Index::BOOLEAN(index) => index.max_value(page) != Some(&false),
            _ => true,
        };
        let in_time = |index: &Index, page| match index {
            Index::INT64(index) => {
                index.min_value(page).is_none_or(|least| *least < within.start_ns.end)
                    && index.max_value(page).is_none_or(|most| *most >= within.start_ns.start)
            }
            _ => true,
        };
        let as_long = |index: &Index, page| match index {
            Index::INT64(index) => {
                let (least, most) = (index.min_value(page), index.max_value(page));
                within.over_ns.is_none_or(|over| most.is_none_or(|most| *most > over))
                    && within.through_ns.is_none_or(|through| least.is_none_or(|least| *least <= through))
            }
            _ => true,
        };
        let mut candidates = self.rows_of_pages(group, "service_name", of_service);
        for ranges in [
            self.rows_of_pages(group, "is_entry", is_entry),
            self.rows_of_pages(group, "start_ns", in_time),
            self.rows_of_pages(group, "duration_ns", as_long),
        ] {
            candidates = common(&candidates, &ranges);
        }
        candidates
    }

    /// Ranges of rows of a row group, rising and apart, that may be of these traces (rising numbers).
    pub(super) fn trace_candidates(&self, group: usize, numbers: &[u32]) -> Vec<Range<usize>> {
        self.rows_of_pages(group, TRACE_NUMBER, |index, page| match index {
            // Parquet knows signed numbers only; the bits are ours. Rows of a page without bounds are of no trace.
            ColumnIndexMetaData::INT32(index) => match (index.min_value(page), index.max_value(page)) {
                (Some(least), Some(most)) => {
                    let next = numbers.partition_point(|number| *number < least.cast_unsigned());
                    numbers.get(next).is_some_and(|number| *number <= most.cast_unsigned())
                }
                _ => false,
            },
            _ => true,
        })
    }

    /// Of these ranges, what may be of one of these services (rising); all of it when none are named.
    pub(super) fn service_candidates(
        &self,
        group: usize,
        services: &[String],
        ranges: &[Range<usize>],
    ) -> Vec<Range<usize>> {
        if services.is_empty() || ranges.is_empty() {
            return ranges.to_vec();
        }
        let of_services = self.rows_of_pages(group, "service_name", |index, page| match index {
            ColumnIndexMetaData::BYTE_ARRAY(index) => match (index.min_value(page), index.max_value(page)) {
                (Some(least), Some(most)) => {
                    let next = services.partition_point(|service| service.as_bytes() < least);
                    services.get(next).is_some_and(|service| service.as_bytes() <= most)
                }
                _ => true,
            },
            _ => true,
        });
        common(ranges, &of_services)
    }

    /// Rows of the pages of a column that may hold something. Without an index, any may.
    fn rows_of_pages(
        &self,
        group: usize,
        column: &str,
        may_hold: impl Fn(&ColumnIndexMetaData, usize) -> bool,
    ) -> Vec<Range<usize>> {
        let metadata = self.metadata();
        let rows = usize::try_from(metadata.row_group(group).num_rows()).unwrap_or_default();
        let indexed = || {
            let at = self.file().schema().index_of(column).ok()?;
            let locations = metadata.offset_index()?.get(group)?.get(at)?.page_locations();
            Some((metadata.column_index()?.get(group)?.get(at)?, locations))
        };
        let Some((index, locations)) = indexed() else { return std::iter::once(0..rows).collect() };
        let first = |page: usize| {
            let first = locations.get(page).map(|page| page.first_row_index);
            first.map_or(rows, |row| usize::try_from(row).unwrap_or_default())
        };
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for page in (0..locations.len()).filter(|page| may_hold(index, *page)) {
            let range = first(page)..first(page + 1);
            match ranges.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => ranges.push(range),
            }
        }
        ranges
    }
}

/// What is in both; each rises, and its ranges are apart.
fn common(one: &[Range<usize>], other: &[Range<usize>]) -> Vec<Range<usize>> {
    let (mut both, mut a, mut b) = (Vec::new(), 0, 0);
    while let (Some(left), Some(right)) = (one.get(a), other.get(b)) {
        let range = left.start.max(right.start)..left.end.min(right.end);
        if !range.is_empty() {
            both.push(range);
        }
        if left.end < right.end { a += 1 } else { b += 1 }
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(ends: &[(usize, usize)]) -> Vec<Range<usize>> {
        ends.iter().map(|&(start, end)| start..end).collect()
    }

    #[test]
    fn what_is_in_both_lists_is_in_the_common_one() {
        let check = |one: &[(usize, usize)], other: &[(usize, usize)], both: &[(usize, usize)]| {
            assert_eq!(common(&ranges(one), &ranges(other)), ranges(both), "{one:?} {other:?}");
            assert_eq!(common(&ranges(other), &ranges(one)), ranges(both), "{other:?} {one:?}");
        };
        check(&[(0, 10)], &[(0, 10)], &[(0, 10)]);
        check(&[(0, 4), (6, 10)], &[(2, 8)], &[(2, 4), (6, 8)]);
        check(&[(0, 4)], &[(4, 8)], &[]);
        check(&[], &[(0, 1)], &[]);
    }
}
