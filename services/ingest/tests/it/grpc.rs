//! OTLP over gRPC, asked by a stock client.

use naru_license_api::Refused;
use naru_signal::Signal;
use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceResponse,
    metrics::v1::ExportMetricsServiceResponse,
    trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
};
use prost::Message;
use tonic::{
    Code, Request, Response, Status, client::Grpc, codec::CompressionEncoding,
    codegen::http::uri::PathAndQuery, transport::Channel,
};
use tonic_prost::ProstCodec;

use crate::world::{Key, RpcStatus, World, logs, metrics, request_of, span};

const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const METRICS: &str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
const LOGS: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

pub(crate) struct Client(Grpc<Channel>);

impl Client {
    pub(crate) async fn of(w: &World, compression: Option<CompressionEncoding>) -> Self {
        let channel = Channel::from_shared(w.grpc.clone()).unwrap().connect().await.unwrap();
        let client = Grpc::new(channel);
        Self(match compression {
            Some(compression) => client.send_compressed(compression),
            None => client,
        })
    }

    async fn call<Q, A>(
        &mut self,
        path: &'static str,
        key: Option<&Key>,
        message: Q,
    ) -> Result<Response<A>, Status>
    where
        Q: Message + Send + Sync + 'static,
        A: Message + Default + Send + Sync + 'static,
    {
        let mut request = Request::new(message);
        if let Some(key) = key {
            request.metadata_mut().insert("apikey", key.text.parse().unwrap());
        }
        self.0.ready().await.unwrap();
        self.0.unary(request, PathAndQuery::from_static(path), ProstCodec::<Q, A>::default()).await
    }

    pub(crate) async fn traces(
        &mut self,
        key: Option<&Key>,
        message: ExportTraceServiceRequest,
    ) -> Result<ExportTraceServiceResponse, Status> {
        self.call(TRACES, key, message).await.map(Response::into_inner)
    }
}

#[tokio::test]
async fn all_signals_and_compressions_are_stored() {
    let w = World::start().await;
    let key = w.license.issue();
    for compression in [None, Some(CompressionEncoding::Gzip), Some(CompressionEncoding::Zstd)] {
        let mut client = Client::of(&w, compression).await;
        let answer = client.traces(Some(&key), request_of(vec![span(1), span(2)])).await.unwrap();
        assert_eq!(answer, ExportTraceServiceResponse::default());
        client.call::<_, ExportMetricsServiceResponse>(METRICS, Some(&key), metrics()).await.unwrap();
        client.call::<_, ExportLogsServiceResponse>(LOGS, Some(&key), logs()).await.unwrap();
    }
    let entries = w.entries().await;
    for (signal, items) in [(Signal::Traces, 2), (Signal::Metrics, 2), (Signal::Logs, 1)] {
        let of_signal: Vec<_> = entries.iter().filter(|entry| entry.signal == signal).collect();
        assert_eq!((of_signal.len(), of_signal[0].items), (3, items));
    }
}

#[tokio::test]
async fn invalid_spans_are_a_partial_success() {
    let w = World::start().await;
    let key = w.license.issue();
    let mut zero = span(1);
    zero.trace_id = vec![0; 16];
    let answer =
        Client::of(&w, None).await.traces(Some(&key), request_of(vec![zero, span(2)])).await.unwrap();
    let partial = answer.partial_success.unwrap();
    assert_eq!(partial.rejected_spans, 1);
    assert!(partial.error_message.contains("zero"));
    assert_eq!(w.entries().await[0].items, 1);
}

#[tokio::test]
async fn refusals_carry_grpcs_own_codes() {
    let w = World::start().await;
    let key = w.license.issue();
    let mut client = Client::of(&w, None).await;

    let missing = client.traces(None, request_of(vec![span(1)])).await.unwrap_err();
    assert_eq!(missing.code(), Code::Unauthenticated);
    assert!(missing.message().starts_with("missing: "), "{}", missing.message());
    assert_eq!(RpcStatus::decode(missing.details()).unwrap().code, 16);

    let (revoked, expired, elsewhere) = (w.license.issue(), w.license.issue(), w.license.issue_in("eu1"));
    for (key, reason) in
        [(&revoked, Refused::Revoked), (&expired, Refused::Expired), (&elsewhere, Refused::WrongRegion)]
    {
        w.license.refuse(key, reason);
        let refused = client.traces(Some(key), request_of(vec![span(1)])).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated);
        assert!(refused.message().starts_with(reason.code()), "{}", refused.message());
    }

    // A message that is no OTLP request: a string field where a number belongs.
    let nonsense = opentelemetry_proto::tonic::common::v1::InstrumentationScope {
        name: "nonsense".to_owned(),
        ..Default::default()
    };
    let malformed =
        client.call::<_, ExportTraceServiceResponse>(TRACES, Some(&key), nonsense).await.unwrap_err();
    assert_eq!(malformed.code(), Code::InvalidArgument);

    let elsewhere = client
        .call::<_, ExportTraceServiceResponse>("/naru.Other/Call", Some(&key), request_of(vec![]))
        .await
        .unwrap_err();
    assert_eq!(elsewhere.code(), Code::Unimplemented);
}

#[tokio::test]
async fn what_heals_is_unavailable_with_a_time_to_wait() {
    let w = World::start().await;
    let stranger = w.license.issue();
    w.license.go_away().await;
    let status =
        Client::of(&w, None).await.traces(Some(&stranger), request_of(vec![span(1)])).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    let details = RpcStatus::decode(status.details()).unwrap().details;
    assert_eq!(details[0].type_url, "type.googleapis.com/google.rpc.RetryInfo");
    assert!(!details[0].value.is_empty());
}
