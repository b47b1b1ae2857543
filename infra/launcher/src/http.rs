//! The few questions that are asked over HTTP.

use std::{net::SocketAddr, time::Duration};

use serde_json::Value;

/// Never through a proxy that this user's environment names: everything asked here is on this machine.
pub(crate) fn agent(timeout: Duration) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into()
}

/// Status and text at a path.
pub(crate) fn get_text(addr: SocketAddr, path: &str) -> Option<(u16, String)> {
    let mut response = agent(Duration::from_secs(2)).get(format!("http://{addr}{path}")).call().ok()?;
    Some((response.status().as_u16(), response.body_mut().read_to_string().ok()?))
}

/// The JSON document at a path, when there is one.
pub(crate) fn get_json(addr: SocketAddr, path: &str) -> Option<Value> {
    let mut response = agent(Duration::from_secs(2)).get(format!("http://{addr}{path}")).call().ok()?;
    response.status().is_success().then(|| response.body_mut().read_json().ok())?
}
