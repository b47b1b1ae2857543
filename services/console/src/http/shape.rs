//! JSON shapes that several resources share. These names are the public contract.

use naru_auth::Role;
use naru_ids::{TenantId, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::time::rfc3339;
use crate::{
    app::App,
    session::caller::SignedIn,
    store::{person, tenant},
};

/// Who is logged in, and where.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Session {
    user: User,
    tenant: Tenant,
    role: Role,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct User {
    id: UserId,
    email: String,
    name: String,
    /// `ko` or `en`.
    locale: String,
    email_verified: bool,
    /// RFC 3339: until then an unverified person may change things; null once the address is verified.
    verify_by: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tenant {
    id: TenantId,
    slug: String,
    company: String,
    region: String,
    /// The tenant's APM, `http://acme.apm.local.localhost:8080`.
    apm_url: String,
    created_at: String,
}

impl Session {
    pub(super) fn of(app: &App, person: &person::Person, tenant: &tenant::Tenant, role: Role) -> Self {
        Self {
            user: User {
                id: person.id,
                email: person.email.clone(),
                name: person.name.clone(),
                locale: person.locale.clone(),
                email_verified: person.verified.is_some(),
                verify_by: person.verified.is_none().then(|| rfc3339(person.verify_by)),
            },
            tenant: Tenant {
                id: tenant.id,
                slug: tenant.slug.clone(),
                company: tenant.company.clone(),
                region: tenant.region.clone(),
                apm_url: app.places.apm_url(&tenant.slug, &tenant.region),
                created_at: rfc3339(tenant.created),
            },
            role,
        }
    }

    pub(super) fn signed_in(app: &App, who: &SignedIn) -> Self {
        Self::of(app, &who.person, &who.tenant, who.caller.role)
    }
}

/// `data` of one server-sent event "onboarding"; which other members there are depends on `kind`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OnboardingEvent {
    v: u8,
    /// Unix ms at the gateway.
    at_ms: u64,
    /// `key_accepted`, `agent_seen`, `clock_offset`, `first_span`, `first_signal`, `refused`, `rejected` or `test_trace`.
    kind: String,
    key_hint: Option<String>,
    protocol: Option<String>,
    peer: Option<String>,
    application: Option<String>,
    language: Option<String>,
    agent: Option<String>,
    version: Option<String>,
    /// Positive = the agent's clock is ahead.
    offset_ms: Option<i64>,
    trace_id: Option<String>,
    operation: Option<String>,
    signal: Option<String>,
    count: Option<u64>,
    reason: Option<String>,
    detail: Option<String>,
}
