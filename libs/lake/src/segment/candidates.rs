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

/// Rows of a row group that may be wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates {
    /// Rising and apart.
    pub rows: Vec<Range<usize>>,
    pub sure: Sure,
}

/// What holds of every candidate, by what pages say of themselves: nobody need look at these columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sure {
    pub service: bool,
    pub is_entry: bool,
    pub start_ns: bool,
    pub duration_ns: bool,
}

/// Bounds of what is wanted, both inclusive; `None`: none.
struct Wanted<'a, T: ?Sized> {
    least: Option<&'a T>,
    most: Option<&'a T>,
}

/// What a page says of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    NoneIsWanted,
    SomeMayBe,
    AllAre,
}

impl<T: Ord + ?Sized> Wanted<'_, T> {
    /// Of a page with values between these, as far as they are known.
    fn says(&self, least: Option<&T>, most: Option<&T>) -> Says {
        let is_under = self.least.is_some_and(|bound| most.is_some_and(|most| most < bound));
        let is_over = self.most.is_some_and(|bound| least.is_some_and(|least| least > bound));
        let begins = self.least.is_none_or(|bound| least.is_some_and(|least| least >= bound));
        let ends = self.most.is_none_or(|bound| most.is_some_and(|most| most <= bound));
        match (is_under || is_over, begins && ends) {
            (true, _) => Says::NoneIsWanted,
            (false, true) => Says::AllAre,
            (false, false) => Says::SomeMayBe,
        }
    }
}

/// Ranges of rows by what their pages say, each rising and apart.
#[derive(Debug, Default)]
struct Pages {
    /// Those of which some may be wanted.
    may: Vec<Range<usize>>,
    /// Those of which all are.
    sure: Vec<Range<usize>>,
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

    /// Rows of a row group that may be wanted.
    #[must_use]
    pub fn entry_candidates(&self, group: usize, within: &EntriesWithin<'_>) -> Candidates {
        let service = within.service.map(str::as_bytes);
        let service = Wanted { least: service, most: service };
        let is_entry = Wanted { least: Some(&true), most: Some(&true) };
        let (from, through) = (within.start_ns.start, within.start_ns.end.saturating_sub(1));
        let start_ns = Wanted { least: Some(&from), most: Some(&through) };
        let over = within.over_ns.map(|over| over.saturating_add(1));
        let duration_ns = Wanted { least: over.as_ref(), most: within.through_ns.as_ref() };
        let service = self.pages(group, "service_name", |index, page| match index {
            ColumnIndexMetaData::BYTE_ARRAY(index) => {
                service.says(index.min_value(page), index.max_value(page))
            }
            _ => Says::SomeMayBe,
        });
        let is_entry = self.pages(group, "is_entry", |index, page| match index {
            ColumnIndexMetaData::BOOLEAN(index) => {
                is_entry.says(index.min_value(page), index.max_value(page))
            }
            _ => Says::SomeMayBe,
        });
        let start_ns = self.pages(group, "start_ns", in_bounds(start_ns));
        let duration_ns = self.pages(group, "duration_ns", in_bounds(duration_ns));
        let others = [&is_entry, &start_ns, &duration_ns];
        let rows = others.iter().fold(service.may.clone(), |rows, pages| common(&rows, &pages.may));
        let is_sure = |pages: &Pages| common(&rows, &pages.sure) == rows;
        let sure = Sure {
            service: is_sure(&service),
            is_entry: is_sure(&is_entry),
            start_ns: is_sure(&start_ns),
            duration_ns: is_sure(&duration_ns),
        };
        Candidates { rows, sure }
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
        let says = |index: &ColumnIndexMetaData, page| match may_hold(index, page) {
            true => Says::SomeMayBe,
            false => Says::NoneIsWanted,
        };
        self.pages(group, column, says).may
    }

    /// Rows of a column by what its pages say. Without an index, they say nothing.
    fn pages(&self, group: usize, column: &str, says: impl Fn(&ColumnIndexMetaData, usize) -> Says) -> Pages {
        let metadata = self.metadata();
        let rows = usize::try_from(metadata.row_group(group).num_rows()).unwrap_or_default();
        let indexed = || {
            let at = self.file().schema().index_of(column).ok()?;
            let locations = metadata.offset_index()?.get(group)?.get(at)?.page_locations();
            Some((metadata.column_index()?.get(group)?.get(at)?, locations))
        };
        let Some((index, locations)) = indexed() else {
            return Pages { may: std::iter::once(0..rows).collect(), sure: Vec::new() };
        };
        let first = |page: usize| {
            let first = locations.get(page).map(|page| page.first_row_index);
            first.map_or(rows, |row| usize::try_from(row).unwrap_or_default())
        };
        let mut pages = Pages::default();
        for page in 0..locations.len() {
            let range = first(page)..first(page + 1);
            let says = says(index, page);
            if says == Says::AllAre {
                append(&mut pages.sure, range.clone());
            }
            if says != Says::NoneIsWanted {
                append(&mut pages.may, range);
            }
        }
        pages
    }
}

fn in_bounds(wanted: Wanted<'_, i64>) -> impl Fn(&ColumnIndexMetaData, usize) -> Says {
    move |index, page| match index {
        ColumnIndexMetaData::INT64(index) => wanted.says(index.min_value(page), index.max_value(page)),
        _ => Says::SomeMayBe,
    }
}

/// With a range that begins where the last one ends, or later.
fn append(ranges: &mut Vec<Range<usize>>, range: Range<usize>) {
    match ranges.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => ranges.push(range),
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
    fn a_page_says_what_its_bounds_allow() {
        use Says::{AllAre, NoneIsWanted, SomeMayBe};
        let check = |wanted: (Option<i64>, Option<i64>), page: (Option<i64>, Option<i64>), says| {
            let bounds = Wanted { least: wanted.0.as_ref(), most: wanted.1.as_ref() };
            assert_eq!(bounds.says(page.0.as_ref(), page.1.as_ref()), says, "{wanted:?} {page:?}");
        };
        let page = (Some(3), Some(5));
        check((Some(3), Some(5)), page, AllAre);
        check((Some(4), Some(5)), page, SomeMayBe);
        check((Some(3), Some(4)), page, SomeMayBe);
        check((Some(6), None), page, NoneIsWanted);
        check((None, Some(2)), page, NoneIsWanted);
        check((Some(5), None), page, SomeMayBe);
        check((Some(3), None), (Some(3), None), AllAre);
        check((Some(3), Some(5)), (Some(3), None), SomeMayBe);
        check((Some(3), Some(5)), (None, None), SomeMayBe);
        check((None, None), (None, None), AllAre);
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
