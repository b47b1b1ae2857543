//! `GET|POST /projects`, `GET /projects/{id}`.

use axum::extract::State;
use http::StatusCode;
use naru_http::{ClientAddress, Json, Path, Problem};
use naru_ids::ProjectId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Created, signed_in::MayChange, time::rfc3339};
use crate::{
    app::App,
    error::Error,
    project::{
        board::{self, Tile},
        create::{self, Form},
    },
    session::caller::SignedIn,
};

#[derive(Serialize, ToSchema)]
pub(super) struct Projects {
    projects: Vec<Project>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Project {
    id: ProjectId,
    name: String,
    platform: String,
    region: String,
    group: String,
    created_at: String,
    /// This project on the tenant's APM.
    apm_url: String,
    first_data_at: Option<String>,
    /// Of an earlier UTC hour: its start; metering counts by hour. Never before `first_data_at`.
    last_data_at: Option<String>,
    /// Stored in the last 13 months. Null only when usage cannot be asked right now.
    spans_total: Option<u64>,
}

impl Project {
    fn of(app: &App, who: &SignedIn, tile: Tile) -> Self {
        let Tile { project, first_data, last_data, spans_total } = tile;
        Self {
            apm_url: apm_url(app, who, project.id),
            id: project.id,
            name: project.name,
            platform: project.platform,
            region: project.region,
            group: project.group,
            created_at: rfc3339(project.created),
            first_data_at: first_data.map(rfc3339),
            last_data_at: last_data.map(rfc3339),
            spans_total,
        }
    }
}

pub(super) fn apm_url(app: &App, who: &SignedIn, project: ProjectId) -> String {
    format!("{}/p/{project}", app.places.apm_url(&who.tenant.slug, &who.tenant.region))
}

/// All projects of the tenant, oldest first.
#[utoipa::path(
    get,
    path = "/projects",
    tag = "projects",
    responses((status = 200, body = Projects), (status = 401, body = Problem))
)]
pub(super) async fn list(State(app): State<App>, who: SignedIn) -> Result<Json<Projects>, Error> {
    let tiles = board::all(&app, &who).await?;
    Ok(Json(Projects { projects: tiles.into_iter().map(|tile| Project::of(&app, &who, tile)).collect() }))
}

#[derive(Deserialize, ToSchema, Default)]
#[serde(default)]
pub(super) struct NewProject {
    name: String,
    /// java, spring-boot, tomcat, nodejs, python, php, go, dotnet, kubernetes, host, cloud-foundry or opentelemetry.
    platform: String,
    /// Missing or empty = the tenant's region.
    region: Option<String>,
    /// A folder for projects; missing or empty = `default`.
    group: Option<String>,
}

/// Create a project.
#[utoipa::path(
    post,
    path = "/projects",
    tag = "projects",
    request_body = NewProject,
    responses((status = 201, body = Project), (status = 403, body = Problem), (status = 422, body = Problem))
)]
pub(super) async fn create(
    State(app): State<App>,
    MayChange(who): MayChange,
    ClientAddress(address): ClientAddress,
    Json(body): Json<NewProject>,
) -> Result<Created<Project>, Error> {
    let NewProject { name, platform, region, group } = body;
    let (region, group) = (region.unwrap_or_default(), group.unwrap_or_default());
    let form = Form { name, platform, region, group };
    let project = create::create(&app, &who, &form, &address.to_string()).await?;
    let tile = Tile { project, first_data: None, last_data: None, spans_total: Some(0) };
    Ok((StatusCode::CREATED, Json(Project::of(&app, &who, tile))))
}

/// One project. Another tenant's id is not found.
#[utoipa::path(
    get,
    path = "/projects/{id}",
    tag = "projects",
    params(("id" = ProjectId, Path)),
    responses((status = 200, body = Project), (status = 404, body = Problem))
)]
pub(super) async fn get(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<ProjectId>,
) -> Result<Json<Project>, Error> {
    let tile = board::one(&app, &who, id).await?;
    Ok(Json(Project::of(&app, &who, tile)))
}
