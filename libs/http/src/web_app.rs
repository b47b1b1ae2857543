//! The web app's files: hashed assets forever, the page itself never without asking.

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing,
};
use http::{HeaderValue, Method, header};
use tower::ServiceExt;
use tower_http::{compression::CompressionLayer, services::ServeDir};
use tracing::warn;

use crate::Problem;

/// Names under `/assets` hold a hash of their contents, so they never change.
const ASSET_CACHE: &str = "public, max-age=31536000, immutable";
/// Everything else is asked for anew each time; `304` makes that cheap.
const PAGE_CACHE: &str = "no-cache";

/// Serves the build in `dir`: files as they are, and `index.html` for every other path, since the app routes itself.
/// Never for `/api`, `/auth` or a missing asset: those are 404 problems. Merge it as a router's fallback.
pub fn web_app(dir: PathBuf) -> Router {
    Router::new()
        .fallback_service(routing::any(file_or_page).with_state(Arc::new(dir)))
        .layer(CompressionLayer::new().gzip(true))
}

async fn file_or_page(State(dir): State<Arc<PathBuf>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let belongs_elsewhere = ["/api", "/auth"]
        .iter()
        .any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if belongs_elsewhere || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::not_found("route").into_response();
    }
    let is_asset = path.starts_with("/assets/");
    let file = if path == "/" { None } else { read(&dir, request).await };
    let (response, cache) = match file {
        Some(response) => (response, if is_asset { ASSET_CACHE } else { PAGE_CACHE }),
        None if is_asset => return Problem::not_found("file").into_response(),
        None => (page(&dir).await, PAGE_CACHE),
    };
    let mut response = response;
    if response.status().is_success() || response.status() == http::StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    }
    response
}

/// `None` when there is no such file. `ServeDir` refuses paths that leave the folder.
async fn read(dir: &std::path::Path, request: Request) -> Option<Response> {
    let files = ServeDir::new(dir).append_index_html_on_directories(false);
    match files.oneshot(request).await {
        Ok(response) if response.status() == http::StatusCode::NOT_FOUND => None,
        Ok(response) => Some(response.map(axum::body::Body::new)),
        Err(never) => match never {},
    }
}

async fn page(dir: &std::path::Path) -> Response {
    match tokio::fs::read(dir.join("index.html")).await {
        Ok(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => {
            warn!(%error, "the web build has no index.html");
            Problem::not_found("web app here; it has not been built").into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http_body_util::BodyExt;

    use super::*;

    async fn get(router: &Router, path: &str) -> (u16, String, String) {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let cache =
            response.headers().get(header::CACHE_CONTROL).map_or("", |v| v.to_str().unwrap()).to_owned();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, cache, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn files_are_files_and_other_paths_are_the_app() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("assets")).unwrap();
        std::fs::write(dir.path().join("index.html"), "<app>").unwrap();
        std::fs::write(dir.path().join("favicon.svg"), "<svg>").unwrap();
        std::fs::write(dir.path().join("assets/main-1a.js"), "run()").unwrap();
        let router = web_app(dir.path().to_owned());

        let page = (200, PAGE_CACHE.to_owned(), "<app>".to_owned());
        assert_eq!(get(&router, "/").await, page);
        assert_eq!(get(&router, "/projects/prj_1/install").await, page);
        assert_eq!(get(&router, "/authors").await, page);
        assert_eq!(get(&router, "/favicon.svg").await, (200, PAGE_CACHE.to_owned(), "<svg>".to_owned()));
        assert_eq!(
            get(&router, "/assets/main-1a.js").await,
            (200, ASSET_CACHE.to_owned(), "run()".to_owned())
        );
        for missing in ["/assets/old.js", "/api/v1/nothing", "/auth/nothing", "/api"] {
            assert_eq!(get(&router, missing).await.0, 404, "{missing}");
        }
        let outside = get(&router, "/../../../../etc/passwd").await;
        assert!(!outside.2.contains("root:"), "{outside:?}");
    }
}
