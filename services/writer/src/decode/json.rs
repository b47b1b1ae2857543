//! JSON that is written piece by piece beside the attributes.

use std::fmt::Write;

use naru_otlp::view::AnyValue;

/// Appends a JSON string with these bytes as text.
pub(super) fn put_text(out: &mut String, bytes: &[u8]) {
    AnyValue::Text(bytes).write_json(out).expect("a text is not nested");
}

/// Appends a number; one that JSON lacks becomes a text.
pub(super) fn put_double(out: &mut String, value: f64) {
    AnyValue::Double(value).write_json(out).expect("a number is not nested");
}

pub(super) fn put_hex(out: &mut String, bytes: &[u8]) {
    out.push('"');
    for byte in bytes {
        put(out, format_args!("{byte:02x}"));
    }
    out.push('"');
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
