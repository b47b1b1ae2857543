//! `GET /me`: who calls, and what they may look at here.

use axum::extract::State;
use naru_http::{Json, Problem};
use naru_ids::{ProjectId, TenantId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{App, caller::Viewer};

#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    /// Null for API tokens.
    user: Option<User>,
    tenant: Tenant,
    /// `owner`, `admin`, `operator` or `viewer`.
    role: String,
    console_url: String,
    /// Projects of this host's region, oldest first.
    projects: Vec<Project>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct User {
    name: String,
    email: String,
    locale: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Tenant {
    id: TenantId,
    slug: String,
    company: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Project {
    id: ProjectId,
    name: String,
    platform: String,
    group: String,
    /// RFC 3339.
    created_at: String,
}

/// Who you are on this host.
#[utoipa::path(
    get,
    path = "/me",
    tag = "people",
    responses(
        (status = 200, body = Me),
        (status = 401, body = Problem, description = "Its `login_url` is where a browser logs in"),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn get(State(app): State<App>, viewer: Viewer) -> Result<Json<Me>, Problem> {
    let caller = &*viewer.caller;
    let mut here: Vec<_> = caller.projects.iter().filter(|project| project.region == app.region).collect();
    here.sort_by_key(|project| (project.created_ms, project.id));
    Ok(Json(Me {
        user: caller.person.as_ref().map(|person| User {
            name: person.name.clone(),
            email: person.email.clone(),
            locale: person.locale.clone(),
        }),
        tenant: Tenant {
            id: caller.tenant.id,
            slug: caller.tenant.slug.clone(),
            company: caller.tenant.company.clone(),
        },
        role: caller.role.clone(),
        console_url: app.console_url.clone(),
        projects: here
            .into_iter()
            .map(|project| Project {
                id: project.id,
                name: project.name.clone(),
                platform: project.platform.clone(),
                group: project.group.clone(),
                created_at: rfc3339(project.created_ms),
            })
            .collect(),
    }))
}

fn rfc3339(ms: u64) -> String {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::MAX).to_string()
}
