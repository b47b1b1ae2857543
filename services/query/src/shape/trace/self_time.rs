//! Self time: how long a span ran while none of its children did.

use std::collections::HashMap;

use super::span::Span;

/// Self times in ns, in the spans' order. Children may overlap each other and outlast their parent.
pub(super) fn of(spans: &[Span]) -> Vec<i64> {
    let mut children: HashMap<&str, Vec<(i64, i64)>> = HashMap::new();
    for span in spans {
        if let Some(parent) = &span.parent_span_id {
            children.entry(parent).or_default().push((span.start_ns, span.end_ns()));
        }
    }
    spans
        .iter()
        .map(|span| {
            let (start, end) = (span.start_ns, span.end_ns());
            let covered =
                children.get_mut(span.span_id.as_str()).map_or(0, |within| covered(start, end, within));
            end - start - covered
        })
        .collect()
}

/// How much of `start..end` the intervals cover together.
fn covered(start: i64, end: i64, intervals: &mut [(i64, i64)]) -> i64 {
    intervals.sort_unstable();
    let (mut total, mut reached) = (0, start);
    for &mut (from, to) in intervals {
        let (from, to) = (from.max(reached), to.min(end));
        if to > from {
            total += to - from;
            reached = to;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_children_are_counted_once_and_cut_at_the_parents_end() {
        let table: [(&[(i64, i64)], i64); 5] = [
            (&[], 0),
            (&[(10, 20), (30, 40)], 20),
            (&[(10, 30), (20, 40)], 30),
            (&[(10, 90), (20, 30)], 80),
            (&[(-50, 10), (90, 200)], 20),
        ];
        for (intervals, expected) in table {
            assert_eq!(covered(0, 100, &mut intervals.to_vec()), expected, "{intervals:?}");
        }
    }
}
