//! Refusals through the edge that senders really meet: HAProxy with the repository's own configuration.

use naru_testkit::{Behind, Edge};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tonic::{Code, Request, client::Grpc, codegen::http::uri::PathAndQuery, transport::Channel};
use tonic_prost::ProstCodec;

use crate::world::{World, request_of, span, spans};

const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

async fn edge_before(w: &World) -> Edge {
    let inner = |url: &str| Some(url.trim_start_matches("http://").to_owned());
    naru_testkit::edge(Behind {
        ingest_http: inner(&w.http),
        ingest_grpc: inner(&w.grpc),
        ..Behind::default()
    })
    .await
}

#[tokio::test]
async fn whoever_sends_too_much_reads_so_over_http() {
    let w = World::start().await;
    let key = w.license.issue();
    let edge = edge_before(&w).await;
    for bytes in [(64 << 20) + 1, 100 << 20] {
        let body = bytes::Bytes::from(vec![0; bytes]);
        for _ in 0..3 {
            let request = reqwest::Client::new()
                .post(format!("{}/v1/traces", edge.otlp_http_url()))
                .header("content-type", "application/x-protobuf")
                .header("x-naru-license", &key.text)
                .body(body.clone());
            assert_eq!(request.send().await.unwrap().status(), 413);
        }
    }
    assert_eq!(w.send(&key, spans(1)).await.status(), 200);
}

#[tokio::test]
async fn whoever_sends_too_much_reads_so_over_grpc() {
    let w = World::start().await;
    let key = w.license.issue();
    let edge = edge_before(&w).await;
    let channel = Channel::from_shared(edge.otlp_grpc_url()).unwrap();
    let mut client = Grpc::new(channel.connect().await.unwrap());
    let mut large = span(1);
    large.name = "x".repeat((64 << 20) + 1);
    let (large, small) = (request_of(vec![large]), request_of(vec![span(2)]));
    for (message, expected) in
        [(&large, Some(Code::InvalidArgument)), (&small, None), (&large, Some(Code::InvalidArgument))]
    {
        let mut request = Request::new(message.clone());
        request.metadata_mut().insert("apikey", key.text.parse().unwrap());
        client.ready().await.unwrap();
        let codec = ProstCodec::<ExportTraceServiceRequest, ExportTraceServiceResponse>::default();
        let answer = client.unary(request, PathAndQuery::from_static(TRACES), codec).await;
        assert_eq!(answer.as_ref().err().map(tonic::Status::code), expected, "{answer:?}");
    }
}

#[tokio::test]
async fn what_the_edge_answers_by_itself_is_a_problem() {
    let w = World::start().await;
    let edge = edge_before(&w).await;
    let long = "x".repeat(20_000);
    for (host, path, header, status, code) in [
        ("nowhere.localhost", "/", "", 404, "unknown_host"),
        ("127.0.0.1", "/", "", 404, "unknown_host"),
        ("console.localhost", &*format!("/?{long}"), "", 414, "uri_too_long"),
        ("console.localhost", "/", &*long, 431, "headers_too_large"),
        // A name may end in a dot.
        ("console.localhost.", "/", "", 503, "unavailable"),
    ] {
        let request = reqwest::Client::new()
            .get(format!("{}{path}", edge.browsers_url()))
            .header("host", host)
            .header("x-long", header);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem: serde_json::Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!((&problem["code"], &problem["status"]), (&code.into(), &status.into()));
    }
}
