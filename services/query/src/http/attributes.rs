//! The query parameter `attr`, which may come several times.

use axum::extract::FromRequestParts;
use http::request::Parts;
use naru_http::{Problem, Query};
use utoipa::IntoParams;

use crate::parse::{self, AttributeIs};

/// What the parameter means, for descriptions.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes; `Attributes` reads")]
pub(super) struct AttributeParams {
    /// `key=value`: only rows that have this attribute, or whose resource has it. May come several times: all must hold.
    #[param(style = Form, explode)]
    attr: Option<Vec<String>>,
}

/// All of them, in the order they were sent.
#[derive(Debug)]
pub(super) struct Attributes(pub(super) Vec<AttributeIs>);

impl<S: Send + Sync> FromRequestParts<S> for Attributes {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await?;
        let sent = pairs.iter().filter(|(name, _)| name == "attr").map(|(_, text)| text.as_str());
        let attributes = parse::attributes(sent);
        attributes.map(Self).map_err(|error| Problem::bad_request("bad_attribute", error.to_string()))
    }
}
