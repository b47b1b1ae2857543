//! A new project.

use naru_auth::Action;
use naru_ids::ProjectId;

use crate::{
    app::App,
    error::Error,
    member::check::{NAME_LEN_MAX, Problems},
    session::caller::SignedIn,
    store::{
        audit,
        project::{self, PROJECTS_MAX, Project},
    },
};

/// What a project can run on. The words are part of the public API.
pub const PLATFORMS: [&str; 12] = [
    "java",
    "spring-boot",
    "tomcat",
    "nodejs",
    "python",
    "php",
    "go",
    "dotnet",
    "kubernetes",
    "host",
    "cloud-foundry",
    "opentelemetry",
];

/// The group of projects that were put into none.
const GROUP_DEFAULT: &str = "default";

/// A form as it was typed; an empty region means the tenant's own.
#[derive(Debug)]
pub struct Form {
    pub name: String,
    pub platform: String,
    pub region: String,
    pub group: String,
}

pub async fn create(app: &App, who: &SignedIn, form: &Form, address: &str) -> Result<Project, Error> {
    who.caller.may(Action::CreateProject)?;
    let mut problems = Problems::default();
    let name = problems.line("name", &form.name, NAME_LEN_MAX);
    let group = match form.group.trim() {
        "" => GROUP_DEFAULT.to_owned(),
        group => problems.line("group", group, NAME_LEN_MAX),
    };
    if form.platform.is_empty() {
        problems.add("platform", "required", "choose a platform");
    } else if !PLATFORMS.contains(&form.platform.as_str()) {
        problems.add("platform", "unknown", &format!("choose one of {}", PLATFORMS.join(", ")));
    }
    let region = if form.region.is_empty() { &who.tenant.region } else { &form.region };
    if !app.regions.iter().any(|known| known.name == *region) {
        problems.add("region", "unknown", "there is no such region");
    }
    if !problems.0.is_empty() {
        return Err(Error::Fields(problems.0));
    }

    let now = app.now();
    let project = Project {
        id: ProjectId::new(now),
        name,
        platform: form.platform.clone(),
        region: region.clone(),
        group,
        created: now,
        first_data: None,
    };
    let mut tx = app.pool.begin_tenant(who.caller.tenant).await?;
    if !project::insert(&mut tx, &project).await? {
        problems.add("name", "too_many", &format!("a company has at most {PROJECTS_MAX} projects"));
        return Err(Error::Fields(problems.0));
    }
    let actor = Some(who.caller.actor);
    let entry = audit::Entry { actor, action: "project.create", subject: project.id.to_string(), address };
    audit::insert(&mut tx, &entry, now).await?;
    tx.commit().await?;
    Ok(project)
}
