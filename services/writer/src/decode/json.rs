//! JSON of a metric point's buckets, written piece by piece.

use std::fmt::Write;

use naru_otlp::view::AnyValue;

/// Appends a number; one that JSON lacks becomes a text.
pub(super) fn put_double(out: &mut String, value: f64) {
    AnyValue::Double(value).write_json(out).expect("a number is not nested");
}

pub(super) fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a String does not fail");
}

/// `[…]` around what `each` appends for every item, with commas between.
pub(super) fn put_list<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut each: impl FnMut(&mut String, T),
) {
    out.push('[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        each(out, item);
    }
    out.push(']');
}
