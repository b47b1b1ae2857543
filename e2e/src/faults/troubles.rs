//! Everything that goes wrong besides sudden death, one after another on one stack under load: commits that break off
//! between their steps, Postgres and the bucket away, servers that hang, a writer that wakes up after its lease, and
//! what the bus and clients still have, three times more.
//!
//! Services reach Postgres and the bucket through doors that can be shut; the commit's steps are told by what the writer
//! says to Postgres, so that nothing in it knows of this.

mod away;
mod beside;
mod commits;
mod replays;
mod zombie;

use std::{path::PathBuf, time::Duration};

use anyhow::ensure;
use naru_ids::TenantId;
use naru_load::store::LakeReader;
use naru_testkit::{Gate, S3};

use super::{CUTS, Compared, Traffic, account, eventually, load::Load};
use crate::{Shape, Stack};

/// The n-th port of a block; README has the table.
const POSTGRES: u16 = 3;

/// How long troubles may take, and how much comes meanwhile.
#[derive(Debug, Clone)]
pub struct Trial {
    pub traffic: Traffic,
    pub within: Duration,
    /// Of the stack.
    pub is_release: bool,
}

/// A stack in trouble.
struct Scene {
    stack: Stack,
    load: Load,
    /// Between the writer and Postgres.
    commits: Gate,
    /// Between the other services and Postgres.
    catalog: Gate,
    /// Between everybody and the bucket.
    bucket: Gate,
    s3: S3,
    lake: LakeReader,
    tenant: uuid::Uuid,
}

/// Causes every trouble in turn, each to its end: until everything that was acknowledged is stored.
pub async fn troubles(trial: &Trial, say: impl Fn(&str)) -> anyhow::Result<Compared> {
    let scene = Scene::set(trial).await?;
    commits::killed_in_every_gap(&scene, &say).await?;
    commits::answers_lost(&scene, &say).await?;
    away::postgres(&scene, &say).await?;
    away::bucket(&scene, &say).await?;
    away::hung(&scene, &say).await?;
    zombie::wakes_up(&scene, &say).await?;
    replays::by_another_gateway(&scene, &say).await?;
    replays::from_the_bus(&scene, &say).await?;
    say("comparing");
    let lake_dir = scene.lake_dir();
    let done = scene.load.end().await?;
    account::compare(&scene.stack, &lake_dir, &done).await
}

impl Scene {
    async fn set(trial: &Trial) -> anyhow::Result<Self> {
        let stack = Stack::new(Shape::Split, trial.is_release);
        let postgres = ([127, 0, 0, 1], stack.port(POSTGRES)).into();
        let s3 = naru_testkit::s3().await;
        let (commits, catalog) = (Gate::to(postgres).await, Gate::to(postgres).await);
        let bucket = Gate::to(s3.addr()).await;
        let mut env = vec![(CUTS.0.to_owned(), CUTS.1.to_owned())];
        for service in ["CONSOLE", "LICENSE", "WRITER", "QUERY", "METERING"] {
            let gate = if service == "WRITER" { &commits } else { &catalog };
            let url = format!("postgres://naru_{}@{}/naru", service.to_lowercase(), gate.addr());
            env.push((format!("NARU_{service}_POSTGRES_URL"), url));
        }
        for service in ["WRITER", "QUERY"] {
            let mut set =
                |name: &str, value: String| env.push((format!("NARU_{service}_LAKE_{name}"), value));
            set("URL", format!("s3://{}/lake", s3.bucket()));
            set("S3_ENDPOINT", format!("http://{}", bucket.addr()));
            set("S3_CREDENTIALS_FILE", s3.credentials_file().display().to_string());
        }
        let env: Vec<(&str, &str)> =
            env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        stack.up(&env)?;
        let load = Load::begin(&stack, &trial.traffic, trial.within).await?;
        let lake = account::lake_at(&stack, &s3.file("lake")).await?;
        let tenant = load.tenant.id.parse::<TenantId>()?.uuid();
        Ok(Self { stack, load, commits, catalog, bucket, s3, lake, tenant })
    }

    fn lake_dir(&self) -> PathBuf {
        self.s3.file("lake")
    }

    /// Everything acknowledged so far is in segments.
    async fn caught_up(&self) -> anyhow::Result<()> {
        ensure!(!self.load.has_ended(), "the load ended before the troubles did");
        let acknowledged = self.load.acknowledged();
        eventually("everything acknowledged is committed", || async {
            self.lake.committed(self.tenant).await.unwrap_or(0) >= acknowledged
        })
        .await
    }
}
