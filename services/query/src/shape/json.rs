//! Messages of the lake as JSON, read leniently: what was stored is shown, whatever it is.

use naru_otlp::view;

use super::Attributes;

/// A cell of `attributes` or `resource`.
#[must_use]
pub(crate) fn attributes(message: &[u8]) -> Attributes {
    of(&view::Attributes::of(message, 1))
}

/// What cannot be read is shown under `_`, rather than lost.
#[must_use]
pub(crate) fn of(attributes: &view::Attributes<'_>) -> Attributes {
    let mut json = String::new();
    let read = attributes.write_json(&mut json).map_err(|error| error.to_string());
    read.and_then(|()| serde_json::from_str(&json).map_err(|error| error.to_string()))
        .unwrap_or_else(|why| [("_".to_owned(), serde_json::Value::String(why))].into())
}
