//! OTLP/JSON to protobuf, after which there is one path.
//!
//! The reference types of opentelemetry-proto know the mapping (ids in hex, 64-bit numbers as texts, lowerCamelCase).
//! They are structs, a hundred times as large as `{}`: so a text is weighed before it becomes any.

use bytes::Bytes;
use naru_signal::Signal;
use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};
use prost::Message;
use serde::de::DeserializeOwned;

use crate::answer::Refusal;

/// Brackets within brackets. The parser's own bound is 128; OTLP needs about ten, and deep values are refused later.
const DEPTH_MAX: usize = 100;
/// Objects and arrays. A span with 15 attributes has about 35, so this is some 14,000 spans; agents send 512 at once.
const BRACKETS_MAX: usize = 500_000;
/// Of the largest struct, a span, rounded up.
const BRACKET_BYTES: usize = 300;
/// Fields and members of arrays. A span with 15 attributes has about 60 commas.
const COMMAS_MAX: usize = 2_000_000;
/// Of a value that the parser holds until it knows which struct it belongs to, as it does with all that a metric has.
const VALUE_BYTES: usize = 32;

/// Fields that hold one object. The parser would take an array for it, and its members for the object's fields.
const OBJECTS: [&[u8]; 14] = [
    b"resource",
    b"scope",
    b"status",
    b"value",
    b"body",
    b"gauge",
    b"sum",
    b"histogram",
    b"exponentialHistogram",
    b"summary",
    b"positive",
    b"negative",
    b"arrayValue",
    b"kvlistValue",
];

/// A JSON text that may be decoded.
#[derive(Debug)]
pub(crate) struct Weighed {
    json: Bytes,
    brackets: usize,
    commas: usize,
}

impl Weighed {
    /// Looks at brackets and commas outside of texts, and at the names before them.
    pub(crate) fn weigh(json: Bytes) -> Result<Self, Refusal> {
        if json.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return Err(malformed("send one JSON object"));
        }
        let (mut brackets, mut commas, mut in_text, mut escaped) = (0, 0, false, false);
        let mut around = Around::default();
        // Of the last text; before a bracket in an object this is the field's name.
        let (mut begin, mut end) = (0, 0);
        for (at, &byte) in json.iter().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_text => escaped = true,
                b'"' => {
                    in_text = !in_text;
                    if in_text { begin = at + 1 } else { end = at }
                }
                b'{' | b'[' if !in_text => {
                    brackets += 1;
                    let is_array = byte == b'[';
                    if is_array && (around.is_array() || holds_an_object(&json[begin..end])) {
                        return Err(malformed("an array is where an object belongs"));
                    }
                    around.enter(is_array)?;
                }
                b'}' | b']' if !in_text => around.leave(),
                b',' if !in_text => commas += 1,
                _ => {}
            }
        }
        if brackets > BRACKETS_MAX {
            return Err(Refusal::TooLarge(format!(
                "more than {BRACKETS_MAX} objects and arrays in one JSON request; send smaller batches, or protobuf"
            )));
        }
        if commas > COMMAS_MAX {
            return Err(Refusal::TooLarge(format!(
                "more than {COMMAS_MAX} fields and numbers in one JSON request; send smaller batches, or protobuf"
            )));
        }
        Ok(Self { json, brackets, commas })
    }

    /// What it takes while it is decoded: the text, the structs, and their numbers and texts.
    pub(crate) fn bytes(&self) -> usize {
        self.json.len() * 2 + self.brackets * BRACKET_BYTES + self.commas * VALUE_BYTES
    }

    pub(crate) fn into_protobuf(self, signal: Signal) -> Result<Bytes, Refusal> {
        match signal {
            Signal::Traces => encode::<ExportTraceServiceRequest>(&self.json),
            Signal::Metrics => encode::<ExportMetricsServiceRequest>(&self.json),
            Signal::Logs => encode::<ExportLogsServiceRequest>(&self.json),
        }
    }
}

/// The brackets around a place in the text: a bit for each, 1 for an array, the innermost lowest.
#[derive(Debug, Default)]
struct Around {
    depth: usize,
    arrays: u128,
}

impl Around {
    const fn is_array(&self) -> bool {
        self.arrays & 1 == 1
    }

    fn enter(&mut self, is_array: bool) -> Result<(), Refusal> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(malformed(&format!("values are nested more than {DEPTH_MAX} deep")));
        }
        self.arrays = self.arrays << 1 | u128::from(is_array);
        Ok(())
    }

    const fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.arrays >>= 1;
    }
}

/// Names of OTLP need no escapes, so one that has some hides what it is.
fn holds_an_object(name: &[u8]) -> bool {
    OBJECTS.contains(&name) || name.contains(&b'\\')
}

fn encode<T: DeserializeOwned + Message>(json: &[u8]) -> Result<Bytes, Refusal> {
    let request: T = serde_json::from_slice(json).map_err(|error| malformed(&error.to_string()))?;
    Ok(request.encode_to_vec().into())
}

