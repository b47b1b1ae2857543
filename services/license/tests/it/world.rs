//! A running license service and somebody who asks it.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use naru_ids::{ProjectId, TenantId, UnixMs};
use naru_license::{Config, License};
use naru_license_api::{
    IssueKey, IssuedKey, KEYS_ISSUE, KEYS_LIST, KEYS_REVOKE, KeyDigest, KeyList, KeyText, ListKeys, RESOLVE,
    Resolution, Resolve, RevokeKey, RevokedKey, Verdict,
};
use naru_nats::{Bus, CallError};
use naru_runtime::{Clock, Health, Service};
use naru_testkit::{Gate, Nats, Postgres, nats, postgres};
use serde::{Serialize, de::DeserializeOwned};
use tokio_util::sync::CancellationToken;

const WITHIN: Duration = Duration::from_secs(5);

pub(crate) struct World {
    pub(crate) bus: Bus,
    pub(crate) postgres: Postgres,
    /// Between license and Postgres.
    pub(crate) gate: Gate,
    now_ms: Arc<AtomicU64>,
    stop: CancellationToken,
    _nats: Nats,
    _pepper: tempfile::NamedTempFile,
}

impl World {
    pub(crate) async fn start() -> Self {
        let (postgres, nats) = (postgres().await, nats().await);
        License::migrate(&postgres.owner_url()).await.unwrap();
        let gate = Gate::to(postgres.addr()).await;
        let mut pepper = tempfile::NamedTempFile::new().unwrap();
        pepper.write_all(&[b'p'; 32]).unwrap();
        let config = Config {
            pepper_file: pepper.path().to_owned(),
            postgres_url: postgres.url_through(&gate, "naru_license"),
            nats_url: nats.url(),
            nats_monitor_url: Some(nats.monitor_url()),
            ..Config::default()
        };
        let now_ms = Arc::new(AtomicU64::new(1_764_000_000_000));
        let told = Arc::clone(&now_ms);
        let clock = Clock::from_fn(move || UnixMs(told.load(Ordering::Relaxed)));
        let stop = CancellationToken::new();
        let service = License::build(config, Health::default()).await.unwrap().with_clock(clock);
        tokio::spawn(service.run(stop.clone()));
        let options = naru_nats::Options {
            url: nats.url(),
            name: "test".to_owned(),
            token_file: None,
            monitor_url: None,
        };
        let bus = Bus::connect(&options).await.unwrap();
        let world = Self { bus, postgres, gate, now_ms, stop, _nats: nats, _pepper: pepper };
        naru_testkit::wait_until("license answers", WITHIN, || async {
            world.resolve_as(&[], "local").await.is_ok()
        })
        .await;
        world
    }

    pub(crate) fn later(&self, ms: u64) {
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }

    pub(crate) async fn ask<Q: Serialize, A: DeserializeOwned>(
        &self,
        subject: &str,
        question: &Q,
    ) -> Result<A, CallError> {
        self.bus.request(subject, question, WITHIN).await
    }

    pub(crate) async fn issue(&self, tenant: TenantId, project: ProjectId) -> IssuedKey {
        let question = IssueKey { tenant, project, region: "local".to_owned(), name: "first".to_owned() };
        self.ask(KEYS_ISSUE, &question).await.unwrap()
    }

    pub(crate) async fn list(&self, tenant: TenantId, project: ProjectId) -> KeyList {
        self.ask(KEYS_LIST, &ListKeys { tenant, project }).await.unwrap()
    }

    pub(crate) async fn revoke(&self, tenant: TenantId, key: naru_ids::KeyId) -> RevokedKey {
        self.ask(KEYS_REVOKE, &RevokeKey { tenant, key }).await.unwrap()
    }

    pub(crate) async fn resolve_as(
        &self,
        digests: &[KeyDigest],
        region: &str,
    ) -> Result<Vec<Verdict>, CallError> {
        let question = Resolve { digests: digests.to_vec(), region: region.to_owned() };
        self.ask::<_, Resolution>(RESOLVE, &question).await.map(|resolution| resolution.verdicts)
    }

    pub(crate) async fn resolve(&self, digest: KeyDigest) -> Verdict {
        self.resolve_as(&[digest], "local").await.unwrap().remove(0)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(crate) fn digest(issued: &IssuedKey) -> KeyDigest {
    KeyText::parse(&issued.key).unwrap().digest()
}

pub(crate) fn tenant_and_project(n: u64) -> (TenantId, ProjectId) {
    (TenantId::new(UnixMs(n)), ProjectId::new(UnixMs(n)))
}
