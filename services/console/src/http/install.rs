//! `GET /projects/{id}/install`.

use axum::extract::State;
use naru_http::{Json, Path, Problem};
use naru_ids::ProjectId;
use serde::Serialize;
use utoipa::ToSchema;

use super::project::apm_url;
use crate::{app::App, error::Error, project::board, session::caller::SignedIn};

/// What a snippet needs besides the license key.
#[derive(Serialize, ToSchema)]
pub(super) struct Install {
    otlp_grpc_url: String,
    otlp_http_url: String,
    region: String,
    apm_url: String,
}

/// Where this project's agents send to.
#[utoipa::path(
    get,
    path = "/projects/{id}/install",
    tag = "projects",
    params(("id" = ProjectId, Path)),
    responses((status = 200, body = Install), (status = 404, body = Problem))
)]
pub(super) async fn get(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<ProjectId>,
) -> Result<Json<Install>, Error> {
    let project = board::find(&app, &who, id).await?;
    Ok(Json(Install {
        otlp_grpc_url: app.otlp_grpc_url.clone(),
        otlp_http_url: app.otlp_http_url.clone(),
        apm_url: apm_url(&app, &who, project.id),
        region: project.region,
    }))
}
