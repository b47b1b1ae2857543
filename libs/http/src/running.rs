//! What a router really serves, whatever anybody wrote down about it.

use axum::Router;

/// The paths of `router`, nested ones included, sorted.
///
/// axum shows them in its `Debug` form only, so they are read from there; the test below fails on the day that changes.
/// Fallbacks (the web app's files, which axum shows as `/` and a private path) are left out.
#[must_use]
pub fn running_paths<S>(router: &Router<S>) -> Vec<String> {
    let shown = format!("{router:?}");
    let mut paths: Vec<String> = shown
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|text| text.starts_with('/') && *text != "/" && !text.contains("__private"))
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::get};

    use super::*;

    #[test]
    fn every_route_of_a_router_is_listed_with_its_nested_ones() {
        let inner = Router::new().route("/projects/{id}", get(|| async {})).route("/me", get(|| async {}));
        let router: Router = Router::new()
            .route("/auth/start", get(|| async {}))
            .nest("/api/v1", inner)
            .fallback(|| async { "page" });
        assert_eq!(running_paths(&router), ["/api/v1/me", "/api/v1/projects/{id}", "/auth/start"]);
    }
}
