//! OTLP over HTTP: both encodings, three compressions, and what bad requests get.

use naru_ingest_api::OnboardingKind;
use naru_signal::Signal;
use prost::Message;
use serde_json::{Value, json};

use crate::world::{RpcStatus, World, gzip, logs, metrics, now_ns, request_of, span, spans, zstd};

#[tokio::test]
async fn every_encoding_and_compression_is_stored_as_the_same_bytes() {
    let w = World::start().await;
    let key = w.license.issue();
    let request = request_of(vec![span(1), span(2)]);
    let (protobuf, json) = (request.encode_to_vec(), serde_json::to_vec(&request).unwrap());
    for (kind, plain) in [("application/x-protobuf", &protobuf), ("application/json", &json)] {
        for (encoding, body) in
            [(None, plain.clone()), (Some("gzip"), gzip(plain)), (Some("zstd"), zstd(plain))]
        {
            let mut sent = reqwest::Client::new()
                .post(format!("{}/v1/traces", w.http))
                .header("content-type", kind)
                .header("x-naru-license", &key.text)
                .body(body);
            if let Some(encoding) = encoding {
                sent = sent.header("content-encoding", encoding);
            }
            let answer = sent.send().await.unwrap();
            assert_eq!(answer.status(), 200, "{kind} {encoding:?}");
            assert_eq!(answer.headers()["content-type"], kind);
            let empty = if kind == "application/json" { "{}" } else { "" };
            assert_eq!(answer.text().await.unwrap(), empty);
        }
    }
    let entries = w.entries().await;
    assert_eq!(entries.len(), 6);
    assert!(entries.iter().all(|entry| entry.bytes == protobuf && entry.items == 2));
    // The same bytes from the same project are the same entry, however they travelled.
    assert!(entries.iter().all(|entry| entry.id == entries[0].id));
}

#[tokio::test]
async fn metrics_and_logs_have_their_own_paths() {
    let w = World::start().await;
    let key = w.license.issue();
    for (path, body) in [("metrics", metrics().encode_to_vec()), ("logs", logs().encode_to_vec())] {
        let answer = reqwest::Client::new()
            .post(format!("{}/v1/{path}", w.http))
            .header("content-type", "application/x-protobuf; charset=binary")
            .header("x-naru-license", &key.text)
            .body(body)
            .send();
        assert_eq!(answer.await.unwrap().status(), 200, "{path}");
    }
    let mut stored: Vec<_> = w.entries().await.iter().map(|entry| (entry.signal, entry.items)).collect();
    stored.sort();
    assert_eq!(stored, [(Signal::Metrics, 2), (Signal::Logs, 1)]);
}

#[tokio::test]
async fn invalid_spans_are_a_partial_success_and_the_rest_is_stored_as_sent() {
    let w = World::start().await;
    let key = w.license.issue();
    let day_ns = 86_400_000_000_000;
    let mut old = span(2);
    old.start_time_unix_nano = now_ns() - 15 * day_ns;
    let mut ahead = span(3);
    (ahead.start_time_unix_nano, ahead.end_time_unix_nano) = (now_ns() + day_ns, now_ns() + day_ns + 1);
    let mut zero = span(4);
    zero.span_id = vec![0; 8];
    let mut backwards = span(5);
    backwards.end_time_unix_nano = backwards.start_time_unix_nano - 1;
    let good = span(1);
    let request = request_of(vec![old, good.clone(), ahead, zero, backwards]);

    let answer = w.send(&key, request.encode_to_vec()).await;
    assert_eq!(answer.status(), 200);
    let partial = opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse::decode(
        answer.bytes().await.unwrap(),
    );
    let partial = partial.unwrap().partial_success.unwrap();
    assert_eq!(partial.rejected_spans, 4);
    for words in ["end before they start", "zero", "retention", "ahead"] {
        assert!(partial.error_message.contains(words), "{}", partial.error_message);
    }

    let json = w
        .post(serde_json::to_vec(&request).unwrap())
        .header("content-type", "application/json")
        .header("x-naru-license", &key.text);
    let json = reqwest::Client::new().execute(replace_type(json)).await.unwrap();
    let answer: Value = serde_json::from_slice(&json.bytes().await.unwrap()).unwrap();
    assert_eq!(answer["partialSuccess"]["rejectedSpans"], json!("4"));

    let entries = w.entries().await;
    let only_good = request_of(vec![good]).encode_to_vec();
    assert!(entries.iter().all(|entry| entry.bytes == only_good && entry.items == 1));
    w.sees_event(&key, "what was rejected", |event| {
        matches!(&event.kind, OnboardingKind::Rejected { count: 1, signal, .. } if signal == "traces")
    })
    .await;
}

/// `header` appends; of two content types the last one counts here.
fn replace_type(request: reqwest::RequestBuilder) -> reqwest::Request {
    let mut request = request.build().unwrap();
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    request
}

