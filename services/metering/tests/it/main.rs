//! Metering against real Postgres and NATS.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

use std::time::Duration;

use async_nats::jetstream::stream;
use naru_ids::{ProjectId, TenantId, UnixMs, UsageId};
use naru_metering::{Config, Metering};
use naru_metering_api::{USAGE, UsageAnswer, UsageQuestion, UsageTotals};
use naru_nats::Bus;
use naru_runtime::{Health, Service};
use naru_signal::Signal;
use naru_testkit::{Nats, Postgres, nats, postgres, wait_until};
use naru_writer_api::{USAGE_STREAM, USAGE_SUBJECTS, UsageRecord, usage_subject};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const WITHIN: Duration = Duration::from_secs(30);
const HOUR_MS: u64 = 1_764_028_800_000;

struct World {
    bus: Bus,
    postgres: Postgres,
    nats: Nats,
    stop: CancellationToken,
    running: Option<JoinHandle<anyhow::Result<()>>>,
}

impl World {
    async fn start() -> Self {
        let (postgres, nats) = (postgres().await, nats().await);
        Metering::migrate(&postgres.owner_url()).await.unwrap();
        let options = naru_nats::Options {
            url: nats.url(),
            name: "test".to_owned(),
            token_file: None,
            monitor_url: None,
        };
        let bus = Bus::connect(&options).await.unwrap();
        let config = stream::Config {
            name: USAGE_STREAM.to_owned(),
            subjects: vec![USAGE_SUBJECTS.to_owned()],
            ..stream::Config::default()
        };
        bus.jetstream.create_stream(config).await.unwrap();
        let mut world = Self { bus, postgres, nats, stop: CancellationToken::new(), running: None };
        world.run().await;
        world
    }

    async fn run(&mut self) {
        self.stop = CancellationToken::new();
        let config = Config {
            postgres_url: self.postgres.url_for("naru_metering"),
            nats_url: self.nats.url(),
            nats_monitor_url: Some(self.nats.monitor_url()),
            ..Config::default()
        };
        let service = Metering::build(config, Health::default()).await.unwrap();
        self.running = Some(tokio::spawn(service.run(self.stop.clone())));
    }

    /// Returns when it has drained: from then on the server hands it no record any more.
    async fn end(&mut self) {
        self.stop.cancel();
        self.running.take().unwrap().await.unwrap().unwrap();
    }

    async fn publish(&self, record: &UsageRecord) {
        let payload = serde_json::to_vec(record).unwrap();
        let subject = usage_subject(record.tenant, record.project);
        self.bus.jetstream.publish(subject, payload.into()).await.unwrap().await.unwrap();
    }

    async fn usage(&self, tenant: TenantId) -> Option<UsageAnswer> {
        let question = UsageQuestion { tenant, project: None, from_ms: 0, to_ms: 30_000_000_000 };
        let question =
            UsageQuestion { from_ms: HOUR_MS - 86_400_000, to_ms: HOUR_MS + 86_400_000, ..question };
        self.bus.request(USAGE, &question, WITHIN).await.ok()
    }

    async fn until_spans(&self, tenant: TenantId, spans: u64) {
        wait_until("the usage is counted", WITHIN, || async {
            self.usage(tenant).await.is_some_and(|usage| usage.totals.spans == spans)
        })
        .await;
    }

    /// Every record on the stream has been seen by the consumer and acknowledged.
    async fn until_all_are_read(&self) {
        wait_until("every record is acknowledged", WITHIN, || async {
            let stream = self.bus.jetstream.get_stream(USAGE_STREAM).await.unwrap();
            let last = stream.get_info().await.unwrap().state.last_sequence;
            match stream.consumer_info("metering").await {
                Ok(info) => info.ack_floor.stream_sequence == last,
                Err(_) => false,
            }
        })
        .await;
    }
}

fn record(tenant: TenantId, items: u64) -> UsageRecord {
    UsageRecord {
        v: 1,
        id: UsageId::new(UnixMs(HOUR_MS)),
        tenant,
        project: ProjectId::from_uuid(tenant.uuid()),
        signal: Signal::Traces,
        hour_ms: HOUR_MS,
        items,
        bytes: items * 500,
    }
}

