//! Onboarding events: what the install page shows. Told, not counted: a full queue drops them, an answer never waits.
//!
//! Each kind is told once per sender and while, so that a busy project does not write its own log away.

mod publish;

use std::{hash::Hash, net::IpAddr, time::Duration};

use bytes::Bytes;
use moka::sync::Cache;
use naru_ids::{KeyId, ProjectId, TenantId};
use naru_ingest_api::{OnboardingEvent, OnboardingKind};
use naru_license_api::Claims;
use naru_nats::Bus;
use naru_otlp::admit::{Rejections, Why};
use naru_redis::Redis;
use naru_runtime::Clock;
use naru_signal::Signal;
use tokio::sync::mpsc;

use crate::{
    answer::Refusal,
    receive::{ResourceFacts, first_span, resources},
};

/// Events waiting to be published.
const QUEUE: usize = 4_096;
/// Things remembered of each kind.
const REMEMBERED: u64 = 100_000;
/// A clock that is off by less is fine.
const OFFSET_TOLD_MS: u32 = 60_000;
/// After this long without a look, a project's resources are looked at again: new agents show within it.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// "First span ever" is remembered in Redis for about as long as anybody keeps telemetry.
const FIRST_SPAN_TTL_S: u64 = 400 * 86_400;

/// Who sent a request, as the log shows it.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub(crate) key_hint: String,
    pub(crate) protocol: &'static str,
    pub(crate) peer: IpAddr,
}

/// A request that was answered, to be looked at for the log.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) tenant: TenantId,
    pub(crate) project: ProjectId,
    pub(crate) signal: Signal,
    pub(crate) request: Bytes,
    /// Its first entry; `None` when all was rejected.
    pub(crate) first_stored: Option<Bytes>,
    pub(crate) offset_ms: i32,
}

#[derive(Debug)]
pub(crate) struct Onboarding {
    queue: mpsc::Sender<(TenantId, ProjectId, OnboardingEvent)>,
    clock: Clock,
    keys: Cache<(KeyId, &'static str), ()>,
    senders: Cache<(ProjectId, ResourceFacts), ()>,
    signals: Cache<(ProjectId, Signal), ()>,
    offsets: Cache<(ProjectId, String), ()>,
    refusals: Cache<(ProjectId, &'static str), ()>,
    rejections: Cache<(ProjectId, Signal, Why), ()>,
    looks: Cache<(ProjectId, Signal), ()>,
}

impl Onboarding {
    pub(crate) fn start(bus: &Bus, clock: Clock) -> Self {
        let (queue, events) = mpsc::channel(QUEUE);
        tokio::spawn(publish::publish(bus.clone(), events));
        Self {
            queue,
            clock,
            keys: remembered(Duration::from_secs(600)),
            senders: remembered(Duration::from_secs(3_600)),
            signals: remembered(Duration::from_secs(86_400)),
            offsets: remembered(Duration::from_secs(300)),
            refusals: remembered(Duration::from_secs(5)),
            rejections: remembered(Duration::from_secs(5)),
            looks: remembered(LOOK_EVERY),
        }
    }

    pub(crate) fn key_accepted(&self, claims: &Claims, sender: &Sender) {
        if is_news(&self.keys, (claims.key, sender.protocol)) {
            self.tell(
                claims.tenant,
                claims.project,
                OnboardingKind::KeyAccepted {
                    key_hint: sender.key_hint.clone(),
                    protocol: sender.protocol.to_owned(),
                    peer: sender.peer.to_string(),
                },
            );
        }
    }

    pub(crate) fn refused(&self, tenant: TenantId, project: ProjectId, refusal: &Refusal, sender: &Sender) {
        if is_news(&self.refusals, (project, refusal.code())) {
            self.tell(
                tenant,
                project,
                OnboardingKind::Refused {
                    reason: refusal.code().to_owned(),
                    detail: refusal.message(),
                    peer: sender.peer.to_string(),
                },
            );
        }
    }

    pub(crate) fn rejected(
        &self,
        tenant: TenantId,
        project: ProjectId,
        signal: Signal,
        rejections: &Rejections,
    ) {
        for (why, count) in rejections.iter() {
            if is_news(&self.rejections, (project, signal, why)) {
                let (signal, reason) = (signal.as_str().to_owned(), why.code().to_owned());
                self.tell(tenant, project, OnboardingKind::Rejected { signal, count, reason });
            }
        }
    }

    pub(crate) fn test_trace(&self, tenant: TenantId, project: ProjectId, trace_id: &str) {
        self.tell(tenant, project, OnboardingKind::TestTrace { trace_id: trace_id.to_owned() });
    }

    /// True when this project was looked at a moment ago: most requests of a busy one.
    pub(crate) fn is_quiet(&self, project: ProjectId, signal: Signal) -> bool {
        !is_news(&self.looks, (project, signal))
    }

    /// Tells of agents not seen before, of clocks that are off, and of the first span ever.
    pub(crate) async fn look_at(&self, redis: &Redis, look: Look) {
        let Look { tenant, project, signal, request, first_stored, offset_ms } = look;
        let senders = resources(&request);
        let application = senders.first().map(|facts| facts.application.clone()).unwrap_or_default();
        for facts in senders {
            if offset_ms.unsigned_abs() > OFFSET_TOLD_MS
                && is_news(&self.offsets, (project, facts.application.clone()))
            {
                let application = facts.application.clone();
                self.tell(
                    tenant,
                    project,
                    OnboardingKind::ClockOffset { application, offset_ms: offset_ms.into() },
                );
            }
            if is_news(&self.senders, (project, facts.clone())) {
                let ResourceFacts { application, language, agent, version } = facts;
                self.tell(
                    tenant,
                    project,
                    OnboardingKind::AgentSeen { application, language, agent, version },
                );
            }
        }
        // What was rejected to the last item is not the first of anything.
        let Some(first_stored) = first_stored else { return };
        if !is_news(&self.signals, (project, signal)) || !is_first_ever(redis, project, signal).await {
            return;
        }
        match (signal, first_span(&first_stored)) {
            (Signal::Traces, Some(first)) => self.tell(
                tenant,
                project,
                OnboardingKind::FirstSpan {
                    application: first.application,
                    trace_id: first.trace_id,
                    operation: first.operation,
                },
            ),
            _ => {
                let signal = signal.as_str().to_owned();
                self.tell(tenant, project, OnboardingKind::FirstSignal { signal, application });
            }
        }
    }

    fn tell(&self, tenant: TenantId, project: ProjectId, kind: OnboardingKind) {
        let event = OnboardingEvent { v: 1, at_ms: self.clock.now().0, kind };
        if self.queue.try_send((tenant, project, event)).is_err() {
            metrics::counter!("ingest_onboarding_dropped_total").increment(1);
        }
    }
}

/// While Redis is away, "first" means first of this gateway: told once more is better than not at all.
async fn is_first_ever(redis: &Redis, project: ProjectId, signal: Signal) -> bool {
    let key = format!("naru:first:{}:{}", signal.as_str(), project.hex());
    redis.set_nx_ex(&key, FIRST_SPAN_TTL_S).await.unwrap_or(true)
}

fn remembered<K: Hash + Eq + Send + Sync + 'static>(age: Duration) -> Cache<K, ()> {
    Cache::builder().max_capacity(REMEMBERED).time_to_live(age).build()
}

/// True once per key and while.
fn is_news<K: Hash + Eq + Send + Sync + 'static>(cache: &Cache<K, ()>, key: K) -> bool {
    cache.entry(key).or_insert(()).is_fresh()
}