#[tokio::test]
async fn bad_requests_get_a_status_in_their_own_encoding_and_a_line_in_the_log() {
    let w = World::start().await;
    let key = w.license.issue();
    let too_many = vec![b'x'; (64 << 20) + 1];
    let deep = format!("{{\"resourceSpans\":{}", "[".repeat(5_000)).into_bytes();
    let table: Vec<(u16, &str, &str, Vec<u8>)> = vec![
        (400, "application/x-protobuf", "", b"nonsense".to_vec()),
        (400, "application/json", "", b"{\"resourceSpans\":7}".to_vec()),
        (400, "application/json", "", deep),
        (400, "application/x-protobuf", "gzip", spans(1)),
        (400, "application/x-protobuf", "zstd", spans(1)),
        (415, "text/plain", "", spans(1)),
        (415, "application/x-protobuf", "br", spans(1)),
        (413, "application/x-protobuf", "gzip", gzip(&too_many)),
        (413, "application/json", "zstd", zstd(&too_many)),
    ];
    for (expected, kind, encoding, body) in table {
        let request = reqwest::Client::new()
            .post(format!("{}/v1/traces", w.http))
            .header("content-type", kind)
            .header("x-naru-license", &key.text);
        let request =
            if encoding.is_empty() { request } else { request.header("content-encoding", encoding) };
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status(), expected, "{kind} {encoding}");
        let body = answer.bytes().await.unwrap();
        if kind == "application/json" {
            let status: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(status["code"], 3);
        } else {
            assert!(!RpcStatus::decode(body).unwrap().message.is_empty());
        }
    }
    for code in ["malformed", "too_large", "unsupported_type"] {
        w.sees_event(
            &key,
            code,
            |event| matches!(&event.kind, OnboardingKind::Refused { reason, .. } if reason == code),
        )
        .await;
    }
    assert!(w.entries().await.is_empty());
}

#[tokio::test]
async fn a_refusal_reaches_a_sender_of_megabytes_too() {
    let w = World::start().await;
    let body = vec![b'x'; 6 << 20];
    for path in ["/v1/traces", "/v1/trace"] {
        for _ in 0..10 {
            let request = reqwest::Client::new().post(format!("{}{path}", w.http)).body(body.clone());
            let status = request.send().await.unwrap().status();
            assert_eq!(status, if path == "/v1/traces" { 401 } else { 404 });
        }
    }
}

#[tokio::test]
async fn an_exporter_at_the_wrong_door_is_told_which_one_is_right() {
    let w = World::start().await;
    let key = w.license.issue();
    let to = |path: &str| {
        reqwest::Client::new()
            .post(format!("{}{path}", w.http))
            .header("content-type", "application/x-protobuf")
            .header("x-naru-license", &key.text)
            .body(spans(1))
    };
    for path in ["/v1/traces", "/"] {
        let answer = to(path).header("x-naru-edge-port", "4317").send().await.unwrap();
        assert_eq!(answer.status(), 400);
        let status = RpcStatus::decode(answer.bytes().await.unwrap()).unwrap();
        assert!(status.message.contains("4318"), "{}", status.message);
    }
    assert_eq!(to("/v1/trace").send().await.unwrap().status(), 404);
    for code in ["http1_on_grpc_port", "wrong_path"] {
        w.sees_event(
            &key,
            code,
            |event| matches!(&event.kind, OnboardingKind::Refused { reason, .. } if reason == code),
        )
        .await;
    }
}

#[tokio::test]
async fn another_method_is_told_which_one_is_right() {
    let w = World::start().await;
    for method in ["GET", "PUT", "OPTIONS", "DELETE"] {
        let request = reqwest::Client::new()
            .request(method.parse().unwrap(), format!("{}/v1/traces", w.http))
            .header("content-type", "application/json");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 405, "{method}");
        let allow: Vec<_> = answer.headers().get_all("allow").iter().collect();
        assert_eq!(allow, ["POST"], "{method}");
        let status: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        assert!(status["message"].as_str().unwrap().contains("POST"), "{status}");
    }
}

#[tokio::test]
async fn a_large_batch_in_any_compression_is_stored_like_a_small_one() {
    let w = World::start().await;
    let key = w.license.issue();
    let request = request_of((0..10_000).map(span).collect());
    let protobuf = request.encode_to_vec();
    for (encoding, body) in
        [("identity", protobuf.clone()), ("gzip", gzip(&protobuf)), ("zstd", zstd(&protobuf))]
    {
        let sent = w.post(body).header("x-naru-license", &key.text).header("content-encoding", encoding);
        assert_eq!(sent.send().await.unwrap().status(), 200, "{encoding}");
    }
    let items: u32 = w.entries().await.iter().map(|entry| entry.items).sum();
    assert_eq!(items, 30_000);
}
