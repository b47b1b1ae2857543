//! `./dev up`: set up what is missing, start, and say where everything is.

use std::{
    fs,
    net::IpAddr,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

use crate::{
    build,
    cli::{Select, UpOptions},
    database, demo, disk, owned, packages, place, ports, secrets, signals,
    stack::{Stack, State, Status},
    status,
    steps::{self, step},
    supervisor,
};

/// Below this a stack starts and then wedges.
const FREE_BYTES_MIN: u64 = 2 * 1024 * 1024 * 1024;
const READY_WITHIN: Duration = Duration::from_secs(90);
/// Postgres gives its backends 5 s to end before it kills them.
const LEFTOVERS_WITHIN: Duration = Duration::from_secs(10);

pub(crate) fn up(select: &Select, options: &UpOptions) -> anyhow::Result<()> {
    let data = place::data(select)?;
    if let Some(running) = previous(&data)? {
        return stay_with(&running, options);
    }
    owned::claim(&data)?;
    place::make_folders(&data)?;
    disk::refuse_full(&data, FREE_BYTES_MIN)?;
    // Before anything that takes minutes: what can't work is said at once.
    let ports = ports_of(&data, select, options.listen)?;
    let log = |name: &str| data.join("logs").join(format!("setup-{name}.log"));

    say!("Naru is being set up in {}", data.display());
    step("Debian packages", || packages::install(false, &log("packages")))?;
    step("NATS server", || {
        packages::install_nats(&log("nats")).and_then(|()| packages::nats_server().map(|_| ()))
    })?;
    step("npm packages", || build::npm_ci(&log("npm")))?;
    step("web apps", || build::web(&log("web")))?;
    step("services", || build::services(options.split, options.release, &log("cargo")))?;
    step("database cluster", || database::init(&data, &log("initdb")))?;
    for name in ["lake-key", "nats-token", "pepper", "postgres"] {
        secrets::get(&data, name)?;
    }
    let stack = Stack {
        ports,
        data,
        base: options.base.clone(),
        listen: options.listen,
        split: options.split,
        release: options.release,
        foreground_of: (!options.detach).then(|| i32::try_from(std::process::id()).unwrap_or(0)),
    };
    stack.write()?;
    if options.no_demo {
        demo::unmark(&stack.data)?;
    }
    let _told = signals::watch();
    step("start", || start(&stack))?;
    if !options.no_demo {
        // The stack is useful without its demo, so a demo that fails is said and not fatal.
        if let Err(error) = step("demo shop", || demo::set_up(&stack)) {
            say!("the demo shop is not running: {error:#}");
        }
    }
    tell(&stack)?;
    if options.detach { Ok(()) } else { stay(&stack) }
}

/// Ports stay with the data, so that bookmarks and agents go on working.
fn ports_of(data: &Path, select: &Select, listen: IpAddr) -> anyhow::Result<ports::Ports> {
    let before = Stack::read(data).ok().map(|stack| stack.ports);
    match (select.ports, before) {
        (None, Some(before)) if !before.known => ports::choose(Some(before.base), listen),
        (asked, _) => ports::choose(asked, listen),
    }
}

/// The stack of this data, when it runs. One whose supervisor was killed is cleaned up after.
fn previous(data: &Path) -> anyhow::Result<Option<Stack>> {
    let last = Status::last(data);
    if supervisor::is_of(data, last.supervisor) {
        return match Stack::read(data) {
            Ok(stack) => Ok(Some(stack)),
            Err(_) => bail!(
                "a stack runs in {}, but its stack.json is broken; `./dev down` it first",
                data.display()
            ),
        };
    }
    if last.supervisor > 0 {
        // The kernel has told its children to end; Postgres takes a moment to.
        let pids = || last.children.values().filter_map(|child| child.pid);
        let deadline = Instant::now() + LEFTOVERS_WITHIN;
        while !pids().all(supervisor::is_gone) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(50));
        }
        Status::default().write(data)?;
        say!("the last stack here was killed (supervisor {}): cleaned up after it", last.supervisor);
    }
    Ok(None)
}

