//! `naru-writer [settings] forget-tenant|retention|erase|export|recompute …`.

use std::path::PathBuf;

use anyhow::Context;
use naru_ids::{ProjectId, TenantId};
use naru_postgres::Pool;
use naru_runtime::clap::{Arg, ArgMatches, Command, builder::PossibleValuesParser, value_parser};
use naru_signal::Signal;

use super::{Erasure, Export, Operator, Recompute, retention::DAYS_MAX};
use crate::config::Config;

const NS_PER_MS: i64 = 1_000_000;

/// What the program offers besides writing.
pub(crate) fn commands() -> Vec<Command> {
    let text = |name: &'static str, value: &'static str| Arg::new(name).long(name).value_name(value);
    let number = |name: &'static str| text(name, "UNIX_MS").value_parser(value_parser!(i64));
    vec![
        Command::new("forget-tenant")
            .about("Destroy a tenant's key and delete its rows; first see to it that nothing comes any more")
            .arg(Arg::new("tenant").value_name("TENANT").required(true)),
        Command::new("retention")
            .about("Tell for how many days a tenant's telemetry is kept, or set it for one signal")
            .arg(text("tenant", "TENANT").required(true))
            .arg(
                text("signal", "SIGNAL")
                    .value_parser(PossibleValuesParser::new(Signal::ALL.map(Signal::as_str)))
                    .requires("days"),
            )
            .arg(text("days", "DAYS|usual").value_parser(days).requires("signal")),
        Command::new("erase")
            .about("Rewrite segments without the rows that have an attribute, and their sums; those of the last minute come later")
            .arg(text("tenant", "TENANT").required(true))
            .arg(text("project", "PROJECT").required(true))
            .arg(text("where", "KEY=VALUE").required(true)),
        Command::new("export")
            .about("Hand a tenant's telemetry out as plain Parquet files")
            .arg(text("tenant", "TENANT").required(true))
            .arg(text("project", "PROJECT"))
            .arg(number("from"))
            .arg(number("to"))
            .arg(text("out", "DIR").required(true).value_parser(value_parser!(PathBuf))),
        Command::new("recompute")
            .about("Count stored rows again and hold the sums against the stored ones; fails when they differ")
            .arg(text("tenant", "TENANT").required(true))
            .arg(text("project", "PROJECT").required(true))
            .arg(number("from").required(true))
            .arg(number("to").required(true)),
    ]
}

/// Days of a retention; `None` for `usual`.
type Days = Option<u32>;

fn days(text: &str) -> Result<Days, String> {
    if text == "usual" {
        return Ok(None);
    }
    let days = text.parse().ok().filter(|days| (1..=DAYS_MAX).contains(days));
    days.map(Some).ok_or_else(|| format!("days are a number from 1 to {DAYS_MAX}, or `usual`"))
}

/// Does one of [`commands`].
pub(crate) async fn run(config: Config, name: &str, arguments: &ArgMatches) -> anyhow::Result<()> {
    let pool = Pool::connect(&naru_postgres::Options {
        url: config.postgres_url.clone(),
        password_file: config.postgres_password_file.clone(),
        max_connections: 2,
        application_name: "naru-writer".to_owned(),
    })
    .await?;
    naru_postgres::check_schema(&pool, naru_lake::SCHEMA, &naru_lake::MIGRATOR).await?;
    let operator = Operator::new(pool, &config.lake(), &config.lake_key_file)?;
    let text = |name: &str| arguments.get_one::<String>(name).map(String::as_str);
    let tenant: TenantId = text("tenant").context("name a tenant")?.parse().context("reading the tenant")?;
    let apdex_ns = config.apdex_ms.saturating_mul(NS_PER_MS.unsigned_abs());
    match name {
        "forget-tenant" => {
            let forgotten = operator.forget_tenant(tenant).await?;
            tracing::info!(tenant.id = %tenant, segments = forgotten.segments, "{tenant} is forgotten");
        }
        "retention" => {
            let signal = text("signal").and_then(|name| Signal::ALL.into_iter().find(|s| s.as_str() == name));
            if let (Some(signal), Some(days)) = (signal, arguments.get_one::<Days>("days")) {
                operator.keep(tenant, signal, *days).await?;
            }
            operator.tell_retention(tenant, config.retention_days).await?;
        }
        "erase" => {
            let (key, value) =
                text("where").and_then(|pair| pair.split_once('=')).context("--where KEY=VALUE")?;
            let project =
                text("project").context("name a project")?.parse().context("reading the project")?;
            let (key, value) = (key.to_owned(), value.to_owned());
            let retention_days = config.retention_days;
            operator.erase(&Erasure { tenant, project, key, value, apdex_ns, retention_days }).await?;
        }
        "export" => {
            let project: Option<ProjectId> =
                text("project").map(str::parse).transpose().context("reading the project")?;
            let time = |name: &str| arguments.get_one::<i64>(name).map(|ms| ms.saturating_mul(NS_PER_MS));
            let out = arguments.get_one::<PathBuf>("out").context("name a directory")?.clone();
            let (from_ns, to_ns) = (time("from").unwrap_or(i64::MIN), time("to").unwrap_or(i64::MAX));
            operator.export(&Export { tenant, project, from_ns, to_ns, out }).await?;
        }
        "recompute" => {
            let project =
                text("project").context("name a project")?.parse().context("reading the project")?;
            let time =
                |name: &str| arguments.get_one::<i64>(name).map_or(0, |ms| ms.saturating_mul(NS_PER_MS));
            let (from_ns, to_ns) = (time("from"), time("to"));
            let retention_days = config.retention_days;
            let ask = Recompute { tenant, project, from_ns, to_ns, apdex_ns, retention_days };
            let differences = operator.recompute(&ask).await?.differences.len();
            anyhow::ensure!(differences == 0, "{differences} sums are not what their rows add up to");
        }
        other => anyhow::bail!("there is no command `{other}`"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_say_what_they_need() {
        let parse = |line: &str| {
            Command::new("naru-writer").subcommands(commands()).try_get_matches_from(line.split(' ')).is_ok()
        };
        assert!(parse("naru-writer forget-tenant tnt_1"));
        assert!(parse("naru-writer erase --tenant t --project p --where user.id=7"));
        assert!(parse("naru-writer export --tenant t --from 1 --to 2 --out dir"));
        assert!(parse("naru-writer recompute --tenant t --project p --from 1 --to 2"));
        assert!(parse("naru-writer retention --tenant t"));
        assert!(parse("naru-writer retention --tenant t --signal traces --days 30"));
        assert!(parse("naru-writer retention --tenant t --signal logs --days usual"));
        assert!(!parse("naru-writer forget-tenant"));
        for nonsense in ["--signal traces", "--days 30", "--signal spans --days 3"] {
            assert!(!parse(&format!("naru-writer retention --tenant t {nonsense}")), "{nonsense}");
        }
        for days in ["0", "-1", "3661", "week", "1.5", ""] {
            assert!(
                !parse(&format!("naru-writer retention --tenant t --signal traces --days {days}")),
                "{days}"
            );
        }
        assert!(!parse("naru-writer erase --tenant t --where user.id=7"));
        assert!(!parse("naru-writer export --tenant t --from yesterday --out dir"));
    }
}
