//! Where the hostile company's programs run: in a process of their own, that gets what nobody else wants.
//!
//! In life they run on machines of its own. Here they share two cores with the stack and with who measures; what they take of
//! these says nothing about the stack. The kernel may share cores among sessions first, so it has a session of its own, too.

use std::{
    fs,
    io::{ErrorKind, Write, stdin},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use anyhow::{Context, ensure};
use naru_e2e::{Client, Status, Tenant};
use serde::{Deserialize, Serialize};
use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};
use tokio::task::JoinHandle;

use crate::attack::{self, Answers};

/// Of autogroups and of threads.
const NICENESS_MOST: &str = "19";

/// Who is hostile to what, and how much so.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Hostile {
    pub(crate) status: Status,
    pub(crate) apm_host: String,
    pub(crate) project: String,
    pub(crate) license_key: String,
    pub(crate) token: String,
    pub(crate) spans_per_s: u32,
    /// Does nothing but send.
    pub(crate) sends_only: bool,
}

impl Hostile {
    #[must_use]
    pub(crate) fn new(status: &Status, tenant: &Tenant, spans_per_s: u32) -> Self {
        Self {
            status: status.clone(),
            apm_host: tenant.apm.host().to_owned(),
            project: tenant.project.clone(),
            license_key: tenant.license_key.clone(),
            token: tenant.token.clone(),
            spans_per_s,
            sends_only: false,
        }
    }

    /// Its tenant's host, with its token.
    pub(crate) fn apm(&self) -> anyhow::Result<Client> {
        let edge_url = format!("http://{}", self.status.edge_addr);
        Ok(Client::new(&edge_url, &self.apm_host)?.with_token(&self.token))
    }
}

/// Starts the programs; they end when it is `over`, and say how they were answered.
pub(crate) fn start(
    hostile: &Hostile,
    over: &Arc<AtomicBool>,
) -> anyhow::Result<JoinHandle<anyhow::Result<Answers>>> {
    let mut programs = Command::new(std::env::current_exe()?)
        .arg("--hostile")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting the hostile company's programs")?;
    let mut told = programs.stdin.take().context("they cannot be told anything")?;
    writeln!(told, "{}", serde_json::to_string(hostile)?)?;
    let over = Arc::clone(over);
    Ok(tokio::task::spawn_blocking(move || {
        while !over.load(Ordering::Relaxed) {
            thread::sleep(attack::PAUSE);
        }
        // They read until here.
        drop(told);
        let said = programs.wait_with_output()?;
        ensure!(said.status.success(), "the hostile company's programs failed: {}", said.status);
        // Pairs, since what is answered has two names and JSON's maps have one.
        let answers: Vec<_> = serde_json::from_slice(&said.stdout)?;
        Ok(answers.into_iter().collect())
    }))
}

/// What `--hostile` does: reads who it is, and goes on until there is nothing more to read.
#[expect(clippy::print_stdout, reason = "read by who started it")]
pub(crate) fn run() -> anyhow::Result<()> {
    step_back();
    let mut who = String::new();
    stdin().read_line(&mut who)?;
    let hostile: Hostile = serde_json::from_str(&who).context("reading who is hostile")?;
    let over = Arc::new(AtomicBool::new(false));
    let until_over = Arc::clone(&over);
    thread::spawn(move || {
        stdin().lines().for_each(drop);
        until_over.store(true, Ordering::Relaxed);
    });
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let answers = threads.block_on(async {
        if hostile.sends_only {
            attack::load(&hostile, &over).await?;
            Ok(Answers::new())
        } else {
            attack::run(&hostile, &over).await
        }
    });
    threads.shutdown_background();
    println!("{}", serde_json::to_string(&answers?.into_iter().collect::<Vec<_>>())?);
    Ok(())
}

/// This process and all threads it will have.
fn step_back() {
    let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Other);
    if let Err(error) = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy) {
        eprintln!("the hostile company's threads do not step back: {error:?}");
    }
    // Where sessions share cores among each other, what a thread thinks of itself counts within its own only.
    let _ = nix::unistd::setsid();
    match fs::write("/proc/self/autogroup", NICENESS_MOST) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            eprintln!("the hostile company's session does not step back: {error}");
        }
        // A kernel without autogroups has no such file, and needs none.
        _ => {}
    }
}