#[tokio::test]
async fn every_table_with_a_tenant_forces_row_security() {
    let postgres = postgres().await;
    Metering::migrate(&postgres.owner_url()).await.unwrap();
    let superuser = sqlx::PgPool::connect(&postgres.superuser_url()).await.unwrap();
    let tables: Vec<(String, bool)> = sqlx::query_as(
        "select c.relname::text, c.relrowsecurity and c.relforcerowsecurity
           from pg_class c
           join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
          where c.relnamespace = 'metering'::regnamespace
            and c.relkind = 'r'
          order by 1",
    )
    .fetch_all(&superuser)
    .await
    .unwrap();
    assert_eq!(tables, [("applied".to_owned(), true), ("usage_hour".to_owned(), true)]);
}

#[tokio::test]
async fn a_triple_replay_changes_nothing() {
    let world = World::start().await;
    let tenant = TenantId::new(UnixMs(1));
    let records = [
        record(tenant, 10),
        record(tenant, 5),
        UsageRecord { hour_ms: HOUR_MS + 3_600_000, ..record(tenant, 1) },
    ];
    for _ in 0..3 {
        for record in &records {
            world.publish(record).await;
        }
    }
    world.until_all_are_read().await;

    let usage = world.usage(tenant).await.unwrap();
    assert_eq!(usage.totals, UsageTotals { spans: 16, bytes: 8_000, ..UsageTotals::default() });
    assert_eq!((usage.days.len(), usage.projects.len()), (1, 1));
    world.stop.cancel();
}

#[tokio::test]
async fn a_tenant_sees_its_own_usage_only() {
    let world = World::start().await;
    let (acme, globex) = (TenantId::new(UnixMs(1)), TenantId::new(UnixMs(2)));
    world.publish(&record(acme, 7)).await;
    world.publish(&record(globex, 11)).await;
    world.until_spans(acme, 7).await;
    world.until_spans(globex, 11).await;
    world.stop.cancel();
}

#[tokio::test]
async fn a_year_of_many_projects_is_summed() {
    const PROJECTS: u64 = 24;
    const DAYS: u64 = 399;
    let world = World::start().await;
    let tenant = TenantId::new(UnixMs(1));
    let superuser = sqlx::PgPool::connect(&world.postgres.superuser_url()).await.unwrap();
    sqlx::query(
        "insert into metering.usage_hour (tenant_id, project_id, signal, hour, items, bytes)
         select $1, ('00000000-0000-0000-0000-' || lpad(project::text, 12, '0'))::uuid, $2,
                to_timestamp($3::double precision / 1000) - hour * interval '1 hour', 2, 3
           from generate_series(1, $4) as project, generate_series(1, $5) as hour",
    )
    .bind(tenant.uuid())
    .bind(i16::from(Signal::Traces.code()))
    .bind(HOUR_MS as f64)
    .bind(i32::try_from(PROJECTS).unwrap())
    .bind(i32::try_from(DAYS * 24).unwrap())
    .execute(&superuser)
    .await
    .unwrap();

    let question =
        UsageQuestion { tenant, project: None, from_ms: HOUR_MS - DAYS * 86_400_000, to_ms: HOUR_MS };
    let usage: UsageAnswer = world.bus.request(USAGE, &question, WITHIN).await.unwrap();

    let hours = DAYS * 24;
    let all =
        UsageTotals { spans: PROJECTS * hours * 2, bytes: PROJECTS * hours * 3, ..UsageTotals::default() };
    assert_eq!(usage.totals, all);
    assert_eq!(usage.projects.len() as u64, PROJECTS);
    assert!(usage.projects.iter().all(|project| project.totals.spans == hours * 2));
    let ends = (usage.projects[0].first_hour_ms, usage.projects[0].last_hour_ms);
    assert_eq!(ends, (question.from_ms, HOUR_MS - 3_600_000));
    assert_eq!((usage.days.len() as u64, usage.days[0].totals.spans), (DAYS, PROJECTS * 24 * 2));
    world.stop.cancel();
}

#[tokio::test]
async fn usage_waits_on_the_bus_while_metering_is_away() {
    let mut world = World::start().await;
    let tenant = TenantId::new(UnixMs(1));
    world.publish(&record(tenant, 3)).await;
    world.until_spans(tenant, 3).await;
    world.end().await;
    world.publish(&record(tenant, 4)).await;
    world.run().await;
    world.until_spans(tenant, 7).await;
    world.stop.cancel();
}

#[tokio::test]
async fn an_unreadable_record_stops_nobody() {
    let world = World::start().await;
    let tenant = TenantId::new(UnixMs(1));
    let subject = usage_subject(tenant, ProjectId::new(UnixMs(1)));
    world.bus.jetstream.publish(subject, "nonsense".into()).await.unwrap().await.unwrap();
    world.publish(&record(tenant, 2)).await;
    world.until_spans(tenant, 2).await;
    world.stop.cancel();
}
