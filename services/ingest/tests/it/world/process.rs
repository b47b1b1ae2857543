//! A gateway as a process of its own: what it costs in memory and CPU is then its own, and not its senders'.

use std::process::{Child, Command, Stdio};

use naru_testkit::Port;

/// Kernel ticks in a second, as `/proc` counts them on every Linux we run on.
const TICKS_PER_S: f64 = 100.0;

/// Killed when dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) http: String,
    pub(crate) grpc: String,
    _ports: [Port; 2],
}

impl Process {
    /// `settings` are flags without their dashes.
    pub(crate) fn start(settings: &[(&str, String)]) -> Self {
        let ports = [Port::lease(), Port::lease()];
        let [http, grpc] = ports.each_ref().map(|port| port.addr().to_string());
        // Another build of it can be measured beside this one.
        let program = std::env::var("NARU_TEST_INGEST_PROGRAM");
        let program = program.unwrap_or_else(|_| env!("CARGO_BIN_EXE_naru-ingest").to_owned());
        let mut command = Command::new(program);
        command.args(["--http-listen", &http, "--grpc-listen", &grpc]);
        for (name, value) in settings {
            command.args([&format!("--{name}"), value]);
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { child, http: format!("http://{http}"), grpc: format!("http://{grpc}"), _ports: ports }
    }

    /// User and system seconds so far.
    pub(crate) fn cpu_s(&self) -> f64 {
        let stat = self.proc("stat");
        // The name before may hold anything, but no closing bracket after this one.
        let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
        let ticks = |index: usize| fields[index].parse::<f64>().unwrap();
        (ticks(11) + ticks(12)) / TICKS_PER_S
    }

    /// Most bytes resident at a time since the last [`Self::forget_peak`].
    pub(crate) fn peak_bytes(&self) -> usize {
        let status = self.proc("status");
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1_024
    }

    pub(crate) fn forget_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
