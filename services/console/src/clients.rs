//! Peers: one file per service that console asks, over NATS.

pub mod ingest;
pub mod license;
pub mod metering;
pub mod onboarding;

use std::time::Duration;

use crate::error::Error;

/// A person waits for these answers.
pub const TIMEOUT: Duration = Duration::from_secs(3);

/// Names the peer in the error.
fn from(peer: &'static str) -> impl Fn(naru_nats::CallError) -> Error {
    move |source| Error::Peer { peer, source }
}
