//! A second process of a service, beside the one that the stack has.

use std::process::{Child, Stdio};

use naru_testkit::Port;

use crate::Stack;

/// Killed when dropped.
pub(super) struct Beside {
    child: Child,
    /// Where the settings below say, in their order.
    pub(super) ports: Vec<Port>,
}

impl Beside {
    /// With the settings of the first, but `listening` at ports of its own and what else is `set`.
    pub(super) fn start(
        stack: &Stack,
        service: &str,
        listening: &[&str],
        set: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let mut command = stack.command(service)?;
        let name = |setting: &str| format!("NARU_{}_{}", service.to_uppercase(), setting.to_uppercase());
        let ports: Vec<Port> = listening.iter().map(|_| Port::lease()).collect();
        for (setting, port) in listening.iter().zip(&ports) {
            command.env(name(setting), port.addr().to_string());
        }
        for (setting, value) in set {
            command.env(name(setting), value);
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Self { child, ports })
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It may have ended by itself; nobody is left to hear of it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
