//! What became of a stack since somebody last looked, one line per change.

use crate::stack::{Child, Status};

pub(crate) fn changes(before: &Status, now: &Status) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, child) in &now.children {
        lines.extend(change(name, before.children.get(name), child));
    }
    let gone = before.children.keys().filter(|name| !now.children.contains_key(*name));
    lines.extend(gone.map(|name| format!("{name} was stopped")));
    if before.state != now.state {
        lines.push(format!("the stack is {}", super::word(now.state)));
    }
    lines
}

fn change(name: &str, before: Option<&Child>, now: &Child) -> Option<String> {
    let Some(before) = before else { return Some(format!("{name} is starting")) };
    let pid = now.pid.map_or_else(|| "not running yet".to_owned(), |pid| format!("pid {pid}"));
    if now.restarts > before.restarts {
        return Some(format!("{name} ended and is started again ({pid})"));
    }
    match (before.is_ready, now.is_ready) {
        (false, true) => Some(format!("{name} is ready ({pid})")),
        (true, false) => Some(format!("{name} is not ready ({pid})")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::State;

    fn status(state: State, pid: i32, is_ready: bool, restarts: u32) -> Status {
        let child = Child { pid: Some(pid), addr: None, is_ready, restarts };
        Status { supervisor: 1, state, children: [("writer".to_owned(), child)].into() }
    }

    #[test]
    fn a_restart_and_its_end_are_each_said_once() {
        let before = status(State::Ready, 10, true, 0);
        let ended = status(State::Degraded, 11, false, 1);
        let back = status(State::Ready, 11, true, 1);

        assert_eq!(
            changes(&before, &ended),
            ["writer ended and is started again (pid 11)", "the stack is degraded"]
        );
        assert_eq!(changes(&ended, &back), ["writer is ready (pid 11)", "the stack is ready"]);
        assert_eq!(changes(&back, &back), [""; 0]);
    }
}
