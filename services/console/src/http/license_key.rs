//! `GET|POST /projects/{id}/license-keys`, `DELETE /license-keys/{id}`.

use axum::{body::Bytes, extract::State};
use http::StatusCode;
use naru_http::{ClientAddress, FieldError, Json, Path, Problem};
use naru_ids::{KeyId, ProjectId, UnixMs};
use naru_license_api::KeyInfo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Created, signed_in::MayChange, time::rfc3339};
use crate::{app::App, error::Error, license_key, session::caller::SignedIn};

#[derive(Serialize, ToSchema)]
pub(super) struct LicenseKeys {
    license_keys: Vec<LicenseKey>,
}

/// A key as it may be seen again: never its text.
#[derive(Serialize, ToSchema)]
pub(super) struct LicenseKey {
    id: KeyId,
    name: String,
    /// First and last letters.
    hint: String,
    created_at: String,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct NewLicenseKey {
    #[serde(flatten)]
    info: LicenseKey,
    /// The key itself; this answer alone holds it.
    key: String,
}

#[derive(Deserialize, ToSchema, Default)]
#[serde(default)]
pub(super) struct KeyName {
    /// What people call it; empty = `default`.
    name: Option<String>,
}

impl From<KeyInfo> for LicenseKey {
    fn from(info: KeyInfo) -> Self {
        let time = |ms| rfc3339(UnixMs(ms));
        Self {
            id: info.id,
            name: info.name,
            hint: info.hint,
            created_at: time(info.created_ms),
            last_used_at: info.last_used_ms.map(time),
            revoked_at: info.revoked_ms.map(time),
        }
    }
}

/// The project's keys, revoked ones included.
#[utoipa::path(
    get,
    path = "/projects/{id}/license-keys",
    tag = "license keys",
    params(("id" = ProjectId, Path)),
    responses((status = 200, body = LicenseKeys), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn list(
    State(app): State<App>,
    who: SignedIn,
    Path(project): Path<ProjectId>,
) -> Result<Json<LicenseKeys>, Error> {
    let keys = license_key::list(&app, &who, project).await?;
    Ok(Json(LicenseKeys { license_keys: keys.into_iter().map(LicenseKey::from).collect() }))
}

/// Issue a key.
#[utoipa::path(
    post,
    path = "/projects/{id}/license-keys",
    tag = "license keys",
    params(("id" = ProjectId, Path)),
    request_body = Option<KeyName>,
    responses((status = 201, body = NewLicenseKey), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn create(
    State(app): State<App>,
    MayChange(who): MayChange,
    ClientAddress(address): ClientAddress,
    Path(project): Path<ProjectId>,
    body: Bytes,
) -> Result<Created<NewLicenseKey>, Error> {
    let name = read_name(&body)?;
    let issued = license_key::issue(&app, &who, project, &name, &address.to_string()).await?;
    Ok((StatusCode::CREATED, Json(NewLicenseKey { info: issued.info.into(), key: issued.key })))
}

/// Revoke a key: its agents are refused within seconds. A key already revoked stays revoked; the call succeeds again.
#[utoipa::path(
    delete,
    path = "/license-keys/{id}",
    tag = "license keys",
    params(("id" = KeyId, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn delete(
    State(app): State<App>,
    MayChange(who): MayChange,
    ClientAddress(address): ClientAddress,
    Path(id): Path<KeyId>,
) -> Result<StatusCode, Error> {
    license_key::revoke(&app, &who, id, &address.to_string()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A body is optional here, and so is the name in it.
fn read_name(body: &[u8]) -> Result<String, Error> {
    if body.trim_ascii().is_empty() {
        return Ok(String::new());
    }
    let read: Result<KeyName, _> = serde_json::from_slice(body);
    let wrong =
        || Error::Fields(vec![FieldError::new("name", "invalid", "send {\"name\": \"…\"} or nothing")]);
    Ok(read.map_err(|_| wrong())?.name.unwrap_or_default())
}
