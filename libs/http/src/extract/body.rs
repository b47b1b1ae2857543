//! Reading a body to its limit, and letting go of one that is refused.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    RequestExt,
    body::{Body, Bytes},
    extract::Request,
};
use http::{StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError};

use crate::Problem;

/// Of a refused body: far more than anybody means to send to an API.
const DISCARD_BYTES_MAX: usize = 64 << 20;
const DISCARD_TIMEOUT: Duration = Duration::from_secs(30);
/// Shorter than a handler's own time.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// The whole body, or a problem while the rest of it comes and goes.
pub(super) async fn read(request: Request) -> Result<Bytes, Problem> {
    let asks_first = asks_first(&request);
    let seen = Arc::new(AtomicUsize::new(0));
    let mut body = limited(request, &seen);
    match tokio::time::timeout(BODY_TIMEOUT, (&mut body).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if is_over_limit(&error) => {
            if !asks_first {
                spawn_drain(body, seen);
            }
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large"))
        }
        Ok(Err(_)) => Err(Problem::bad_request("unreadable_body", "the body could not be read")),
        Err(_) => {
            let detail =
                format!("the body did not arrive within {} s; send it again", BODY_TIMEOUT.as_secs());
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", detail))
        }
    }
}

/// Lets the body of a refused request come and go while its answer is on its way: a connection that is closed on
/// unread bytes is reset, and the answer with it.
pub(super) fn discard(request: Request) {
    if !asks_first(&request) {
        let seen = Arc::new(AtomicUsize::new(0));
        spawn_drain(limited(request, &seen), seen);
    }
}

/// Such a client has not sent its body yet, and must not be told to.
fn asks_first(request: &Request) -> bool {
    request.headers().contains_key(header::EXPECT)
}

/// Past its limit, each further piece is an error in its place; `seen` counts all of them.
fn limited(request: Request, seen: &Arc<AtomicUsize>) -> Body {
    let seen = Arc::clone(seen);
    let counted = request.map(|body| {
        Body::new(body.map_frame(move |frame| {
            seen.fetch_add(frame.data_ref().map_or(0, Bytes::len), Ordering::Relaxed);
            frame
        }))
    });
    counted.into_limited_body()
}

fn spawn_drain(mut body: Body, seen: Arc<AtomicUsize>) {
    let drain = async move {
        while seen.load(Ordering::Relaxed) < DISCARD_BYTES_MAX
            && let Some(frame) = body.frame().await
            && frame.as_ref().err().is_none_or(|error| is_over_limit(error))
        {}
    };
    tokio::spawn(tokio::time::timeout(DISCARD_TIMEOUT, drain));
}

fn is_over_limit(error: &(dyn Error + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.source().is_some_and(is_over_limit)
}

#[cfg(test)]
mod tests {
    use axum::{Router, extract::DefaultBodyLimit, routing};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use crate::Json;

    /// Writes all of it before it reads, as many clients do.
    async fn post(kind: &str, body_bytes: usize) -> String {
        let router = Router::new()
            .route("/", routing::post(|_: Json<serde_json::Value>| async {}))
            .layer(DefaultBodyLimit::max(1 << 20));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let serving = tokio::spawn(axum::serve(listener, router).into_future());
        let head = format!(
            "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {kind}\r\ncontent-length: {body_bytes}\r\n\r\n"
        );
        client.write_all(head.as_bytes()).await.unwrap();
        client.write_all(&vec![b'{'; body_bytes]).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        serving.abort();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    #[tokio::test]
    async fn a_refusal_reaches_a_client_that_sends_megabytes() {
        for _ in 0..5 {
            assert_eq!(post("application/json", 20 << 20).await, "HTTP/1.1 413 Payload Too Large");
            assert_eq!(post("text/plain", 20 << 20).await, "HTTP/1.1 415 Unsupported Media Type");
        }
    }
}
