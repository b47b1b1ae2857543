//! What every router wears, whatever it serves.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::{Instrument, error, info, info_span};
use uuid::Uuid;

use crate::Problem;

/// Requests to an API are small; a route that takes more says so with its own `DefaultBodyLimit`.
pub const BODY_BYTES_MAX: usize = 1 << 20;

/// How long a handler may take to *begin* its answer. Streams then go on for as long as they like.
pub const HANDLER_TIMEOUT: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_ID_LEN_MAX: usize = 64;

/// Scripts and connections only to our own origin. Inline styles are allowed, because the component library sets them;
/// inline scripts are not.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Adds request ids, one log line per request, problems instead of panics and time-outs, a body limit, `no-store` for
/// everything under `/api` and `/auth`, and the security headers. Must be the last call on a router.
pub fn harden(router: Router) -> Router {
    router
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(bound_time))
        .layer(middleware::from_fn(set_headers))
        .layer(middleware::from_fn(name_and_log))
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned());
    error!(panic.message = %text, "a handler panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong on our side")
        .into_response()
}

async fn bound_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(HANDLER_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::unavailable(5, "this took too long; try again or ask for less").into_response(),
    }
}

async fn set_headers(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let private = path.starts_with("/api/") || path.starts_with("/auth/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    if private {
        set(header::CACHE_CONTROL, "no-store");
    }
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    response
}

/// One line per request: method, path without its query (which may hold codes), status, time.
async fn name_and_log(request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = info_span!("request", request.id = %id.to_str().unwrap_or(""));
    let started = std::time::Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        info!(
            http.request.method = %method, url.path = %path, http.response.status_code = status, duration_ms,
            "{method} {path} → {status}"
        );
    });
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The edge's id when it is a plain one, else a new one.
fn request_id(request: &Request) -> HeaderValue {
    let plain = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        !bytes.is_empty()
            && bytes.len() <= REQUEST_ID_LEN_MAX
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    request.headers().get(REQUEST_ID).filter(plain).cloned().unwrap_or_else(|| {
        HeaderValue::try_from(Uuid::now_v7().simple().to_string()).expect("hex letters are a header value")
    })
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, routing};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;
    use crate::Json;

    fn router() -> Router {
        harden(
            Router::new()
                .route("/api/ok", routing::get(|| async { "ok" }))
                .route("/api/panic", routing::get(|| async { panic!("of the disco") as &'static str }))
                .route("/api/echo", routing::post(|body: Json<serde_json::Value>| async { body })),
        )
    }

    async fn get(path: &str) -> Response {
        router().oneshot(Request::builder().uri(path).body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn an_api_answer_is_never_stored_framed_or_sniffed() {
        let response = get("/api/ok").await;
        let headers = response.headers();
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert!(headers["content-security-policy"].to_str().unwrap().contains("script-src 'self';"));
        assert_eq!(headers["x-request-id"].len(), 32);
    }

    #[tokio::test]
    async fn a_panic_becomes_a_problem_that_says_nothing_of_it() {
        let response = get("/api/panic").await;
        assert_eq!(response.status(), 500);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains("\"internal\"") && !text.contains("disco"), "{text}");
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_413() {
        let request = Request::builder()
            .method("POST")
            .uri("/api/echo")
            .header("content-type", "application/json")
            .body(Body::from(format!("\"{}\"", "x".repeat(BODY_BYTES_MAX))))
            .unwrap();
        let response = router().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 413);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
}
