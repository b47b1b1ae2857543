//! A double of console: it knows tenants, their tokens and sessions, and can go away.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use naru_console_api::{
    CALLER, CallerAnswer, CallerQuestion, Credential, KnownCaller, Person, ProjectInfo, TenantInfo,
};
use naru_ids::{ProjectId, TenantId, UnixMs, UserId};
use naru_nats::{Bus, Refusal};

#[derive(Debug, Default)]
pub(crate) struct Console {
    known: Mutex<HashMap<CallerQuestion, KnownCaller>>,
    away: AtomicBool,
    next: AtomicU64,
}

/// One company with one project, one token and one session.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    pub(crate) slug: String,
    pub(crate) project: ProjectId,
    pub(crate) token: String,
    pub(crate) session: String,
}

impl Console {
    pub(crate) async fn serve(bus: &Bus) -> Arc<Self> {
        let console = Arc::new(Self::default());
        let answering = Arc::clone(&console);
        bus.serve(CALLER, "console", move |question: CallerQuestion| {
            let console = Arc::clone(&answering);
            async move {
                if console.away.load(Ordering::Relaxed) {
                    return Err(Refusal::unavailable("restarting"));
                }
                Ok(CallerAnswer { caller: console.known.lock().unwrap().get(&question).cloned() })
            }
        })
        .await
        .unwrap();
        console
    }

    pub(crate) fn go_away(&self) {
        self.away.store(true, Ordering::Relaxed);
    }

    pub(crate) fn tenant(&self, slug: &str) -> Tenant {
        let now = UnixMs(1_700_000_000_000 + self.next.fetch_add(1, Ordering::Relaxed));
        let tenant = Tenant {
            id: TenantId::new(now),
            slug: slug.to_owned(),
            project: ProjectId::new(now),
            token: format!("nat_{slug}_token"),
            session: format!("ses_{slug}"),
        };
        let info = TenantInfo {
            id: tenant.id,
            slug: tenant.slug.clone(),
            company: slug.to_uppercase(),
            region: "local".to_owned(),
        };
        let project = ProjectInfo {
            id: tenant.project,
            name: "shop".to_owned(),
            platform: "python".to_owned(),
            group: "default".to_owned(),
            region: "local".to_owned(),
            created_ms: now.0,
        };
        let person = Person {
            id: UserId::new(now),
            name: "Ann".to_owned(),
            email: "ann@example.com".to_owned(),
            locale: "ko".to_owned(),
        };
        let caller = KnownCaller {
            tenant: info,
            person: Some(person),
            token: None,
            role: "viewer".to_owned(),
            projects: vec![project],
        };
        let mut known = self.known.lock().unwrap();
        for credential in
            [Credential::Token(digest(&tenant.token)), Credential::Session(digest(&tenant.session))]
        {
            known.insert(CallerQuestion { tenant_slug: slug.to_owned(), credential }, caller.clone());
        }
        tenant
    }

    pub(crate) fn revoke(&self, tenant: &Tenant) {
        self.known.lock().unwrap().retain(|question, _| question.tenant_slug != tenant.slug);
    }
}

fn digest(secret: &str) -> String {
    hex::encode(naru_auth::digest(secret))
}
