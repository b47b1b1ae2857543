//! The license service, played: it says what it was told to say, and can go away.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use naru_ids::{KeyId, UnixMs};
use naru_license_api::{
    Claims, KeyDigest, KeyEvent, KeyText, ProjectRef, RESOLVE, Refused, Resolution, Resolve, Verdict,
    key_event_subject,
};
use naru_nats::{Bus, CallError};
use naru_testkit::wait_until;
use tokio::task::JoinHandle;

use super::{WITHIN, tenant_and_project};

/// A key as its project holds it.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) digest: KeyDigest,
    pub(crate) claims: Claims,
}

pub(crate) struct License {
    bus: Bus,
    verdicts: Arc<Mutex<HashMap<KeyDigest, Verdict>>>,
    asked: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl License {
    pub(crate) async fn start(bus: Bus) -> Self {
        let (verdicts, asked) = (Arc::default(), Arc::default());
        let serving = serve(&bus, &verdicts, &asked).await;
        Self { bus, verdicts, asked, serving }
    }

    pub(crate) fn issue(&self) -> Key {
        self.issue_in("local")
    }

    pub(crate) fn issue_in(&self, region: &str) -> Key {
        let text = KeyText::generate(region);
        let (tenant, project) = tenant_and_project();
        let key = KeyId::new(UnixMs(1));
        let claims = Claims { tenant, project, key, version: 1, retention_days: 14, expires_ms: None };
        self.say(text.digest(), Verdict::Good(claims.clone()));
        Key { text: text.expose().to_owned(), digest: text.digest(), claims }
    }

    pub(crate) fn say(&self, digest: KeyDigest, verdict: Verdict) {
        self.verdicts.lock().unwrap().insert(digest, verdict);
    }

    pub(crate) fn refuse(&self, key: &Key, reason: Refused) -> Verdict {
        let project = ProjectRef { tenant: key.claims.tenant, project: key.claims.project };
        let verdict = Verdict::Refused { reason, project: Some(project), version: key.claims.version + 1 };
        self.say(key.digest, verdict.clone());
        verdict
    }

    /// As license does: the verdict, and the word to every gateway.
    pub(crate) async fn revoke(&self, key: &Key) {
        let verdict = self.refuse(key, Refused::Revoked);
        let event = KeyEvent { v: 1, key: key.claims.key, digest: None, verdict };
        let subject = key_event_subject(key.claims.tenant, key.claims.project, "revoked");
        self.bus.publish(subject, &event).await.unwrap();
    }

    /// As license does for a new key: the word to every gateway, with the key's digest.
    pub(crate) async fn announce(&self, key: &Key) {
        let (digest, verdict) = (Some(key.digest), Verdict::Good(key.claims.clone()));
        let event = KeyEvent { v: 1, key: key.claims.key, digest, verdict };
        let subject = key_event_subject(key.claims.tenant, key.claims.project, "issued");
        self.bus.publish(subject, &event).await.unwrap();
    }

    /// How many questions came.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    pub(crate) async fn go_away(&self) {
        self.serving.abort();
        wait_until("license is away", WITHIN, || async {
            let question = Resolve { digests: Vec::new(), region: "local".to_owned() };
            let answer = self.bus.request::<_, Resolution>(RESOLVE, &question, Duration::from_secs(1)).await;
            matches!(answer, Err(CallError::Unavailable(_)))
        })
        .await;
    }

    pub(crate) async fn come_back(&mut self) {
        self.serving = serve(&self.bus, &self.verdicts, &self.asked).await;
    }
}

async fn serve(
    bus: &Bus,
    verdicts: &Arc<Mutex<HashMap<KeyDigest, Verdict>>>,
    asked: &Arc<AtomicUsize>,
) -> JoinHandle<()> {
    let (verdicts, asked) = (Arc::clone(verdicts), Arc::clone(asked));
    let answer = move |question: Resolve| {
        let (verdicts, asked) = (Arc::clone(&verdicts), Arc::clone(&asked));
        async move {
            asked.fetch_add(1, Ordering::Relaxed);
            let verdicts = verdicts.lock().unwrap();
            let unknown = Verdict::Refused { reason: Refused::Unknown, project: None, version: 0 };
            let say = |digest| verdicts.get(digest).cloned().unwrap_or_else(|| unknown.clone());
            Ok(Resolution { verdicts: question.digests.iter().map(say).collect() })
        }
    };
    bus.serve(RESOLVE, "license", answer).await.unwrap()
}
