//! `console.v1.caller`: does this session or token hold on this tenant's host?
//!
//! Query asks about each request (and remembers an answer for at most 1 s), by digest only. "No" is an answer;
//! "the database is away" is a refusal, so that an outage of ours never looks like a log-out.

use naru_auth::Actor;
use naru_console_api::{
    CallerAnswer, CallerQuestion, Credential, KnownCaller, Person, ProjectInfo, TenantInfo,
};
use naru_nats::Refusal;

use crate::{
    app::App,
    error::Error,
    session::caller::{SignedIn, by_mac},
    store::{
        project::{self, Project},
        session::{self, Digest, Kind},
        tenant,
    },
};

pub async fn answer(app: App, question: CallerQuestion) -> Result<CallerAnswer, Refusal> {
    match known(&app, &question).await {
        Ok(caller) => Ok(CallerAnswer { caller }),
        Err(error) => {
            tracing::warn!(error = %naru_telemetry::chain(&error), "asking who calls failed");
            Err(Refusal::unavailable("the caller cannot be checked right now"))
        }
    }
}

async fn known(app: &App, question: &CallerQuestion) -> Result<Option<KnownCaller>, Error> {
    let (Credential::Session(hex) | Credential::Token(hex)) = &question.credential;
    let Some(digest) = read_digest(hex) else { return Ok(None) };
    let mut tx = app.pool.begin().await?;
    let Some(tenant) = tenant::by_slug(&mut tx, &question.tenant_slug).await? else { return Ok(None) };
    drop(tx);

    let mut tx = app.pool.begin_tenant(tenant.id).await?;
    let found = match &question.credential {
        Credential::Session(_) => {
            let host = app.places.tenant_host(&tenant.slug, &tenant.region);
            let live = session::live(&mut tx, &digest, Kind::Tenant, &host, app.now()).await?;
            live.map(|live| (Actor::User(live.person.id), live.role, live.person))
        }
        Credential::Token(_) => by_mac(&mut tx, app, &app.pepper.mac(&digest))
            .await?
            .map(|SignedIn { caller, person, .. }| (caller.actor, caller.role, person)),
    };
    let Some((actor, role, person)) = found else { return Ok(None) };
    let projects = project::list(&mut tx).await?;
    tx.commit().await?;

    let (person, token) = match actor {
        Actor::User(id) => {
            (Some(Person { id, name: person.name, email: person.email, locale: person.locale }), None)
        }
        Actor::Token(id) => (None, Some(id)),
    };
    Ok(Some(KnownCaller {
        tenant: TenantInfo {
            id: tenant.id,
            slug: tenant.slug,
            company: tenant.company,
            region: tenant.region,
        },
        person,
        token,
        role: role.as_str().to_owned(),
        projects: projects.into_iter().map(info).collect(),
    }))
}

fn info(project: Project) -> ProjectInfo {
    let Project { id, name, platform, region, group, created, .. } = project;
    ProjectInfo { id, name, platform, group, region, created_ms: created.0 }
}

/// 64 hex letters.
fn read_digest(text: &str) -> Option<Digest> {
    hex::decode(text).ok()?.try_into().ok()
}
