//! What all operations have in common, said once in their OpenAPI document: credentials, problems and names.

use http::StatusCode;
use utoipa::openapi::{
    Content, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder,
    path::Operation,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

const JSON: &str = "application/json";
const PROBLEM_JSON: &str = "application/problem+json";
/// The name of [`crate::Problem`] among the document's schemas.
const PROBLEM: &str = "Problem";

/// Completes a document: both credentials, a unique id per operation (`get_projects_by_id_usage`), a description per
/// answer, and the problems that extractors and guards of this library answer before or around a handler.
///
/// An operation without a `security` of its own asks for a credential, as the document's default says.
#[must_use]
pub fn describe(mut document: OpenApi, session_cookie: &str) -> OpenApi {
    let components = document.components.get_or_insert_default();
    let cookie = ApiKey::Cookie(ApiKeyValue::new(session_cookie));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("nat_…").build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(id_of(method, path));
            complete(operation);
        }
    }
    document
}

/// Only the methods we serve.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("get", item.get.as_mut()),
        ("post", item.post.as_mut()),
        ("put", item.put.as_mut()),
        ("patch", item.patch.as_mut()),
        ("delete", item.delete.as_mut()),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation?)))
}

/// `get`, `/api/v1/projects/{id}/license-keys` → `get_projects_by_id_license_keys`
fn id_of(method: &str, path: &str) -> String {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    path.split('/').filter(|part| !part.is_empty()).fold(method.to_owned(), |mut id, part| {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(parameter) => id.extend(["_by_", parameter]),
            None => id.extend(["_", &part.replace('-', "_")]),
        }
        id
    })
}

fn complete(operation: &mut Operation) {
    let mut usual = vec![StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE];
    if operation.security.is_none() {
        usual.push(StatusCode::UNAUTHORIZED);
    }
    if operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty()) {
        usual.push(StatusCode::UNPROCESSABLE_ENTITY);
    }
    if operation.request_body.is_some() {
        usual.extend([
            StatusCode::BAD_REQUEST,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            StatusCode::UNPROCESSABLE_ENTITY,
        ]);
    }
    let responses = &mut operation.responses.responses;
    for status in usual {
        responses.entry(status.as_str().to_owned()).or_insert_with(|| RefOr::T(problem()));
    }
    for (status, response) in responses {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            status_in_words(status).clone_into(&mut response.description);
        }
        response.content = std::mem::take(&mut response.content)
            .into_iter()
            .map(
                |(kind, content)| {
                    if is_problem(&content) { (PROBLEM_JSON.into(), content) } else { (kind, content) }
                },
            )
            .collect();
    }
}

fn problem() -> Response {
    let schema = Ref::from_schema_name(PROBLEM);
    ResponseBuilder::new().content(JSON, Content::new(Some(schema))).build()
}

fn is_problem(content: &RefOr<Content>) -> bool {
    let RefOr::T(Content { schema: Some(RefOr::Ref(schema)), .. }) = content else { return false };
    schema.ref_location.rsplit('/').next() == Some(PROBLEM)
}

fn status_in_words(status: &str) -> &'static str {
    let status = status.parse::<StatusCode>().ok();
    status.and_then(|status| status.canonical_reason()).unwrap_or("Another answer")
}

#[cfg(test)]
mod tests {
    use utoipa::OpenApi as _;

    use super::*;
    use crate::Problem;

    #[utoipa::path(
        post,
        path = "/api/v1/projects/{id}/license-keys",
        params(("id" = String, Path)),
        request_body = String,
        responses((status = 201, body = String), (status = 404, body = Problem))
    )]
    #[expect(dead_code, reason = "only described")]
    fn issue() {}

    #[utoipa::path(get, path = "/auth/start", security(()), responses((status = 303, description = "Elsewhere")))]
    #[expect(dead_code, reason = "only described")]
    fn start() {}

    #[derive(utoipa::OpenApi)]
    #[openapi(paths(issue, start))]
    struct Description;

    fn described() -> serde_json::Value {
        serde_json::to_value(describe(Description::openapi(), "naru_session_8080")).unwrap()
    }

    #[test]
    fn every_answer_is_described_and_every_error_is_a_problem() {
        let document = described();
        let answers = document["paths"]["/api/v1/projects/{id}/license-keys"]["post"]["responses"].clone();
        let statuses: Vec<&String> = answers.as_object().unwrap().keys().collect();
        assert_eq!(statuses, ["201", "400", "401", "404", "413", "415", "422", "429", "503"]);
        for (status, answer) in answers.as_object().unwrap() {
            assert_ne!(answer["description"], "", "{status}");
            let kind = if status == "201" { "text/plain" } else { PROBLEM_JSON };
            assert!(answer["content"][kind].is_object(), "{status}: {answer}");
        }
    }

    #[test]
    fn operations_have_names_of_their_own_and_open_ones_ask_for_no_credential() {
        let document = described();
        let issue = &document["paths"]["/api/v1/projects/{id}/license-keys"]["post"];
        assert_eq!(issue["operationId"], "post_projects_by_id_license_keys");
        let start = &document["paths"]["/auth/start"]["get"];
        assert_eq!(start["operationId"], "get_auth_start");
        assert!(start["responses"]["401"].is_null());
        assert_eq!(document["components"]["securitySchemes"]["session"]["name"], "naru_session_8080");
    }
}
