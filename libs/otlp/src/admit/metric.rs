//! A metric without some of its points.

use crate::{
    view::MetricData,
    wire::{Fields, WireError, put_bytes},
};

/// The metric as sent, but for the points at these indices. `left_out` rises.
///
/// Of a metric with several kinds of data readers see the last one, so that is the one which stays.
pub(super) fn without_points(
    metric: &[u8],
    data: &MetricData<'_>,
    left_out: &[usize],
) -> Result<Vec<u8>, WireError> {
    let mut out = Vec::with_capacity(metric.len());
    for field in Fields::of(metric) {
        let field = field?;
        if !MetricData::FIELDS.contains(&field.number) {
            out.extend_from_slice(field.raw);
        }
    }
    let mut kept = Vec::with_capacity(data.message().len());
    let (mut index, mut left_out) = (0, left_out.iter().copied().peekable());
    for field in Fields::of(data.message()) {
        let field = field?;
        let is_point = field.number == MetricData::POINTS;
        if is_point {
            index += 1;
        }
        if is_point && left_out.next_if_eq(&(index - 1)).is_some() {
            continue;
        }
        kept.extend_from_slice(field.raw);
    }
    put_bytes(&mut out, data.field(), &kept);
    Ok(out)
}
