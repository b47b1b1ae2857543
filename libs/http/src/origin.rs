//! Cookies travel with requests that other sites start; so every state change and every stream proves where it began.
//!
//! Sibling subdomains are the same *site*, so `SameSite` cookies do not keep one tenant's page from calling another's
//! host. The exact origin does.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, header, request::Parts};

use crate::{Problem, peer};

/// Middleware: 403 `cross_origin` for a state change, or a scripted read with a cookie, that another origin started.
///
/// A request with `Authorization: Bearer` passes: browsers add that header only after a preflight, which nobody here
/// answers.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if must_prove_origin(&parts) && !is_same_origin(&parts) {
        let detail = "this request was started by a page of another site";
        return Problem::new(http::StatusCode::FORBIDDEN, "cross_origin", detail).into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

fn must_prove_origin(parts: &Parts) -> bool {
    if has_bearer(&parts.headers) {
        return false;
    }
    let changes_state = matches!(parts.method, Method::POST | Method::PUT | Method::PATCH | Method::DELETE);
    // Following a link into the app is a navigation; everything else that carries the cookie is a script's doing.
    let navigation = text(&parts.headers, "sec-fetch-mode") == Some("navigate");
    changes_state || (parts.headers.contains_key(header::COOKIE) && !navigation)
}

/// Programs send neither header and pass; browsers send at least one with everything that must prove its origin.
fn is_same_origin(parts: &Parts) -> bool {
    let site_fits =
        text(&parts.headers, "sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none");
    let origin_fits = match parts.headers.get(header::ORIGIN) {
        None => true,
        Some(origin) => own_origin(parts).is_some_and(|own| origin.as_bytes() == own.as_bytes()),
    };
    site_fits && origin_fits
}

/// `https://acme.apm.eu1.example.com`, as the client's browser writes it. The edge tells the scheme.
fn own_origin(parts: &Parts) -> Option<String> {
    let authority = peer::authority(parts)?;
    let scheme = match text(&parts.headers, "x-forwarded-proto") {
        Some("https") => "https",
        _ => "http",
    };
    // Browsers leave the scheme's own port out of both Origin and Host.
    Some(format!("{scheme}://{}", authority.as_str().to_ascii_lowercase()))
}

fn has_bearer(headers: &HeaderMap) -> bool {
    text(headers, "authorization")
        .and_then(|value| value.get(..7))
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("bearer "))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"))
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware, routing};
    use tower::ServiceExt;

    use super::*;

    async fn status(method: &str, headers: &[(&str, &str)]) -> u16 {
        let router = Router::new()
            .route("/x", routing::get(|| async {}).post(|| async {}))
            .layer(middleware::from_fn(same_origin));
        let mut request = Request::builder().method(method).uri("/x").header("host", "a.localhost:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn only_our_own_page_may_change_state() {
        let own = ("origin", "http://a.localhost:8080");
        let sibling = ("origin", "http://b.localhost:8080");
        assert_eq!(status("POST", &[own]).await, 200);
        assert_eq!(status("POST", &[own, ("sec-fetch-site", "same-origin")]).await, 200);
        assert_eq!(status("POST", &[("sec-fetch-site", "same-site")]).await, 403);
        assert_eq!(status("POST", &[sibling]).await, 403);
        assert_eq!(status("POST", &[("origin", "null")]).await, 403);
        assert_eq!(status("POST", &[("origin", "https://a.localhost:8080")]).await, 403);
        assert_eq!(status("POST", &[("origin", "http://a.localhost:80801")]).await, 403);
        assert_eq!(
            status("POST", &[("origin", "https://a.localhost:8080"), ("x-forwarded-proto", "https")]).await,
            200
        );
    }

    #[tokio::test]
    async fn programs_and_bearer_tokens_pass() {
        assert_eq!(status("POST", &[]).await, 200);
        let bearer = ("authorization", "Bearer nat_x");
        assert_eq!(status("POST", &[bearer, ("origin", "http://b.localhost:8080")]).await, 200);
        assert_eq!(status("POST", &[("authorization", "Basic eA=="), ("origin", "http://b")]).await, 403);
    }

    #[tokio::test]
    async fn a_stream_with_a_cookie_must_be_our_own_page_but_a_link_may_lead_here() {
        let cookie = ("cookie", "s=1");
        assert_eq!(status("GET", &[cookie, ("sec-fetch-site", "same-site")]).await, 403);
        assert_eq!(status("GET", &[cookie, ("origin", "http://b.localhost:8080")]).await, 403);
        assert_eq!(status("GET", &[cookie, ("sec-fetch-site", "same-origin")]).await, 200);
        let link = [cookie, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert_eq!(status("GET", &link).await, 200);
        assert_eq!(status("GET", &[("sec-fetch-site", "cross-site")]).await, 200);
    }
}