fn malformed(problem: &str) -> Refusal {
    Refusal::Malformed { code: "malformed", detail: format!("not an OTLP/JSON request: {problem}") }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;

    use super::*;

    fn to_protobuf(signal: Signal, json: &[u8]) -> Result<Bytes, Refusal> {
        Weighed::weigh(Bytes::copy_from_slice(json))?.into_protobuf(signal)
    }

    #[test]
    fn a_json_span_is_the_protobuf_span() {
        let json = br#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
            "scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"GET /",
            "kind":2,"startTimeUnixNano":"1764000000000000000","endTimeUnixNano":1764000000005000000,"aFieldToCome":[{}],
            "attributes":[{"key":"http.response.status_code","value":{"intValue":"200"}},{"key":"n","value":{"intValue":7}}],
            "status":{}}]}]}]}"#;
        let bytes = to_protobuf(Signal::Traces, json).unwrap();
        let request = ExportTraceServiceRequest::decode(bytes).unwrap();
        let span = &request.resource_spans[0].scope_spans[0].spans[0];
        assert_eq!(hex::encode(&span.trace_id), "5b8efff798038103d269b633813fc60c");
        assert_eq!((span.kind, span.start_time_unix_nano), (2, 1_764_000_000_000_000_000));
        assert_eq!(span.end_time_unix_nano, 1_764_000_000_005_000_000);
        let values: Vec<_> =
            span.attributes.iter().map(|kv| kv.value.clone().unwrap().value.unwrap()).collect();
        assert_eq!(values, [Value::IntValue(200), Value::IntValue(7)]);
    }

    #[test]
    fn nonsense_and_deep_nesting_are_refused() {
        let deep = "[".repeat(200_000);
        for json in [&b"nonsense"[..], b"[1]", b"", deep.as_bytes()] {
            assert_eq!(to_protobuf(Signal::Logs, json).unwrap_err().http_status(), 400);
        }
    }

    #[test]
    fn an_array_is_never_an_object() {
        for json in [
            "[]",
            "[[]]",
            "[[[null,[]]]]",
            "null",
            "7",
            r#"{"resourceSpans":[[null,[]]]}"#,
            r#"{"resourceSpans":[{"resource":[]}]}"#,
            r#"{"resourceSpans":[{"\u0072esource":[]}]}"#,
            r#"{"resourceSpans":[{"scopeSpans":[{"scope":["n","v"],"spans":[]}]}]}"#,
            r#"{"resourceSpans":[{"scopeSpans":[{"spans":[["00","00"]]}]}]}"#,
            r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"status":["bad",2]}]}]}]}"#,
            r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"arrayValue":[[]]}}]}}]}"#,
        ] {
            let refused = to_protobuf(Signal::Traces, json.as_bytes()).unwrap_err();
            assert_eq!(refused.http_status(), 400, "{json}");
            assert!(refused.message().contains("object"), "{json}: {}", refused.message());
        }
        let metric = r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":[[]]}]}]}]}"#;
        assert_eq!(to_protobuf(Signal::Metrics, metric.as_bytes()).unwrap_err().http_status(), 400);
        // An attribute may be called as it likes, and arrays of numbers and texts are arrays.
        let fine = r#" {"resourceMetrics":[{"resource":{"attributes":[{"key":"resource","value":{"arrayValue":{"values":[
            {"stringValue":"a[[\\"},{"arrayValue":{"values":[]}}]}}}]},"scopeMetrics":[{"metrics":[{"name":"m","histogram":
            {"dataPoints":[{"count":"1","bucketCounts":["1","0"],"explicitBounds":[1.5]}],"aggregationTemporality":2}}]}]}]}"#;
        to_protobuf(Signal::Metrics, fine.as_bytes()).unwrap();
    }

    #[test]
    fn brackets_in_texts_weigh_nothing() {
        let json = br#"{"a":"[[[[\"[[["}"#;
        assert_eq!(Weighed::weigh(Bytes::from_static(json)).unwrap().brackets, 1);
    }

    #[test]
    fn a_bomb_of_numbers_is_refused_before_it_becomes_values() {
        let weighed = |numbers: usize| {
            let zeros = "0,".repeat(numbers);
            let json = format!(r#"{{"resourceMetrics":[{{"aFieldToCome":[{zeros}0]}}]}}"#);
            Weighed::weigh(Bytes::from(json))
        };
        assert!(weighed(10).unwrap().bytes() > 10 * VALUE_BYTES);
        assert_eq!(weighed(COMMAS_MAX + 1).unwrap_err().http_status(), 413);
    }

    #[test]
    fn a_bomb_of_empty_objects_is_refused_before_it_becomes_structs() {
        let spans = vec!["{}"; BRACKETS_MAX].join(",");
        let json = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#);
        assert_eq!(to_protobuf(Signal::Traces, json.as_bytes()).unwrap_err().http_status(), 413);
    }
}
