//! What a client reads when something is wrong: RFC 9457 `application/problem+json`.

use std::error::Error;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use tracing::error;
use utoipa::ToSchema;

/// One answer that is not a success. `code` is for programs, `detail` for people; neither says anything internal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status and `code` say what it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: String,
    status: u16,
    /// A sentence a customer may read.
    detail: String,
    /// A short word a client can act on, as `invalid_credentials`.
    code: String,
    /// One per wrong field; only with 422.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// Members of one problem only, as `login_url`.
    #[serde(flatten)]
    #[schema(ignore)]
    extra: serde_json::Map<String, serde_json::Value>,
    #[serde(skip)]
    headers: HeaderMap,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field's name as the client sent it; `a.b` or `a[0]` inside others.
    pub field: String,
    pub code: String,
    pub message: String,
}

impl FieldError {
    #[must_use]
    pub fn new(field: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.into(), message: message.into() }
    }
}

impl Problem {
    #[must_use]
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            errors: Vec::new(),
            extra: serde_json::Map::new(),
            headers: HeaderMap::new(),
        }
    }

    /// 404 `not_found`. Also what another tenant's ids get: "there is no such …".
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("no such {what}"))
    }

    /// 401: who you are is not known. `code` says which credential is missing or wrong.
    #[must_use]
    pub fn unauthorized(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
    }

    /// 403 `forbidden`: who you are is known, and it is not enough.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 400: the request cannot be read.
    #[must_use]
    pub fn bad_request(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 422 `invalid`: the request can be read, and these fields are wrong.
    #[must_use]
    pub fn unprocessable(errors: Vec<FieldError>) -> Self {
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        let detail = format!("please correct: {}", fields.join(", "));
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail) }
    }

    /// 429 `too_many_requests` with Retry-After.
    #[must_use]
    pub fn too_many_requests(retry_after_s: u64, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).retry_after(retry_after_s)
    }

    /// 503 `unavailable` with Retry-After: something we depend on is away.
    #[must_use]
    pub fn unavailable(retry_after_s: u64, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).retry_after(retry_after_s)
    }

    /// 500 `internal`. The chain of causes goes to the log, once, here; the client learns nothing of it.
    #[must_use]
    pub fn internal(cause: &(dyn Error + 'static)) -> Self {
        error!(error = %naru_telemetry::chain(cause), "a request failed inside");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong on our side")
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Adds a member of its own to the body, as `login_url`.
    #[must_use]
    pub fn with_member(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    fn retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).expect("a problem holds nothing that JSON cannot");
        let mut response = (self.status(), body).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.headers_mut().extend(self.headers);
        response
    }
}

impl From<naru_auth::Forbidden> for Problem {
    fn from(forbidden: naru_auth::Forbidden) -> Self {
        Self::forbidden(format!("your role, {}, does not allow this", forbidden.role))
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    async fn body(problem: Problem) -> (HeaderMap, serde_json::Value) {
        let (parts, body) = problem.into_response().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.headers, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn wrong_fields_are_named_one_by_one() {
        let (headers, body) =
            body(Problem::unprocessable(vec![FieldError::new("tenant", "taken", "acme is taken")])).await;
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(
            body,
            serde_json::json!({
                "type": "about:blank", "title": "Unprocessable Entity", "status": 422, "code": "invalid",
                "detail": "please correct: tenant",
                "errors": [{"field": "tenant", "code": "taken", "message": "acme is taken"}],
            })
        );
    }

    #[tokio::test]
    async fn what_went_wrong_inside_stays_inside() {
        let (_, body) = body(Problem::internal(&std::io::Error::other("password of db is x"))).await;
        assert!(!body.to_string().contains("password"));
        assert_eq!(body["code"], "internal");
    }

    #[tokio::test]
    async fn an_outage_says_when_to_come_back_and_a_login_where_to_go() {
        let (headers, _) = body(Problem::unavailable(0, "metering is away")).await;
        assert_eq!(headers[header::RETRY_AFTER], "1");
        let (_, body) =
            body(Problem::unauthorized("no_session", "log in").with_member("login_url", "/auth/start")).await;
        assert_eq!(body["login_url"], "/auth/start");
    }
}
