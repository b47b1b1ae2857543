//! One export request: key, body, answer.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use naru_signal::Signal;

use super::{answer::Wire, misdirected::came_to_grpc_port};
use crate::{
    answer::{Accepted, Refusal},
    app::App,
    normalize::{
        decompress::{Encoding, REQUEST_BYTES_MAX, decompress, too_large},
        json,
    },
    receive::{BODY_TIMEOUT, Knock, receive, welcome},
};

pub(super) async fn export(app: Arc<App>, signal: Signal, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let wire = Wire::of(&parts.headers);
    let knock = Knock { signal, protocol: wire.name(), peer: peer_of(&parts.headers, peer) };
    let outcome = handle(&app, &knock, wire, &parts.headers, body).await;
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
    body: Body,
) -> Result<Accepted, Refusal> {
    let welcome = welcome(app, knock, headers).await?;
    let told = |refusal: Refusal| {
        app.onboarding.refused(welcome.claims.tenant, welcome.claims.project, &refusal, &welcome.sender);
        refusal
    };
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
    let body = read(body).await.map_err(told)?;
    let request = match wire {
        Wire::Json => decompress(encoding, body).and_then(|json| json::to_protobuf(knock.signal, &json)),
        _ => decompress(encoding, body),
    };
    receive(app, knock, &welcome, request.map_err(told)?).await
}

async fn read(body: Body) -> Result<Bytes, Refusal> {
    let reading = Limited::new(body, REQUEST_BYTES_MAX).collect();
    match tokio::time::timeout(BODY_TIMEOUT, reading).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Refusal::Malformed {
            code: "malformed",
            detail: "the body ended before it was complete".to_owned(),
        }),
        Err(_) => Err(Refusal::Malformed {
            code: "malformed",
            detail: format!("the body did not arrive within {} s", BODY_TIMEOUT.as_secs()),
        }),
    }
}

/// What our edge wrote, else the connection itself.
pub(super) fn peer_of(headers: &HeaderMap, connection: Option<std::net::IpAddr>) -> std::net::IpAddr {
    let forwarded = headers
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    forwarded.or(connection).unwrap_or(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED))
}
