//! What the kernel says of one process in /proc/<pid>/stat.

use std::fs;

use anyhow::Context;

/// Clock ticks of /proc/<pid>/stat; 100 on every Linux that matters.
pub(super) const TICKS_PER_S: f64 = 100.0;

/// Times in clock ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) parent: i32,
    /// Its own, in user mode and in the kernel.
    pub(super) own: u64,
    /// Of children that ended and were waited for, theirs included: what a closed backend of Postgres has used is here.
    pub(super) reaped: u64,
}

impl Stat {
    /// Fails of a process that is gone.
    pub(super) fn of(pid: i32) -> anyhow::Result<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat"))?)
    }

    /// Numbers of fields are the manual's (proc_pid_stat), which counts from 1.
    fn parse(line: &str) -> anyhow::Result<Self> {
        // A command may be called anything, so the third field begins after the last bracket.
        let (_, rest) = line.rsplit_once(')').context("a command name in brackets")?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3).with_context(|| format!("no field {number}"));
        let ticks = |number: usize| -> anyhow::Result<u64> {
            // Reaped times are signed there.
            Ok(u64::try_from(field(number)?.parse::<i64>()?)?)
        };
        Ok(Self { parent: field(4)?.parse()?, own: ticks(14)? + ticks(15)?, reaped: ticks(16)? + ticks(17)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_kernel_is_read_whatever_the_command_is_called() {
        let line = "412 (postgres: (a) b) S 77 412 412 0 -1 4194560 9000 120000 3 40 150 30 2000 700 20 0 1 0 5 99 7";
        assert_eq!(Stat::parse(line).unwrap(), Stat { parent: 77, own: 180, reaped: 2_700 });
    }

    #[test]
    fn a_line_that_is_cut_short_is_an_error_and_never_no_time() {
        for line in
            ["", "412 (nats) S 77", "412 (nats) S 77 412 412 0 -1 4194560 9000 120000 3 40 150 30 2000"]
        {
            assert!(Stat::parse(line).is_err(), "{line}");
        }
    }
}
