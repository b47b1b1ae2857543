//! Building and running the service.

mod status;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use naru_lake::{KeyRing, store::Store};
use naru_nats::Bus;
use naru_postgres::Pool;
use naru_runtime::{Clock, Health, Service};
use tokio::{
    net::TcpListener,
    sync::Notify,
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;
use tracing::info;

pub(crate) use status::Status;

use crate::{
    bus::{backlog, live, live::Live, usage},
    compact,
    config::Config,
    flush::Cutter,
    grpc, jobs, operate,
    partition::{self, Leases},
    summarize::WaitingRoom,
    tail::{Budget, KeptSpans, PartitionTail},
};

/// A commit per partition at a time, and a few for leases and jobs.
const CONNECTIONS_MAX: u32 = 12;
/// Calls that wait for their answers may take this part of the memory budget, besides it: cuts do not free them.
const WAITING_PART: usize = 4;
const PING_EVERY: Duration = Duration::from_secs(2);

/// What every part of the service has at hand.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) pool: Pool,
    pub(crate) bus: Bus,
    pub(crate) clock: Clock,
    pub(crate) cutter: Cutter,
    /// One per partition, by number.
    pub(crate) tails: Arc<[Arc<PartitionTail>]>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) waiting: Arc<WaitingRoom>,
    pub(crate) kept: Arc<KeptSpans>,
    pub(crate) live: Arc<Live>,
    pub(crate) leases: Arc<Leases>,
    pub(crate) status: Status,
    /// Rings after each commit: there may be usage to publish.
    pub(crate) committed: Arc<Notify>,
    pub(crate) owner: String,
    pub(crate) flight_url: String,
    pub(crate) cut_interval: Duration,
    pub(crate) apdex_ns: u64,
    pub(crate) retention_days: u32,
    /// How long cuts lie before they are merged.
    pub(crate) compact_after: Duration,
}

/// The service: built, its tail's listener bound, nothing taken yet.
#[derive(Debug)]
pub struct Writer {
    app: Arc<App>,
    health: Health,
    flight: TcpListener,
    flight_addr: SocketAddr,
}

impl Service for Writer {
    const NAME: &'static str = "writer";
    type Config = Config;

    async fn build(config: Config, health: Health) -> anyhow::Result<Self> {
        anyhow::ensure!(
            config.partitions > 0,
            "partitions is 0: set the number that ingest and query have, too"
        );
        let pool = Pool::connect(&naru_postgres::Options {
            url: config.postgres_url.clone(),
            password_file: config.postgres_password_file.clone(),
            max_connections: CONNECTIONS_MAX,
            application_name: "naru-writer".to_owned(),
        })
        .await?;
        naru_postgres::check_schema(&pool, naru_lake::SCHEMA, &naru_lake::MIGRATOR).await?;
        let bus = Bus::connect(&naru_nats::Options {
            url: config.nats_url.clone(),
            name: "naru-writer".to_owned(),
            token_file: config.nats_token_file.clone(),
            monitor_url: config.nats_monitor_url.clone(),
        })
        .await?;
        let store = Store::open(&config.lake())?;
        store.check().await?;
        let keys = KeyRing::open(pool.clone(), &config.lake_key_file)?;
        let flight = TcpListener::bind(config.flight_listen)
            .await
            .with_context(|| format!("listening at {} for the tail's readers", config.flight_listen))?;
        let flight_addr = flight.local_addr()?;
        let flight_url = match config.flight_url.as_str() {
            "" => format!("http://{flight_addr}"),
            url => url.to_owned(),
        };
        let clock = Clock::system();
        let budget = Arc::new(Budget::new(config.memory_budget_bytes, config.partitions));
        let tails: Arc<[Arc<PartitionTail>]> = (0..config.partitions)
            .map(|partition| Arc::new(PartitionTail::new(partition, Arc::clone(&budget))))
            .collect();
        let app = App {
            cutter: Cutter { pool: pool.clone(), store, keys, clock: clock.clone(), bus: bus.clone() },
            pool,
            bus,
            clock,
            tails,
            budget,
            waiting: Arc::new(WaitingRoom::new(config.memory_budget_bytes / WAITING_PART)),
            kept: Arc::default(),
            live: Arc::default(),
            leases: Arc::default(),
            status: Status::new(config.partitions, health.clone()),
            committed: Arc::default(),
            owner: config.owner_name(),
            flight_url,
            cut_interval: config.cut_interval(),
            apdex_ns: config.apdex_ms.saturating_mul(1_000_000),
            retention_days: config.retention_days,
            compact_after: Duration::from_millis(config.compact_after_ms),
        };
        Ok(Self { app: Arc::new(app), health, flight, flight_addr })
    }

