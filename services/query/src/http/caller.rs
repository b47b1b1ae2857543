//! Who calls, from (host and credential), and the scope that follows from it.
//!
//! The tenant comes from the host's name, and console says whether the session or token holds there. So a session of one
//! tenant is nobody on another's host.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use naru_auth::{Action, Actor};
use naru_console_api::{CallerQuestion, Credential, KnownCaller};
use naru_http::{Host, Path, Problem};
use naru_ids::ProjectId;
use serde::Deserialize;

use super::App;
use crate::{
    error::Error,
    plan::{TenantScope, UnknownProject},
};

const TOKEN_PREFIX: &str = "nat_";
/// No secret of ours is longer.
const SECRET_LEN_MAX: usize = 256;

/// A caller who may look at this tenant.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    pub(crate) question: CallerQuestion,
    pub(crate) caller: Arc<KnownCaller>,
}

/// A caller and the project of the path, which is theirs.
#[derive(Debug, Clone)]
pub(crate) struct Scoped {
    pub(crate) viewer: Viewer,
    pub(crate) scope: TenantScope,
}

/// Middleware: this service answers for tenants' hosts of its region only.
pub(crate) async fn own_hosts_only(
    State(app): State<App>,
    Host(host): Host,
    request: Request,
    next: Next,
) -> Response {
    if slug(&host, &app.host_suffix).is_some() {
        return next.run(request).await;
    }
    let detail = format!("this service answers on <company>{}", app.host_suffix);
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "unknown_host", detail).into_response()
}

/// `acme` of `acme.apm.local.localhost`.
fn slug<'a>(host: &'a str, suffix: &str) -> Option<&'a str> {
    host.strip_suffix(suffix).filter(|slug| !slug.is_empty() && !slug.contains('.'))
}

/// The first credential a request carries: a bearer token before a cookie.
fn credential(headers: &HeaderMap, cookie_name: &str) -> Result<Credential, Error> {
    let digest = |secret: &str| {
        let digest = naru_auth::digest(secret);
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let value = value.to_str().map_err(|_| Error::Unauthorized("invalid_token"))?;
        let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
        let token = token.trim();
        let is_token = scheme.eq_ignore_ascii_case("bearer")
            && token.starts_with(TOKEN_PREFIX)
            && token.len() <= SECRET_LEN_MAX;
        return if is_token {
            Ok(Credential::Token(digest(token)))
        } else {
            Err(Error::Unauthorized("invalid_token"))
        };
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let session = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == cookie_name && !value.is_empty()).then_some(value))
        .filter(|value| value.len() <= SECRET_LEN_MAX);
    session.map(|session| Credential::Session(digest(session))).ok_or(Error::Unauthorized("unauthenticated"))
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Host(host) = Host::from_request_parts(parts, app).await?;
        let slug = slug(&host, &app.host_suffix).ok_or_else(|| Problem::not_found("host"))?.to_owned();
        let credential = credential(&parts.headers, &app.session_cookie)?;
        let question = CallerQuestion { tenant_slug: slug, credential };
        let caller = app.directory.caller(&question).await.map_err(Error::from)?;
        let viewer = Self::of(question, caller)?;
        Ok(viewer)
    }
}

impl Viewer {
    fn of(question: CallerQuestion, caller: Option<Arc<KnownCaller>>) -> Result<Self, Error> {
        // Console decides by host; that its answer is about this host costs nothing to check again.
        let caller = caller
            .filter(|caller| caller.tenant.slug == question.tenant_slug)
            .ok_or(Error::Unauthorized("unauthenticated"))?;
        may_view(&caller)?;
        Ok(Self { question, caller })
    }

    /// The same caller as console knows it now; an error when it no longer holds.
    pub(crate) async fn now(&self, app: &App) -> Result<Self, Error> {
        Self::of(self.question.clone(), app.directory.caller_now(&self.question).await?)
    }

    /// The scope of a project. One that was created a moment ago is looked up again before it is unknown.
    pub(crate) async fn scope(self, app: &App, project: ProjectId) -> Result<Scoped, Error> {
        if let Ok(scope) = TenantScope::of(&self.caller, &app.region, project) {
            return Ok(Scoped { viewer: self, scope });
        }
        let viewer = self.now(app).await?;
        let scope = TenantScope::of(&viewer.caller, &app.region, project)?;
        Ok(Scoped { viewer, scope })
    }
}

fn may_view(caller: &KnownCaller) -> Result<(), Error> {
    let person = caller.person.as_ref().map(|person| Actor::User(person.id));
    let actor = person.or(caller.token.map(Actor::Token)).ok_or(Error::Unauthorized("unauthenticated"))?;
    // A role of the future may do nothing here.
    let role = caller.role.parse().map_err(|_| Error::Unauthorized("unauthenticated"))?;
    naru_auth::Caller { tenant: caller.tenant.id, actor, role }.may(Action::View)?;
    Ok(())
}

#[derive(Deserialize)]
struct ProjectPath {
    id: ProjectId,
}

impl FromRequestParts<App> for Scoped {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        // Who calls comes first: nobody learns from a 404 whether an id is well formed.
        let viewer = Viewer::from_request_parts(parts, app).await?;
        let path = Path::<ProjectPath>::from_request_parts(parts, app).await;
        let Path(ProjectPath { id }) = path.map_err(|_| Error::from(UnknownProject))?;
        Ok(viewer.scope(app, id).await?)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(pairs: &[(&'static str, &'static str)]) -> Result<Credential, String> {
        let headers = pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)));
        credential(&headers.collect(), "naru_session_8080").map_err(|error| error.to_string())
    }

    #[test]
    fn a_bearer_token_goes_before_a_cookie_and_nothing_else_counts() {
        let token = ("authorization", "bearer nat_abc");
        let cookie = ("cookie", "other=1; naru_session_8080=ses_x");
        assert!(matches!(of(&[token, cookie]), Ok(Credential::Token(digest)) if digest.len() == 64));
        assert!(matches!(of(&[cookie]), Ok(Credential::Session(_))));
        for bad in ["Basic bmF0X2FiYw==", "Bearer nlk_local_x", "Bearer", "nat_abc"] {
            assert!(of(&[("authorization", bad), cookie]).is_err(), "{bad}");
        }
        assert!(of(&[("cookie", "naru_session_9090=x; naru_session_8080=")]).is_err());
        assert!(of(&[]).is_err());
    }

    #[test]
    fn a_tenants_host_has_exactly_one_label_before_the_suffix() {
        let suffix = ".apm.local.localhost";
        assert_eq!(slug("acme.apm.local.localhost", suffix), Some("acme"));
        for host in [
            "apm.local.localhost",
            ".apm.local.localhost",
            "a.b.apm.local.localhost",
            "acme.apm.eu.localhost",
        ] {
            assert_eq!(slug(host, suffix), None, "{host}");
        }
    }
}
