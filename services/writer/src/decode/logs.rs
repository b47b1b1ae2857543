//! Log records: one row each.

use arrow::array::{Int64Builder, RecordBatch, UInt8Builder};
use naru_otlp::{
    admit::Rules,
    view::{AnyValue, LogView, text},
    wire::{WireError, put_bytes},
};
use naru_signal::{Signal, semconv::EXCEPTION_TYPE};

use super::{
    resource::Resource,
    spans::{signed, unless_empty},
    text::{Ids, Messages, Text, batch, fit, resource_column},
};

/// Events are logs with a name of their own; older agents sent it as this attribute, and there it is looked for.
const EVENT_NAME: &str = "event.name";

/// Rows of `naru_lake::schema::log_records()`, column by column.
#[derive(Default)]
pub(super) struct LogRows {
    rows: u64,
    time_ns: Int64Builder,
    observed_ns: Int64Builder,
    severity_number: UInt8Builder,
    severity_text: Text,
    body: Text,
    trace_id: Ids<16>,
    span_id: Ids<8>,
    service_name: Text,
    service_instance: Text,
    exception_type: Text,
    attributes: Messages,
    resource: Vec<i32>,
    received_ms: Int64Builder,
}

impl LogRows {
    pub(super) const fn len(&self) -> u64 {
        self.rows
    }

    /// A record without any time gets its receive time.
    pub(super) fn append(
        &mut self,
        message: &[u8],
        resource: &Resource,
        received_ms: i64,
        rules: &Rules,
    ) -> Result<(), WireError> {
        let log = LogView::parse(message)?;
        if let Some(why) = rules.judge_log(&log) {
            metrics::counter!("writer_items_invalid_total", "why" => why.code()).increment(1);
            return Ok(());
        }
        let attributes = attributes_of(&log)?;
        let exception_type = log.attributes().find(EXCEPTION_TYPE);
        self.rows += 1;
        let happened_ns = log.happened_ns();
        let received_ns = received_ms.saturating_mul(1_000_000);
        self.time_ns.append_value(if happened_ns == 0 { received_ns } else { signed(happened_ns) });
        self.observed_ns.append_option((log.observed_ns != 0).then(|| signed(log.observed_ns)));
        self.severity_number.append_value(log.severity_number);
        self.severity_text.push_option(unless_empty(&text(log.severity_text)));
        self.body.push(&log.body.as_text().unwrap_or_default());
        self.trace_id.push_valid(log.trace_id);
        self.span_id.push_valid(log.span_id);
        self.service_name.push(&resource.service_name);
        self.service_instance.push_option(resource.service_instance.as_deref());
        self.exception_type.push_option(exception_type.as_ref().and_then(AnyValue::as_text).as_deref());
        self.attributes.push(&attributes);
        self.resource.push(resource.key);
        self.received_ms.append_value(received_ms);
        Ok(())
    }

    /// In the order of the schema.
    pub(super) fn finish(mut self, resources: Vec<Vec<u8>>) -> RecordBatch {
        let columns = vec![
            fit(self.time_ns.finish()),
            fit(self.observed_ns.finish()),
            fit(self.severity_number.finish()),
            self.severity_text.finish(),
            self.body.finish(),
            self.trace_id.finish(),
            self.span_id.finish(),
            self.service_name.finish(),
            self.service_instance.finish(),
            self.exception_type.finish(),
            self.attributes.finish(),
            resource_column(self.resource, resources),
            fit(self.received_ms.finish()),
        ];
        batch(Signal::Logs, columns)
    }
}

fn attributes_of(log: &LogView<'_>) -> Result<Vec<u8>, WireError> {
    let mut out = Vec::new();
    log.attributes().copy(&mut out)?;
    if !log.event_name.is_empty() && log.attributes().find(EVENT_NAME).is_none() {
        put_text_attribute(&mut out, EVENT_NAME, log.event_name);
    }
    Ok(out)
}

/// Appends `KeyValue { key, value: AnyValue { string_value } }` as field 1.
fn put_text_attribute(out: &mut Vec<u8>, key: &str, text: &[u8]) {
    let (mut value, mut attribute) = (Vec::new(), Vec::new());
    put_bytes(&mut value, 1, text);
    put_bytes(&mut attribute, 1, key.as_bytes());
    put_bytes(&mut attribute, 2, &value);
    put_bytes(out, 1, &attribute);
}
