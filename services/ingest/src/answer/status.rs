//! The messages of answers: google.rpc.Status, RetryInfo, and OTLP's partial success.

use naru_otlp::{admit::Rejections, wire};
use prost::Message;
use serde_json::json;

use super::Refusal;

/// `google/rpc/status.proto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct RpcStatus {
    #[prost(int32, tag = "1")]
    pub(crate) code: i32,
    #[prost(string, tag = "2")]
    pub(crate) message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// `google/protobuf/any.proto`.
#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

/// `google.rpc.RetryInfo` of `google/rpc/error_details.proto`; its one field is a `google.protobuf.Duration`.
#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<RetryDelay>,
}

#[derive(Clone, PartialEq, Message)]
struct RetryDelay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

impl RpcStatus {
    pub(crate) fn of(refusal: &Refusal) -> Self {
        let details = refusal.retry_after().map(|after| {
            let seconds = i64::try_from(after.as_secs()).unwrap_or(i64::MAX);
            let delay = RetryDelay { seconds, nanos: after.subsec_nanos().cast_signed() };
            Any {
                type_url: "type.googleapis.com/google.rpc.RetryInfo".to_owned(),
                value: RetryInfo { retry_delay: Some(delay) }.encode_to_vec(),
            }
        });
        Self { code: refusal.rpc_code(), message: refusal.message(), details: details.into_iter().collect() }
    }

    /// As JSON mapping of protobuf, without details: a person reads it.
    pub(crate) fn to_json(&self) -> String {
        json!({"code": self.code, "message": self.message}).to_string()
    }
}

/// `Export…ServiceResponse` of any signal: field 1 is the partial success, whose fields 1 and 2 are the number of
/// rejected items and a message. Empty when everything was stored.
pub(crate) fn partial_success(rejections: &Rejections) -> Vec<u8> {
    if rejections.is_empty() {
        return Vec::new();
    }
    let mut partial = vec![1 << 3];
    wire::put_varint(&mut partial, rejections.total());
    wire::put_bytes(&mut partial, 2, rejections.to_string().as_bytes());
    let mut response = Vec::new();
    wire::put_bytes(&mut response, 1, &partial);
    response
}

/// The same in OTLP/JSON, where 64-bit numbers are texts. `rejected` is the field's name in this signal.
pub(crate) fn partial_success_json(rejections: &Rejections, rejected: &str) -> String {
    if rejections.is_empty() {
        return "{}".to_owned();
    }
    let (count, message) = (rejections.total().to_string(), rejections.to_string());
    json!({"partialSuccess": {rejected: count, "errorMessage": message}}).to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use naru_license_api::Refused;

    use super::*;

    #[test]
    fn a_refusal_that_heals_says_when_to_come_back() {
        let status = RpcStatus::of(&Refusal::TooFast { retry_after: Duration::from_millis(1_500) });
        let read = RpcStatus::decode(&status.encode_to_vec()[..]).unwrap();
        let info = RetryInfo::decode(&read.details[0].value[..]).unwrap().retry_delay.unwrap();
        assert_eq!((read.code, info.seconds, info.nanos), (8, 1, 500_000_000));
        assert!(RpcStatus::of(&Refusal::Key(Refused::Revoked)).details.is_empty());
    }

    #[test]
    fn a_refused_key_is_named_by_its_reason() {
        assert!(RpcStatus::of(&Refusal::Key(Refused::WrongRegion)).message.starts_with("wrong_region: "));
    }
}