/// `up` again: says where everything is, unless something else was asked for.
fn stay_with(running: &Stack, options: &UpOptions) -> anyhow::Result<()> {
    let status = running.status();
    let asked = (&options.base, options.listen, options.split, options.release);
    if asked != (&running.base, running.listen, running.split, running.release) {
        bail!("the stack in {} runs with other options; `./dev down` it first", running.data.display());
    }
    say!(
        "the stack in {} is running already (pid {}); `./dev down` stops it",
        running.data.display(),
        status.supervisor
    );
    tell(running)
}

const INTERRUPTED: &str = "interrupted before everything was ready; `./dev up` goes on from there";

/// A supervisor that fails says why; one that was told to stop says nothing.
fn why_it_ended(said: &str) -> String {
    if signals::stop_asked() || said.trim().is_empty() {
        return INTERRUPTED.to_owned();
    }
    format!("the stack did not start:\n{said}")
}

/// Starts the supervisor as a process of its own and waits until everything is ready.
fn start(stack: &Stack) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    let log =
        fs::File::create(stack.data.join("logs/supervisor.log")).context("writing the supervisor's log")?;
    let mut process = Command::new(place::THIS_PROGRAM)
        .arg0("naru-launcher")
        .args(["supervise", "--stack"])
        .arg(&stack.data)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .context("starting the supervisor")?;
    let deadline = Instant::now() + READY_WITHIN;
    loop {
        let status = stack.status();
        if status.state == State::Ready {
            return Ok(());
        }
        if let Ok(Some(_)) = process.try_wait() {
            bail!(why_it_ended(&steps::tail(&stack.data.join("logs/supervisor.log"), 20)));
        }
        let is_late = Instant::now() > deadline;
        if is_late || signals::stop_asked() {
            let waiting: Vec<String> = status
                .children
                .iter()
                .filter(|(_, child)| !child.is_ready)
                .map(|(name, _)| name.clone())
                .collect();
            supervisor::stop(&stack.data)?;
            match waiting.first() {
                Some(name) if is_late => {
                    let log = stack.data.join(format!("logs/{name}.log"));
                    bail!(
                        "{} did not become ready. The end of {}:\n{}",
                        waiting.join(", "),
                        log.display(),
                        steps::tail(&log, 20)
                    )
                }
                _ => bail!(INTERRUPTED),
            }
        }
        thread::sleep(Duration::from_millis(100));
    }
}

fn tell(stack: &Stack) -> anyhow::Result<()> {
    use crate::ports::Port;
    let host = stack.agent_host();
    say!();
    say!("  Console      {}", stack.console_url());
    say!("  Your APM     {}", stack.apm_url("<company>"));
    say!(
        "  OTLP         grpc http://{host}:{}   http http://{host}:{}",
        stack.ports.get(Port::OtlpGrpc),
        stack.ports.get(Port::OtlpHttp)
    );
    say!("  Mails        {}", stack.data.join("mail").display());
    if let Some(guest) = demo::guest(&stack.data)? {
        say!("  Demo         {}", stack.apm_url(demo::TENANT));
        say!("  Guest login  {}  {}", guest.email, guest.password);
    }
    say!();
    Ok(())
}

/// Until Ctrl-C, or until the supervisor ends. Shows what changes meanwhile.
fn stay(stack: &Stack) -> anyhow::Result<()> {
    say!("Ctrl-C stops everything; the data stays.");
    let mut shown = stack.status();
    while !signals::stop_asked() {
        let status = stack.status();
        if !supervisor::is_of(&stack.data, status.supervisor) {
            bail!("the supervisor ended:\n{}", steps::tail(&stack.data.join("logs/supervisor.log"), 20));
        }
        for line in status::changes(&shown, &status) {
            say!("{line}");
        }
        shown = status;
        thread::sleep(Duration::from_millis(200));
    }
    say!("stopping");
    supervisor::stop(&stack.data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_supervisor_that_said_nothing_was_interrupted() {
        assert_eq!(why_it_ended("\n"), INTERRUPTED);
        assert!(why_it_ended("nats did not become ready").ends_with("nats did not become ready"));
    }
}
