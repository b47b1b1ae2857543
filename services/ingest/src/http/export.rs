//! One export request: key, body, answer.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderMap, header};
use naru_signal::Signal;

use super::{answer::Wire, misdirected::came_to_grpc_port};
use crate::{
    answer::{Accepted, Refusal},
    app::App,
    memory::Reserved,
    normalize::{
        decompress::{Encoding, REQUEST_BYTES_MAX, decompress},
        json::Weighed,
    },
    receive::{Knock, discard, read_body, receive, told, welcome},
};

pub(super) async fn export(app: Arc<App>, signal: Signal, request: Request) -> Response {
    let (parts, mut body) = request.into_parts();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let wire = Wire::of(&parts.headers);
    let knock = Knock { signal, protocol: wire.name(), peer: peer_of(&parts.headers, peer) };
    let outcome = handle(&app, &knock, wire, &parts.headers, &mut body).await;
    if outcome.is_err() {
        discard(&mut body).await;
    }
    let code = outcome.as_ref().map_or_else(Refusal::code, |_| "ok");
    metrics::counter!("ingest_requests_total", "protocol" => knock.protocol, "outcome" => code).increment(1);
    match outcome {
        Ok(accepted) => wire.accepted(signal, &accepted.rejections),
        Err(refusal) => wire.refused(&refusal),
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
    let mut memory = app.memory.reserve()?;
    let body = read_body(body, REQUEST_BYTES_MAX, &mut memory).await.map_err(told)?;
    let request = decompress(encoding, body)
        .and_then(|plain| normalize(wire, knock.signal, plain, &mut memory))
        .map_err(told)?;
    receive(app, knock, &welcome, request, memory).await
}

fn normalize(wire: Wire, signal: Signal, plain: Bytes, memory: &mut Reserved) -> Result<Bytes, Refusal> {
    if wire != Wire::Json {
        return Ok(plain);
    }
    let json = Weighed::weigh(plain)?;
    memory.set(json.bytes())?;
    json.into_protobuf(signal)
}

/// What our edge wrote, else the connection itself.
pub(super) fn peer_of(headers: &HeaderMap, connection: Option<std::net::IpAddr>) -> std::net::IpAddr {
    let forwarded = headers
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    forwarded.or(connection).unwrap_or(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED))
}
