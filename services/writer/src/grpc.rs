//! The live tail over Arrow Flight, for query alone. It listens on loopback or a private network: whoever reaches it is
//! trusted with the tenant it names.

mod tail;

use std::sync::Arc;

use anyhow::Context;
use arrow_flight::flight_service_server::FlightServiceServer;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Server, server::TcpIncoming};

use crate::tail::PartitionTail;

/// Answers until `stop`.
pub(crate) async fn serve(
    listener: TcpListener,
    tails: Arc<[Arc<PartitionTail>]>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let service = FlightServiceServer::new(tail::TailService::new(tails));
    // The server's own setting is for listeners it opens itself.
    let connections = TcpIncoming::from(listener).with_nodelay(Some(true));
    Server::builder()
        .add_service(service)
        .serve_with_incoming_shutdown(connections, stop.cancelled_owned())
        .await
        .context("serving the tail over Flight")
}
