//! The supervisor: one process that starts everything, brings back what dies, and says how all of it is.
//!
//! Children get SIGKILL when it dies, so nothing is left behind whatever happens to it.

mod child;
mod leftover;
mod logger;
mod stuck;

use std::{
    collections::BTreeMap,
    path::Path,
    thread,
    time::{Duration, Instant, SystemTime},
};

use anyhow::Context;

use crate::{
    database, recipes, signals,
    stack::{self, Stack, State, Status},
    supervisor,
};
use child::Child;
pub(crate) use stuck::Stuck;

const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Dependencies of a fresh stack come within this; Postgres may have to recover first.
const DEPENDENCIES_WITHIN: Duration = Duration::from_secs(60);

pub(crate) fn run(data: &Path) -> anyhow::Result<()> {
    let _told = signals::watch();
    // A session of its own: closing the terminal that started it does not end it. Fails only when it has one already.
    let _ = nix::unistd::setsid();
    let stack = Stack::read(data)?;
    let mut supervisor = Supervisor { stack, children: Vec::new(), state: State::Starting, written: None };
    let outcome = supervisor.live();
    if let Err(error) = &outcome {
        eprintln!("{error:#}");
    }
    supervisor.stop()?;
    outcome
}

struct Supervisor {
    stack: Stack,
    /// In the order they were started; they stop in the opposite one.
    children: Vec<Child>,
    state: State,
    written: Option<(String, Option<SystemTime>)>,
}

impl Supervisor {
    fn live(&mut self) -> anyhow::Result<()> {
        self.write()?;
        for recipe in recipes::dependencies(&self.stack)? {
            self.children.push(Child::new(recipe, &self.stack.data));
        }
        self.until_ready(DEPENDENCIES_WITHIN).context("waiting for Postgres, Redis and NATS")?;
        if signals::stop_asked() {
            return Ok(());
        }
        database::bootstrap(&self.stack)?;
        database::migrate(&self.stack, &self.stack.data.join("logs/migrate.log"))?;
        for recipe in recipes::services(&self.stack).into_iter().chain([recipes::haproxy(&self.stack)]) {
            self.children.push(Child::new(recipe, &self.stack.data));
        }
        while !self.should_stop() {
            self.look()?;
            self.follow_demo()?;
            thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    fn should_stop(&self) -> bool {
        signals::stop_asked() || self.stack.foreground_of.is_some_and(supervisor::is_gone)
    }

    fn until_ready(&mut self, within: Duration) -> anyhow::Result<()> {
        let deadline = Instant::now() + within;
        while !self.should_stop() {
            self.look()?;
            let waiting: Vec<&str> =
                self.children.iter().filter(|child| !child.is_ready()).map(Child::name).collect();
            if waiting.is_empty() {
                return Ok(());
            }
            anyhow::ensure!(
                Instant::now() < deadline,
                "{} did not become ready; see their logs",
                waiting.join(", ")
            );
            thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    /// Brings back what died, and notes what changed.
    fn look(&mut self) -> anyhow::Result<()> {
        for child in &mut self.children {
            child.look();
        }
        let is_ready = self.children.iter().filter(|child| !child.is_demo()).all(Child::is_ready);
        let is_complete = self.children.iter().any(|child| child.name() == "haproxy");
        self.state = match self.state {
            State::Stopping => State::Stopping,
            _ if is_ready && is_complete => State::Ready,
            State::Ready | State::Degraded => State::Degraded,
            other => other,
        };
        self.write()
    }

    /// The demo runs while its mark is there: `./dev demo start` and `stop` make and remove it.
    fn follow_demo(&mut self) -> anyhow::Result<()> {
        let is_wanted = crate::demo::mark(&self.stack.data).exists();
        let is_there = self.children.iter().any(Child::is_demo);
        if is_wanted && !is_there {
            for recipe in recipes::demo(&self.stack)? {
                self.children.push(Child::new(recipe, &self.stack.data));
            }
        } else if !is_wanted && is_there {
            let (demo, rest) = std::mem::take(&mut self.children).into_iter().partition(Child::is_demo);
            self.children = rest;
            stop_all(demo);
        }
        Ok(())
    }

    fn write(&mut self) -> anyhow::Result<()> {
        let children: BTreeMap<String, stack::Child> =
            self.children.iter().map(|child| (child.name().to_owned(), child.status())).collect();
        let supervisor = i32::try_from(std::process::id()).unwrap_or(0);
        let status = Status { supervisor, state: self.state, children };
        let text = serde_json::to_string(&status)?;
        // Also when somebody else wrote it, or took it away: nothing else says where we are.
        let changed_at =
            || stack::status_file(&self.stack.data).metadata().and_then(|file| file.modified()).ok();
        let is_written = self
            .written
            .as_ref()
            .is_some_and(|(written, at)| *written == text && at.is_some() && *at == changed_at());
        if !is_written {
            status.write(&self.stack.data)?;
            self.written = Some((text, changed_at()));
        }
        Ok(())
    }

    /// The edge first, then services, then what they stand on.
    fn stop(&mut self) -> anyhow::Result<()> {
        self.state = State::Stopping;
        self.write()?;
        let is_edge = |child: &Child| child.is_demo() || child.name() == "haproxy";
        let is_base = |child: &Child| matches!(child.name(), "postgres" | "redis" | "nats");
        let (edge, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.children).into_iter().partition(is_edge);
        let (base, services): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_base);
        for children in [edge, services, base] {
            stop_all(children);
        }
        Status::default().write(&self.stack.data)
    }
}

fn stop_all(mut children: Vec<Child>) {
    for child in &children {
        child.ask_to_stop();
    }
    for child in &mut children {
        child.wait();
    }
}
