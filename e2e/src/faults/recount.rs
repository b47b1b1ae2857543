//! Stored sums against what their rows add up to: `naru-writer recompute` over everything that a load has sent.
//!
//! The same rows must add up to the same sums however often the writer was killed, thrown out or set back. The writer's
//! README knows one exception, pairs of a call and its answer: they stay two ends where some 390,000 ends wait at one
//! time, or where a new owner could not read the last two minutes again, and a recount joins them. Loads of up to 4,000
//! items a second stay below the one, and in these runs no object is away while a partition changes hands. So nothing may
//! differ, edges neither.

use std::fmt;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::{Stack, Tenant};

/// What the writer found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recount {
    /// Sums of every grain and kind that were counted again.
    pub sums: u64,
    pub differences: u64,
    /// Some of them, as the writer tells them.
    pub told: Vec<String>,
}

impl Recount {
    /// Every sum is, to the bit, what its rows add up to.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.sums > 0 && self.differences == 0
    }

    /// From the log of the command; it fails when sums differ, and then says so before.
    fn of_log(log: &str) -> anyhow::Result<Self> {
        let lines = || log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let number = |line: &Value, name: &str| line[name].as_u64();
        let found = lines().find_map(|line| Some((number(&line, "sums")?, number(&line, "differences")?)));
        let (sums, differences) = found.with_context(|| format!("the recount came to no end: {log}"))?;
        let told = lines().filter_map(|line| line["difference"].as_str().map(str::to_owned)).collect();
        Ok(Self { sums, differences, told })
    }
}

impl fmt::Display for Recount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sums counted again, {} differ", self.sums, self.differences)?;
        self.told.iter().try_for_each(|difference| write!(f, "\n  {difference}"))
    }
}

/// Counts all rows of the tenant's project that began in these hours (Unix ms). The split shape's writer goes on meanwhile.
pub fn recount(stack: &Stack, tenant: &Tenant, from_ms: u64, to_ms: u64) -> anyhow::Result<Recount> {
    let mut command = stack.command("writer")?;
    command.args(["recompute", "--tenant", &tenant.id, "--project", &tenant.project]);
    command.args(["--from", &from_ms.to_string(), "--to", &to_ms.to_string()]);
    let done = command.output().context("running the recount")?;
    let recount = Recount::of_log(&String::from_utf8_lossy(&done.stderr))?;
    ensure!(
        done.status.success() == (recount.differences == 0),
        "the recount ended with {} and found {recount}",
        done.status
    );
    Ok(recount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recount_that_found_something_says_what_and_does_not_hold() {
        let log = r#"{"level":"INFO","message":"writer logs as JSON lines"}
{"level":"INFO","sums":1200,"differences":1,"message":"1200 sums were counted again, 1 of them differ"}
{"level":"WARN","difference":"Difference { grain: Hour }","message":"a sum is not what its rows add up to"}
Error: 1 sums are not what their rows add up to"#;
        let recount = Recount::of_log(log).unwrap();
        let told = vec!["Difference { grain: Hour }".to_owned()];
        assert_eq!(recount, Recount { sums: 1_200, differences: 1, told });
        assert!(!recount.holds());
    }

    #[test]
    fn a_recount_of_nothing_or_without_an_end_proves_nothing() {
        let of_nothing = Recount::of_log(r#"{"sums":0,"differences":0}"#).unwrap();
        assert!(!of_nothing.holds());
        assert!(Recount::of_log("Error: reading the tenant").is_err());
    }
}