    fn addrs(&self) -> Vec<(&'static str, SocketAddr)> {
        vec![("flight", self.flight_addr)]
    }

    async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let Self { app, health, flight, .. } = self;
        let partitions_max = u16::try_from(app.tails.len()).unwrap_or(u16::MAX);
        naru_lake::catalog::lease::ensure(&app.pool, partitions_max).await?;
        usage::ensure_stream(&app.bus).await;

        // What partitions need while they finish goes on until they have.
        let stop_late = CancellationToken::new();
        let mut helpers = JoinSet::new();
        let late = || stop_late.clone();
        helpers.spawn(grpc::serve(flight, Arc::clone(&app.tails), late()));
        helpers.spawn(endless(Arc::clone(&app.leases).renew(app.pool.clone(), late())));
        helpers.spawn(endless(live::listen(Arc::clone(&app.live), app.bus.client.clone(), late())));
        helpers.spawn(endless(live::push(Arc::clone(&app.live), app.bus.clone(), late())));
        helpers.spawn(endless(usage::publish(
            app.pool.clone(),
            app.bus.clone(),
            Arc::clone(&app.committed),
            late(),
        )));
        helpers.spawn(endless(backlog::publish(app.bus.clone(), Arc::clone(&app.tails), late())));
        helpers.spawn(endless(jobs::run(Arc::clone(&app), late())));
        helpers.spawn(endless(compact::run(Arc::clone(&app), stop.clone(), late())));
        helpers.spawn(endless(watch(Arc::clone(&app), health, late())));

        let mut partitions = JoinSet::new();
        for partition in 0..partitions_max {
            partitions.spawn(partition::run(Arc::clone(&app), partition, stop.clone()));
        }
        let outcome = wait(&mut partitions, &mut helpers).await;
        stop_late.cancel();
        while let Some(ended) = helpers.join_next().await {
            flatten(ended)?;
        }
        outcome?;
        info!("writer has committed what it held and let go of its partitions");
        Ok(())
    }

    fn commands() -> Vec<naru_runtime::clap::Command> {
        operate::commands()
    }

    async fn command(
        config: Config,
        name: String,
        arguments: naru_runtime::clap::ArgMatches,
    ) -> anyhow::Result<()> {
        operate::run(config, &name, &arguments).await
    }

    async fn migrate(owner_url: &str) -> anyhow::Result<()> {
        naru_postgres::migrate(owner_url, naru_lake::SCHEMA, &naru_lake::MIGRATOR).await?;
        Ok(())
    }
}

/// Until every partition has ended. A helper that ends before is a failure of the whole service.
async fn wait(partitions: &mut JoinSet<()>, helpers: &mut JoinSet<anyhow::Result<()>>) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            ended = partitions.join_next() => match ended {
                Some(ended) => ended.context("a partition's task failed")?,
                None => return Ok(()),
            },
            Some(ended) = helpers.join_next() => {
                flatten(ended)?;
                anyhow::bail!("a part of the writer ended before its time");
            }
        }
    }
}

fn flatten(ended: Result<anyhow::Result<()>, JoinError>) -> anyhow::Result<()> {
    ended.context("a part of the writer failed")?
}

async fn endless(work: impl Future<Output = ()>) -> anyhow::Result<()> {
    work.await;
    Ok(())
}

/// Tells readiness what is there.
async fn watch(app: Arc<App>, health: Health, stop: CancellationToken) {
    let mut pings = tokio::time::interval(PING_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = pings.tick() => {
                health.set("postgres", app.pool.ping().await.is_ok());
                health.set("nats", app.bus.is_connected());
            }
        }
    }
}
