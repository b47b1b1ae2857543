//! Listening, and leaving without cutting anybody off mid-answer.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{self, Next},
    response::{Response, sse::KeepAlive},
    serve::ListenerExt,
};
use futures::StreamExt;
use http::header;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// How long requests in flight may take after `stop`. Streams end at once.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Proxies close connections that are silent for a minute; so does nobody with a comment every 15 s.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Serves until `stop`, then lets requests in flight finish within [`DRAIN_TIMEOUT`]. Event streams end with `stop`:
/// browsers reconnect by themselves, and nobody has to wait for them.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> anyhow::Result<()> {
    let router = router.layer(middleware::from_fn_with_state(stop.clone(), end_streams));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // An answer's last bytes would wait for the client to acknowledge those before, which takes it 40 ms.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            warn!(%error, "small answers of a connection may be late");
        }
    });
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
    let overdue = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN_TIMEOUT).await;
    };
    tokio::select! {
        ended = serving.into_future() => ended.context("serving HTTP"),
        () = overdue => {
            warn!("some requests did not finish within {} s and were cut off", DRAIN_TIMEOUT.as_secs());
            Ok(())
        }
    }
}

/// The comment line that keeps an event stream open through proxies.
pub fn sse_keep_alive() -> KeepAlive {
    KeepAlive::new().interval(KEEP_ALIVE).text("still here")
}

async fn end_streams(State(stop): State<CancellationToken>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_stream = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    if !is_stream {
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = body.into_data_stream().take_until(stop.cancelled_owned());
    Response::from_parts(parts, Body::from_stream(body))
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, sync::Arc, time::Instant};

    use axum::{response::Sse, routing};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn stopping_ends_streams_at_once_and_lets_answers_finish() {
        let begun = Arc::new(tokio::sync::Notify::new());
        let router = Router::new()
            .route(
                "/stream",
                routing::get(|| async {
                    let silence =
                        futures::stream::pending::<Result<axum::response::sse::Event, Infallible>>();
                    Sse::new(silence).keep_alive(sse_keep_alive())
                }),
            )
            .route(
                "/slow",
                routing::get({
                    let begun = Arc::clone(&begun);
                    || async move {
                        begun.notify_one();
                        tokio::time::sleep(Duration::from_millis(300)).await;
                        "done"
                    }
                }),
            );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let server = tokio::spawn(serve(listener, router, stop.clone()));
        let mut clients = Vec::new();
        for path in ["/stream", "/slow"] {
            let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
            client.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
            clients.push(client);
        }
        let mut first = [0_u8; 12];
        clients[0].read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");

        begun.notified().await;
        let stopped = Instant::now();
        stop.cancel();
        server.await.unwrap().unwrap();

        assert!(stopped.elapsed() < DRAIN_TIMEOUT / 2, "{:?}", stopped.elapsed());
        let mut answer = String::new();
        clients[1].read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("done"), "{answer}");
    }
}
