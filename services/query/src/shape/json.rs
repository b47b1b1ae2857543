//! JSON columns of the lake, read leniently: what was stored is shown, whatever it is.

use serde::Deserialize;
use serde_json::Value;

use super::Attributes;

/// An object column. Text that is no object is shown under `_`, rather than lost.
#[must_use]
pub(crate) fn attributes(text: &str) -> Attributes {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => object.into_iter().collect(),
        Ok(Value::Null) => Attributes::new(),
        Ok(other) => [("_".to_owned(), other)].into(),
        Err(_) if text.is_empty() => Attributes::new(),
        Err(_) => [("_".to_owned(), Value::String(text.to_owned()))].into(),
    }
}

/// An array column; nothing for null or unreadable text.
#[must_use]
pub(crate) fn list<T: for<'de> Deserialize<'de>>(text: Option<&str>) -> Vec<T> {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
