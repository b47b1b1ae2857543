//! Is this service alive, and is it ready?

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Shared by a service and its admin listener. Ready = started, and every dependency named so far is there.
#[derive(Debug, Clone, Default)]
pub struct Health {
    inner: Arc<Mutex<State>>,
}

#[derive(Debug, Clone, Default)]
struct State {
    started: bool,
    draining: bool,
    dependencies: BTreeMap<&'static str, bool>,
    routes: Vec<String>,
}

impl Health {
    /// Says whether `dependency` is there. One that is not makes the service unready until it says otherwise: name only
    /// those without which it cannot do its work at all.
    pub fn set(&self, dependency: &'static str, ready: bool) {
        let before = self.with(|state| state.dependencies.insert(dependency, ready));
        if before.is_some_and(|before| before != ready) {
            tracing::info!(dependency, ready, "{dependency} is {}", if ready { "back" } else { "away" });
        }
    }

    /// Paths of the router that really runs, as `naru_http::running_paths` reads them. The admin listener lists them, so
    /// that a test can compare what is served with what is documented.
    pub fn set_routes(&self, routes: Vec<String>) {
        self.with(|state| state.routes = routes);
    }

    pub(crate) fn routes(&self) -> Vec<String> {
        self.with(|state| state.routes.clone())
    }

    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.with(|state| state.started && !state.draining && state.dependencies.values().all(|ready| *ready))
    }

    pub(crate) fn started(&self) {
        self.with(|state| state.started = true);
    }

    pub(crate) fn draining(&self) {
        self.with(|state| state.draining = true);
    }

    /// `{"ready":false,"started":true,"draining":false,"dependencies":{"postgres":false}}`
    pub(crate) fn report(&self) -> serde_json::Value {
        let state = self.with(|state| state.clone());
        serde_json::json!({
            "ready": self.is_ready(),
            "started": state.started,
            "draining": state.draining,
            "dependencies": state.dependencies,
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        // Nothing panics while holding this lock; and a half-told health is still the best we know.
        change(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_means_started_not_draining_and_nothing_away() {
        let health = Health::default();
        assert!(!health.is_ready());
        health.started();
        assert!(health.is_ready());
        health.set("postgres", false);
        assert!(!health.is_ready());
        health.set("postgres", true);
        assert!(health.is_ready());
        health.draining();
        assert!(!health.is_ready());
    }
}
