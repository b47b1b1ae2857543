//! A server as a child process: killed, frozen, restarted, and never left behind.

use std::{
    fs::File,
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{self, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        mpsc::{Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use nix::{sys::signal::Signal, unistd::Pid};

const START_WITHIN: Duration = Duration::from_secs(30);

/// How to start a server. Arguments hold the port, so a restart comes back at the same address.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
    /// Run as this user, when we are root and the server refuses root.
    pub(crate) user: Option<&'static str>,
    pub(crate) addr: SocketAddr,
    pub(crate) log: PathBuf,
    /// What a quick and clean end is for this server.
    pub(crate) stop_signal: Signal,
}

/// One running server.
#[derive(Debug)]
pub struct Child {
    recipe: Recipe,
    process: Mutex<Option<process::Child>>,
}

impl Child {
    pub(crate) fn start(recipe: Recipe) -> Self {
        let child = Self { recipe, process: Mutex::new(None) };
        child.launch();
        child
    }

    fn launch(&self) {
        let mut process = spawn(self.recipe.clone());
        let deadline = Instant::now() + START_WITHIN;
        while TcpStream::connect_timeout(&self.recipe.addr, Duration::from_millis(200)).is_err() {
            let ended = process.try_wait().ok().flatten();
            assert!(ended.is_none() && Instant::now() < deadline, "{}", self.obituary());
            thread::sleep(Duration::from_millis(10));
        }
        *self.slot() = Some(process);
    }

    fn obituary(&self) -> String {
        let log = std::fs::read_to_string(&self.recipe.log).unwrap_or_default();
        format!("{} did not start at {}; its log:\n{log}", self.recipe.name, self.recipe.addr)
    }

    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.slot().as_ref().map(process::Child::id)
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&self) {
        self.end(Signal::SIGKILL);
    }

    /// Ends it as its own documentation says, and waits.
    pub fn stop(&self) {
        self.end(self.recipe.stop_signal);
    }

    /// Kills it if it runs, and starts it again at the same address with the same data.
    pub fn restart(&self) {
        self.kill();
        self.launch();
    }

    /// Hangs: the kernel still takes connections, nobody answers.
    pub fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    pub fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.pid().and_then(|pid| i32::try_from(pid).ok()) {
            // It may have ended meanwhile, which is what a test that kills expects.
            let _ = nix::sys::signal::kill(Pid::from_raw(pid), signal);
        }
    }

    fn end(&self, signal: Signal) {
        self.signal(signal);
        // A frozen process only dies once it runs again.
        self.signal(Signal::SIGCONT);
        if let Some(mut process) = self.slot().take() {
            let _ = process.wait();
        }
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<process::Child>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end(Signal::SIGKILL);
    }
}

/// Starts from one thread that lives as long as the process: the kernel kills a child whose parent *thread* ends
/// (`PR_SET_PDEATHSIG`, through setpriv), and test threads end all the time.
fn spawn(recipe: Recipe) -> process::Child {
    type Order = (Recipe, Sender<process::Child>);
    static NURSERY: std::sync::LazyLock<Mutex<Sender<Order>>> = std::sync::LazyLock::new(|| {
        let (orders, inbox) = channel::<Order>();
        thread::spawn(move || {
            for (recipe, reply) in inbox {
                let _ = reply.send(spawn_here(&recipe));
            }
        });
        Mutex::new(orders)
    });
    let (reply, born) = channel();
    let orders = NURSERY.lock().unwrap_or_else(PoisonError::into_inner);
    orders.send((recipe, reply)).expect("the nursery lives as long as the process");
    born.recv().expect("the nursery answers every order")
}

fn spawn_here(recipe: &Recipe) -> process::Child {
    let log = File::create(&recipe.log).expect("the scratch directory is writable");
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if let Some(user) = recipe.user {
        command.args([&format!("--reuid={user}"), &format!("--regid={user}"), "--init-groups"]);
    }
    command
        .arg("--")
        .arg(&recipe.program)
        .args(&recipe.args)
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a file handle can be copied"))
        .stderr(log)
        .spawn()
        .expect("setpriv is part of every Debian")
}
