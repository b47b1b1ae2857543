//! A bus and a catalog of their own, packs as a gateway makes them, and a reader as query is one.

mod packs;
mod process;
mod read;
mod refusing;

use std::{net::SocketAddr, path::PathBuf, sync::atomic::AtomicU64, time::Duration};

use async_nats::jetstream::stream;
use bytes::Bytes;
use naru_ids::{ProjectId, TenantId, UnixMs};
use naru_ingest_api::{STREAM_EPOCH_KEY, stream_name, subject};
use naru_nats::Bus;
use naru_postgres::Pool;
use naru_runtime::{Health, Service};
use naru_testkit::{Nats, Postgres, S3, wait_until};
use naru_writer::{Config, Writer};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) use packs::{entry, now_ms, pack, pack_of, request, request_at, request_of};
pub(crate) use read::{each_once, read_tail};
pub(crate) use refusing::Refusing;

/// Everything a writer needs around it, with one partition.
pub(crate) struct World {
    pub(crate) postgres: Postgres,
    pub(crate) nats: Nats,
    pub(crate) dir: tempfile::TempDir,
    /// Where the lake is, when it is in a bucket.
    pub(crate) s3: Option<S3>,
    pub(crate) bus: Bus,
    pub(crate) catalog: Pool,
    pub(crate) tenant: TenantId,
    pub(crate) project: ProjectId,
    pub(crate) next_span: AtomicU64,
}

/// Whoever serves a tail.
pub(crate) trait Serves {
    fn flight(&self) -> SocketAddr;
}

/// A writer that runs in this process.
pub(crate) struct Running {
    flight: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<anyhow::Result<()>>,
}

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

impl World {
    pub(crate) async fn new() -> Self {
        let (postgres, nats) = (naru_testkit::postgres().await, naru_testkit::nats().await);
        Writer::migrate(&postgres.owner_url()).await.unwrap();
        let bus = connect(&nats).await;
        make_stream(&bus).await;
        let catalog = pool(&postgres.url_for("naru_query")).await;
        let now = UnixMs(1_795_244_400_000);
        Self {
            postgres,
            nats,
            dir: tempfile::tempdir().unwrap(),
            s3: None,
            bus,
            catalog,
            tenant: TenantId::new(now),
            project: ProjectId::new(now),
            next_span: AtomicU64::new(1),
        }
    }

    /// With its lake in a bucket of its own.
    pub(crate) async fn on_s3() -> Self {
        Self { s3: Some(naru_testkit::s3().await), ..Self::new().await }
    }

    pub(crate) fn config(&self) -> Config {
        let config = self.config_on_disk();
        match &self.s3 {
            None => config,
            Some(s3) => Config {
                lake_url: format!("s3://{}/eu/lake", s3.bucket()),
                lake_s3_endpoint: Some(s3.endpoint()),
                lake_s3_credentials_file: Some(s3.credentials_file()),
                lake_staging_dir: self.dir.path().join("staging"),
                ..config
            },
        }
    }

    fn config_on_disk(&self) -> Config {
        let lake_key_file = self.lake_key_file();
        std::fs::write(&lake_key_file, "0123456789abcdef0123456789abcdef0123456789abcdef").unwrap();
        Config {
            lake_key_file,
            postgres_url: self.postgres.url_for("naru_writer"),
            nats_url: self.nats.url(),
            nats_monitor_url: Some(self.nats.monitor_url()),
            lake_url: self.lake_dir().display().to_string(),
            partitions: 1,
            owner: "one".to_owned(),
            ..Config::default()
        }
    }

    /// The lake, when it is on a disk.
    pub(crate) fn lake_dir(&self) -> PathBuf {
        self.dir.path().join("lake")
    }

    pub(crate) fn lake_key_file(&self) -> PathBuf {
        self.dir.path().join("lake-key")
    }

    /// Starts a writer and waits until it has the partition and has caught up.
    pub(crate) async fn start(&self, config: Config) -> Running {
        let running = Self::start_at_once(config).await;
        wait_until("the writer is ready", PATIENCE, || async {
            self.tail(&running).await.is_some_and(|tail| !tail.state.replaying)
        })
        .await;
        running
    }

    pub(crate) async fn start_at_once(config: Config) -> Running {
        let writer = Writer::build(config, Health::default()).await.unwrap();
        let flight = writer.addrs()[0].1;
        let stop = CancellationToken::new();
        let task = tokio::spawn(writer.run(stop.clone()));
        Running { flight, stop, task }
    }

    /// Waits until everything through `seq` is in the tail.
    pub(crate) async fn see(&self, running: &impl Serves, seq: u64) {
        wait_until("the tail has the pack", PATIENCE, || async {
            self.tail(running).await.is_some_and(|tail| tail.state.through_seq >= seq)
        })
        .await;
    }

    /// Appends a pack as a gateway does, and answers its sequence.
    pub(crate) async fn append(&self, pack: Bytes) -> u64 {
        let ack = self.bus.jetstream.publish(subject(0), pack).await.unwrap().await.unwrap();
        ack.sequence
    }

    /// A pack with one entry of `spans` new spans.
    pub(crate) async fn append_spans(&self, spans: u64) -> u64 {
        self.append(pack(vec![entry(self, &request(self, spans))])).await
    }
}

impl Serves for Running {
    fn flight(&self) -> SocketAddr {
        self.flight
    }
}

impl Running {
    /// SIGTERM: commits what it holds, lets go of its partitions.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
    }

    /// kill -9: nothing is committed, released or said.
    pub(crate) async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

pub(crate) async fn connect(nats: &Nats) -> Bus {
    let options =
        naru_nats::Options { url: nats.url(), name: "test".to_owned(), token_file: None, monitor_url: None };
    Bus::connect(&options).await.unwrap()
}

pub(crate) async fn make_stream(bus: &Bus) {
    make_stream_of(bus, 0).await;
}

pub(crate) async fn make_stream_of(bus: &Bus, partition: u16) {
    let config = stream::Config {
        name: stream_name(partition),
        subjects: vec![subject(partition)],
        discard: stream::DiscardPolicy::New,
        metadata: [(STREAM_EPOCH_KEY.to_owned(), Uuid::now_v7().to_string())].into(),
        ..stream::Config::default()
    };
    bus.jetstream.create_stream(config).await.unwrap();
}

pub(crate) async fn pool(url: &str) -> Pool {
    let options = naru_postgres::Options {
        url: url.to_owned(),
        password_file: None,
        max_connections: 4,
        application_name: "test".to_owned(),
    };
    Pool::connect(&options).await.unwrap()
}
