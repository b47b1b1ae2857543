//! Columns of the lake as other programs read them.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, RecordBatch, StringArray},
    datatypes::{DataType, Field, FieldRef, Schema},
    error::ArrowError,
};
use naru_otlp::{
    view::{Attributes, EventView, LinkView, members},
    wire::WireError,
};

/// Ids as hex, messages as JSON texts: an object of attributes, a list of events or links.
///
/// Of a key that a span has twice, JSON has the first value.
pub(super) fn plain(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let (mut fields, mut columns): (Vec<FieldRef>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
        let text = |column: StringArray| -> (FieldRef, ArrayRef) {
            (Arc::new(Field::new(field.name(), DataType::Utf8, field.is_nullable())), Arc::new(column))
        };
        let (field, column) = match (field.data_type(), field.name().as_str()) {
            (DataType::FixedSizeBinary(_), _) => {
                text(column.as_fixed_size_binary().iter().map(|id| id.map(hex::encode)).collect())
            }
            (DataType::Binary, name) => {
                let message = |message: Option<&[u8]>| message.map(|message| json(name, message));
                text(column.as_binary::<i32>().iter().map(message).collect())
            }
            _ => (Arc::clone(field), Arc::clone(column)),
        };
        fields.push(field);
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// What cannot be read is handed out as it is, rather than lost.
fn json(column: &str, message: &[u8]) -> String {
    let read = match column {
        "events" => list(message, event),
        "links" => list(message, link),
        _ => object(&Attributes::of(message, 1)),
    };
    read.unwrap_or_else(|_| serde_json::json!({ "_": hex::encode(message) }).to_string())
}

fn list(message: &[u8], of: impl Fn(&[u8]) -> Result<String, WireError>) -> Result<String, WireError> {
    let items: Vec<String> = members(message, 1).map(|item| of(item?)).collect::<Result<_, _>>()?;
    Ok(format!("[{}]", items.join(",")))
}

fn event(message: &[u8]) -> Result<String, WireError> {
    let event = EventView::parse(message)?;
    let attributes = raw(object(&event.attributes())?);
    let name = String::from_utf8_lossy(event.name);
    Ok(serde_json::json!({ "time_ns": event.time_ns, "name": name, "attributes": attributes }).to_string())
}

fn link(message: &[u8]) -> Result<String, WireError> {
    let link = LinkView::parse(message)?;
    let (trace, span) = (hex::encode(link.trace_id), hex::encode(link.span_id));
    let attributes = raw(object(&link.attributes())?);
    Ok(serde_json::json!({ "trace_id": trace, "span_id": span, "attributes": attributes }).to_string())
}

fn object(attributes: &Attributes<'_>) -> Result<String, WireError> {
    let mut out = String::new();
    attributes.write_json(&mut out)?;
    Ok(out)
}

fn raw(json: String) -> serde_json::Value {
    serde_json::from_str(&json).unwrap_or(serde_json::Value::String(json))
}
