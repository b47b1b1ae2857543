//! A running gateway, the bus behind it, and somebody who sends.

mod license;
mod process;
mod send;

use std::time::Duration;

use naru_ids::{ProjectId, TenantId};
use naru_ingest::{Config, Ingest};
use naru_ingest_api::{ONBOARDING_STREAM, OnboardingEvent, TEST_TRACE, onboarding_subject, stream_name};
use naru_nats::{Bus, CallError};
use naru_otlp::pack::{Pack, PackedEntry};
use naru_runtime::{CancellationToken, Health, Service};
use naru_testkit::{Nats, RedisServer, nats, redis, wait_until};
use tokio::task::JoinHandle;

pub(crate) use license::{Key, License};
pub(crate) use process::Process;
pub(crate) use send::{PROTOBUF, RpcStatus, gzip, logs, metrics, now_ns, request_of, span, spans, zstd};

pub(crate) const WITHIN: Duration = Duration::from_secs(15);
pub(crate) const PARTITIONS: u16 = 2;

pub(crate) struct World {
    pub(crate) nats: Nats,
    pub(crate) redis: RedisServer,
    pub(crate) bus: Bus,
    pub(crate) license: License,
    /// `http://127.0.0.1:port`
    pub(crate) http: String,
    pub(crate) grpc: String,
    /// Of this world's requests: one that is made for each would read the machine's certificates each time.
    client: reqwest::Client,
    pub(crate) stop: CancellationToken,
    pub(crate) running: JoinHandle<anyhow::Result<()>>,
    /// When it is one.
    pub(crate) process: Option<Process>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let (nats, redis) = tokio::join!(nats(), redis());
        let bus = connect(&nats).await;
        let license = License::start(bus.clone()).await;
        let mut config = config(&nats);
        config.redis_url = redis.url();
        change(&mut config);
        let service = Ingest::build(config, Health::default()).await.unwrap();
        let addrs = service.addrs();
        let url = |name| format!("http://{}", addrs.iter().find(|(found, _)| *found == name).unwrap().1);
        let (http, grpc, stop) = (url("http"), url("grpc"), CancellationToken::new());
        let running = tokio::spawn(service.run(stop.clone()));
        let client = reqwest::Client::new();
        let world = Self { nats, redis, bus, license, http, grpc, client, stop, running, process: None };
        wait_until("ingest answers", WITHIN, || async { world.is_answering().await }).await;
        world
    }

    /// The gateway in a process of its own, with these flags besides those that name its dependencies.
    pub(crate) async fn start_process(settings: &[(&str, String)]) -> Self {
        let (nats, redis) = tokio::join!(nats(), redis());
        let bus = connect(&nats).await;
        let license = License::start(bus.clone()).await;
        let places = [
            ("partitions", PARTITIONS.to_string()),
            ("pack-delay-ms", "5".to_owned()),
            ("nats-url", nats.url()),
            ("nats-monitor-url", nats.monitor_url()),
            ("redis-url", redis.url()),
        ];
        let process = Process::start(&[&places[..], settings].concat());
        let (http, grpc, stop) = (process.http.clone(), process.grpc.clone(), CancellationToken::new());
        let (running, process) = (tokio::spawn(async { Ok(()) }), Some(process));
        let client = reqwest::Client::new();
        let world = Self { nats, redis, bus, license, http, grpc, client, stop, running, process };
        wait_until("ingest answers", WITHIN, || async { world.is_answering().await }).await;
        world
    }

    /// A question that ingest can't read is refused, but only when somebody is there to read it.
    async fn is_answering(&self) -> bool {
        let answer = self.bus.request::<_, ()>(TEST_TRACE, &"nonsense", WITHIN).await;
        !matches!(answer, Err(CallError::Unavailable(_)))
    }

    /// Everything on the bus, partition by partition.
    pub(crate) async fn entries(&self) -> Vec<PackedEntry> {
        let mut all = Vec::new();
        for partition in 0..PARTITIONS {
            for payload in self.messages(&stream_name(partition), None).await {
                all.extend(Pack::decode(&payload).unwrap().entries);
            }
        }
        all
    }

    /// What the install page of this project would show.
    pub(crate) async fn events(&self, key: &Key) -> Vec<OnboardingEvent> {
        let subject = onboarding_subject(key.claims.tenant, key.claims.project);
        let events = self.messages(ONBOARDING_STREAM, Some(&subject)).await;
        events.iter().map(|payload| serde_json::from_slice(payload).unwrap()).collect()
    }

    pub(crate) async fn sees_event(&self, key: &Key, what: &str, is_it: impl Fn(&OnboardingEvent) -> bool) {
        wait_until(&format!("the install page shows {what}"), WITHIN, || async {
            self.events(key).await.iter().any(&is_it)
        })
        .await;
    }

    async fn messages(&self, stream: &str, subject: Option<&str>) -> Vec<bytes::Bytes> {
        let stream = self.bus.jetstream.get_stream(stream).await.unwrap();
        let state = &stream.cached_info().state;
        let mut all = Vec::new();
        for sequence in state.first_sequence.max(1)..=state.last_sequence {
            let message = stream.get_raw_message(sequence).await.unwrap();
            if subject.is_none_or(|subject| message.subject.as_str() == subject) {
                all.push(message.payload);
            }
        }
        all
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(crate) fn config(nats: &Nats) -> Config {
    Config {
        partitions: PARTITIONS,
        stream_bytes_max: 256 << 20,
        pack_delay_ms: 5,
        nats_url: nats.url(),
        nats_monitor_url: Some(nats.monitor_url()),
        ..Config::default()
    }
}

pub(crate) async fn connect(nats: &Nats) -> Bus {
    let name = "test".to_owned();
    Bus::connect(&naru_nats::Options { url: nats.url(), name, token_file: None, monitor_url: None })
        .await
        .unwrap()
}

pub(crate) fn tenant_and_project() -> (TenantId, ProjectId) {
    let now = naru_ids::UnixMs(now_ns() / 1_000_000);
    (TenantId::new(now), ProjectId::new(now))
}
