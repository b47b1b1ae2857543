//! What a refused hand-over shows. Browsers come by navigation and have no page of ours open: a person gets one that
//! says how to go on; a program gets the problem itself.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use naru_http::Problem;

use super::hand_over::see_other;
use crate::{app::App, error::Error};

/// The page of the console's web application; it knows the codes.
const PAGE: &str = "/log-in-refused";

pub(super) fn answer(app: &App, headers: &HeaderMap, error: Error) -> Response {
    let problem = Problem::from(error);
    if !wants_page(headers) {
        return problem.into_response();
    }
    // Codes are words of our own: letters and underscores.
    see_other(&format!("{}{PAGE}?code={}", app.places.console_url(), problem.code()), None)
}

/// Navigations of every browser name `text/html` first; `fetch` and programs name it only on purpose.
fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.trim_start().to_ascii_lowercase().starts_with("text/html"))
}
