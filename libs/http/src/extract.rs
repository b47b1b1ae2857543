//! axum's extractors with our rejections: a problem that names the field.

mod body;

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header, request::Parts};
use serde::{
    Serialize,
    de::{DeserializeOwned, IgnoredAny},
};

use crate::{FieldError, Problem};

/// A JSON body, in and out. In, one object: 400 for text that is none, 408, 413, 415, and 422 with the field for the
/// wrong type.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

/// The query string. 422 with the field.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

/// Path parameters. One that cannot be read, as a malformed id, names nothing: 404.
#[derive(Debug, Clone, Copy, Default)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            body::discard(request);
            let detail = "send the body as application/json";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
        }
        from_json(&body::read(request).await?).map(Self)
    }
}

#[expect(clippy::result_large_err, reason = "the caller hands it on as it is")]
fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // The deserializer would take an array for an object, and its members for the object's fields.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        let detail = match serde_json::from_slice::<IgnoredAny>(body) {
            Ok(_) => "send a JSON object".to_owned(),
            Err(error) => format!("the body is not JSON: {error}; send a JSON object"),
        };
        return Err(Problem::bad_request("malformed_json", detail));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| json_problem(&error))?;
    json.end().map_err(|_| Problem::bad_request("malformed_json", "there is more after the JSON value"))?;
    Ok(value)
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let text = parts.uri.query().unwrap_or("");
        let query = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
        serde_path_to_error::deserialize(query)
            .map(Self)
            .map_err(|error| field_problem(&error.path().to_string(), &error.inner().to_string()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) if rejection.status().is_server_error() => Err(Problem::internal(&rejection)),
            Err(_) => Err(Problem::not_found("resource")),
        }
    }
}

fn is_json(headers: &http::HeaderMap) -> bool {
    let essence = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(str::trim);
    essence.is_some_and(|essence| {
        essence.eq_ignore_ascii_case("application/json") || essence.to_ascii_lowercase().ends_with("+json")
    })
}

fn json_problem(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let inner = error.inner();
    if inner.is_data() {
        // serde_json ends with the position, which the field's name replaces.
        let message = inner.to_string();
        let words = message.rsplit_once(" at line ").map_or(message.as_str(), |(words, _)| words);
        return field_problem(&error.path().to_string(), &without_type_name(words));
    }
    Problem::bad_request("malformed_json", format!("the body is not JSON: {inner}"))
}

/// `expected struct SignUp` says what we call it, which is nobody's business.
fn without_type_name(words: &str) -> String {
    match words.split_once("expected struct ") {
        Some((before, name)) => {
            let after = name.split_once(' ').map_or("", |(_, after)| after);
            format!("{before}expected an object {after}").trim_end().to_owned()
        }
        None => words.to_owned(),
    }
}

/// `missing field `email`` has the outer path, so the name comes out of the message.
fn field_problem(path: &str, message: &str) -> Problem {
    let quoted = |prefix: &str| {
        message.strip_prefix(prefix).and_then(|rest| rest.split('`').next()).map(|name| join(path, name))
    };
    let (field, code) = if let Some(field) = quoted("missing field `") {
        (field, "missing")
    } else if let Some(field) = quoted("unknown field `") {
        (field, "unknown_field")
    } else {
        (if path == "." { String::new() } else { path.to_owned() }, "invalid")
    };
    Problem::unprocessable(vec![FieldError::new(field, code, message)])
}

fn join(path: &str, name: &str) -> String {
    // For an unknown field the path already ends in it.
    if path == "." || path == "?" || path == name {
        return name.to_owned();
    }
    if path.ends_with(&format!(".{name}")) { path.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Method;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Signup {
        email: String,
        age: u8,
    }

    async fn post(content_type: &str, body: &str) -> Result<Signup, serde_json::Value> {
        let request = Request::builder()
            .method(Method::POST)
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(body.to_owned()))
            .unwrap();
        Json::from_request(request, &())
            .await
            .map(|Json(value)| value)
            .map_err(|problem| serde_json::to_value(&problem).unwrap())
    }

    #[tokio::test]
    async fn a_wrong_body_names_its_field() {
        let good = post("application/json; charset=utf-8", r#"{"email":"a","age":3}"#).await.unwrap();
        assert_eq!((good.email.as_str(), good.age), ("a", 3));
        for (body, status, field, code) in [
            (r#"{"email":"a"}"#, 422, "age", "missing"),
            (r#"{"email":"a","age":"x"}"#, 422, "age", "invalid"),
            (r#"{"email":"a","age":3,"role":1}"#, 422, "role", "unknown_field"),
        ] {
            let problem = post("application/json", body).await.unwrap_err();
            assert_eq!(problem["status"], status, "{problem}");
            assert_eq!(problem["errors"][0]["field"], field, "{problem}");
            assert_eq!(problem["errors"][0]["code"], code, "{problem}");
        }
        assert_eq!(post("application/json", "{").await.unwrap_err()["code"], "malformed_json");
        assert_eq!(post("application/json", r#"{"email":"a","age":3} x"#).await.unwrap_err()["status"], 400);
        assert_eq!(post("text/plain", "{}").await.unwrap_err()["status"], 415);
    }

    #[tokio::test]
    async fn only_an_object_is_a_body() {
        for body in [r#"["a",3]"#, "null", "7", r#" "a""#, "[[]]"] {
            let problem = post("application/json", body).await.unwrap_err();
            assert_eq!((&problem["status"], &problem["code"]), (&400.into(), &"malformed_json".into()));
            assert_eq!(problem["detail"], "send a JSON object", "{body}");
        }
        assert_eq!(post("application/json", "").await.unwrap_err()["status"], 400);
        assert_eq!(
            without_type_name("invalid type: null, expected struct SignUp"),
            "invalid type: null, expected an object"
        );
    }

    #[tokio::test]
    async fn a_wrong_query_names_its_field() {
        let mut parts = Request::builder().uri("/x?email=a&age=old").body(()).unwrap().into_parts().0;
        let problem = Query::<Signup>::from_request_parts(&mut parts, &()).await.unwrap_err();
        assert_eq!(serde_json::to_value(&problem).unwrap()["errors"][0]["field"], "age");
    }
}
