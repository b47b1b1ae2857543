//! Fills a tenant's lake with days gone by: merged segments as the writer's merges leave them, and their catalog rows.
//!
//! For figures over more spans than anybody wants to wait for. Nothing goes through gateway, bus or bill, and no rollups are
//! written: only questions about spans are answered out of it. One trace id of each request goes to standard output.

#![expect(clippy::print_stdout, reason = "a command line that prints ids")]

mod day;

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Parser;
use futures::{StreamExt, TryStreamExt, stream};
use naru_ids::TenantId;
use naru_lake::{
    catalog::{
        SegmentRow,
        compact::{self, Swapped},
        keys, read,
    },
    path::day_of_ns,
    seal::KeyFile,
    store::Store,
};
use naru_load::drive::now_ms;
use naru_postgres::{Options, Pool};
use naru_signal::Table;

use crate::day::{Lake, Part};

/// Store spans of days gone by, merged already.
#[derive(Parser)]
struct Args {
    /// A file with the URL of a role that row-level security does not hold back.
    #[arg(long)]
    superuser_url: PathBuf,
    #[arg(long)]
    lake_key: PathBuf,
    #[arg(long)]
    lake_dir: PathBuf,
    /// One that has stored a span.
    #[arg(long)]
    tenant: TenantId,
    #[arg(long)]
    spans: u64,
    /// Whole days before today, UTC.
    #[arg(long, default_value_t = 14)]
    days: u32,
}

/// As the writer's merges.
const SPANS_MAX: u64 = 2 << 20;
const AT_ONCE: usize = 2;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let url = std::fs::read_to_string(&args.superuser_url)
        .with_context(|| format!("reading {}", args.superuser_url.display()))?;
    let pool = Pool::connect(&Options {
        url: url.trim().to_owned(),
        password_file: None,
        max_connections: 2,
        application_name: "naru-past".to_owned(),
    })
    .await?;
    let mut tx = pool.begin_tenant(args.tenant).await?;
    let key = keys::read(&mut tx).await?.context("the tenant has no key yet: send a span first")?;
    let key = KeyFile::read(&args.lake_key)?.unwrap(args.tenant, &key.wrapped_by, &key.wrapped)?;
    tx.commit().await?;
    let like = newest(&pool, args.tenant).await?;
    let lake = Lake { store: Store::on_disk(&args.lake_dir)?, key, like };
    let made = stream::iter(parts(&args)).map(|part| {
        let lake = lake.clone();
        async move {
            let runtime = tokio::runtime::Handle::current();
            tokio::task::spawn_blocking(move || runtime.block_on(lake.merged(&part))).await?
        }
    });
    let made: Vec<_> = made.buffer_unordered(AT_ONCE).try_collect().await?;
    let (rows, ids): (Vec<SegmentRow>, Vec<Vec<u128>>) = made.into_iter().unzip();
    add(&pool, args.tenant, &rows).await?;
    for id in ids.into_iter().flatten() {
        println!("{id:032x}");
    }
    Ok(())
}

/// The days' spans, evenly, in pieces of a segment each.
fn parts(args: &Args) -> Vec<Part> {
    let today = day_of_ns(i64::try_from(now_ms() * 1_000_000).unwrap_or(i64::MAX));
    let of_day = args.spans / u64::from(args.days);
    let pieces = of_day.div_ceil(SPANS_MAX);
    let days = (1..=args.days).map(|back| today - i32::try_from(back).unwrap_or(i32::MAX));
    let parts = days.flat_map(|day| (0..pieces).map(move |piece| (day, piece)));
    parts.map(|(day, piece)| Part { day, piece, pieces, spans: of_day / pieces }).collect()
}

async fn newest(pool: &Pool, tenant: TenantId) -> anyhow::Result<SegmentRow> {
    let mut tx = pool.begin_tenant(tenant).await?;
    let project = read::projects(&mut tx).await?.into_iter().next().context("the tenant has no project")?;
    let segments = read::segments(&mut tx, project, &[Table::Spans], 0, i64::MAX).await?;
    tx.commit().await?;
    segments.into_iter().next().context("the tenant has no stored spans yet")
}

/// Beside one that is there, which a running writer may merge meanwhile.
async fn add(pool: &Pool, tenant: TenantId, rows: &[SegmentRow]) -> anyhow::Result<()> {
    loop {
        let old = newest(pool, tenant).await?;
        let with_old: Vec<_> = rows.iter().chain([&old]).cloned().collect();
        match compact::swap(pool, std::slice::from_ref(&old), &with_old).await? {
            Swapped::Done => return Ok(()),
            Swapped::Lost => {}
            Swapped::Collected => bail!("the segments were written a day ago and count as garbage"),
        }
    }
}
