//! Both ways into a stack.

use std::time::Duration;

use naru_load::send::{GrpcSender, HttpSender, Sender};

use crate::Status;

/// OTLP over HTTP and over gRPC, which take turns; each request is given up after `timeout`.
pub fn senders(status: &Status, license_key: &str, timeout: Duration) -> anyhow::Result<Vec<Sender>> {
    Ok(vec![
        Sender::Http(HttpSender::new(&status.otlp_http, license_key, timeout)?),
        Sender::Grpc(GrpcSender::new(&status.otlp_grpc, license_key, timeout)?),
    ])
}
