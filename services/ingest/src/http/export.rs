//! One export request: key, body, answer.

use std::sync::Arc;

use axum::{body::Body, extract::Request, response::Response};
use bytes::Bytes;
use http::{HeaderMap, header};
use naru_http::ClientAddress;
use naru_signal::Signal;

use super::{answer::Wire, misdirected::came_to_grpc_port};
use crate::{
    answer::{Accepted, Refusal},
    app::App,
    memory::Reserved,
    normalize::{
        decompress::{Encoding, Inflating, REQUEST_BYTES_MAX},
        json::Weighed,
    },
    receive::{Knock, discard, may_come, read_body, receive, told, welcome},
};

pub(super) async fn export(app: Arc<App>, signal: Signal, peer: ClientAddress, request: Request) -> Response {
    let (parts, mut body) = request.into_parts();
    let wire = Wire::of(&parts.headers);
    let knock = Knock { signal, protocol: wire.name(), peer: peer.0 };
    let outcome = handle(&app, &knock, wire, &parts.headers, &mut body).await;
    let code = outcome.as_ref().map_or_else(Refusal::code, |_| "ok");
    metrics::counter!("ingest_requests_total", "protocol" => knock.protocol, "outcome" => code).increment(1);
    match outcome {
        Ok(accepted) => wire.accepted(signal, &accepted.rejections),
        Err(refusal) => {
            discard(&parts.headers, &refusal, body);
            wire.refused(&refusal)
        }
    }
}

async fn handle(
    app: &Arc<App>,
    knock: &Knock,
    wire: Wire,
    headers: &HeaderMap,
    body: &mut Body,
) -> Result<Accepted, Refusal> {
    let welcome = welcome(app, knock, headers).await?;
    let told = |refusal| told(app, &welcome, refusal);
    if came_to_grpc_port(headers) {
        return Err(told(super::misdirected::http1_on_grpc_port()));
    }
    let encoding =
        Encoding::parse(headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?")));
    let encoding = encoding.map_err(told)?;
    if wire == Wire::Unknown {
        return Err(told(Refusal::UnsupportedType(
            "send content-type application/x-protobuf or application/json".to_owned(),
        )));
    }
    may_come(app, welcome.claims.tenant)?;
    let mut memory = app.memory.reserve(welcome.claims.tenant);
    let body = read_body(body, REQUEST_BYTES_MAX, &mut memory).await.map_err(told)?;
    let body = Inflating::new(encoding, body).map_err(told)?;
    let normalize = if wire == Wire::Json { from_json } else { as_it_is };
    receive(app, knock, &welcome, body, normalize, memory).await
}

fn as_it_is(_: Signal, plain: Bytes, _: &mut Reserved) -> Result<Bytes, Refusal> {
    Ok(plain)
}

fn from_json(signal: Signal, plain: Bytes, memory: &mut Reserved) -> Result<Bytes, Refusal> {
    let json = Weighed::weigh(plain)?;
    memory.set(json.bytes())?;
    json.into_protobuf(signal)
}
