//! Connecting, and what must hold before anything is sent.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, jetstream};
use serde::Serialize;
use tracing::{info, warn};

use crate::{check, serve::Serving};

/// How long [`Bus::connect`] waits for a server that is away or still starting.
pub const CONNECT_WAIT: Duration = Duration::from_secs(60);
const CONNECT_RETRY: Duration = Duration::from_millis(250);
/// A server that came back is found within this time.
const RECONNECT_DELAY_MAX: Duration = Duration::from_secs(1);

/// Where to connect and under which name.
#[derive(Debug, Clone)]
pub struct Options {
    /// `nats://127.0.0.1:4222`
    pub url: String,
    /// Shown in the server's connection list.
    pub name: String,
    pub token_file: Option<PathBuf>,
    /// `http://127.0.0.1:8222`: when given, the server must say there that it fsyncs every message.
    pub monitor_url: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("reading the NATS token from {path}")]
    TokenFile { path: PathBuf, source: std::io::Error },
    #[error("connecting to NATS at {url}")]
    Connect { url: String, source: async_nats::ConnectError },
    #[error(
        "NATS at {url} is version {version}, which can lose what it acknowledged; at least {min} is needed"
    )]
    TooOld { url: String, version: String, min: check::Version },
    #[error("asking {monitor_url}/varz how NATS syncs: {problem}")]
    Monitor { monitor_url: String, problem: String },
    #[error("NATS acknowledges before it fsyncs; set `sync_interval: always` in its jetstream block")]
    NotSyncAlways,
    #[error("subscribing to {subject}")]
    Subscribe { subject: String, source: async_nats::SubscribeError },
    #[error("writing a message for {subject} as JSON")]
    Encode { subject: String, source: serde_json::Error },
    #[error("publishing to {subject}")]
    Publish { subject: String, source: async_nats::PublishError },
}

/// One connection to NATS; clones share it. It reconnects by itself for as long as the process lives.
#[derive(Debug, Clone)]
pub struct Bus {
    pub client: Client,
    pub jetstream: jetstream::Context,
    /// The subjects this connection answers; see [`Bus::drain`].
    pub(crate) serving: Serving,
}

impl Bus {
    /// Connects and checks the server; waits up to [`CONNECT_WAIT`] for one that is away, refuses a wrong one at once.
    pub async fn connect(options: &Options) -> Result<Self, Error> {
        let client = connect_patiently(options).await?;
        let version = client.server_info().version;
        if !check::is_new_enough(&version) {
            let (url, min) = (options.url.clone(), check::SERVER_VERSION_MIN);
            return Err(Error::TooOld { url, version, min });
        }
        if let Some(monitor_url) = &options.monitor_url {
            check::sync_always(monitor_url).await?;
        }
        info!(server.version = %version, "connected to NATS {version}");
        Ok(Self { jetstream: jetstream::new(client.clone()), client, serving: Serving::default() })
    }

    /// Publishes an event as plain JSON over core NATS: whoever listens hears it, at most once. Events carry their
    /// own version field. Errs only when nothing was sent; a connection that is down buffers a little.
    pub async fn publish<E: Serialize>(&self, subject: String, event: &E) -> Result<(), Error> {
        let payload =
            serde_json::to_vec(event).map_err(|source| Error::Encode { subject: subject.clone(), source })?;
        self.client
            .publish(subject.clone(), payload.into())
            .await
            .map_err(|source| Error::Publish { subject, source })
    }

    /// True while the connection stands: for readiness.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }
}

async fn connect_patiently(options: &Options) -> Result<Client, Error> {
    let deadline = Instant::now() + CONNECT_WAIT;
    loop {
        let attempt = connect_options(options)?.connect(options.url.as_str()).await;
        match attempt {
            Ok(client) => return Ok(client),
            Err(error) if may_heal(error.kind()) && Instant::now() < deadline => {
                warn!(error = %naru_telemetry::chain(&error), "NATS is away, trying again");
                tokio::time::sleep(CONNECT_RETRY).await;
            }
            Err(source) => return Err(Error::Connect { url: options.url.clone(), source }),
        }
    }
}

fn may_heal(kind: ConnectErrorKind) -> bool {
    matches!(kind, ConnectErrorKind::Io | ConnectErrorKind::TimedOut | ConnectErrorKind::Dns)
}

fn connect_options(options: &Options) -> Result<ConnectOptions, Error> {
    let mut connect = ConnectOptions::new()
        .name(&options.name)
        .reconnect_delay_callback(|attempts| {
            Duration::from_millis(50 * u64::try_from(attempts).unwrap_or(u64::MAX).min(20))
                .min(RECONNECT_DELAY_MAX)
        })
        .event_callback(|event| async move {
            match event {
                Event::Connected => info!("NATS connection is up"),
                Event::Disconnected => warn!("NATS connection is down, reconnecting"),
                other => warn!("NATS: {other}"),
            }
        });
    if let Some(path) = &options.token_file {
        let token = std::fs::read_to_string(path)
            .map_err(|source| Error::TokenFile { path: path.clone(), source })?;
        connect = connect.token(token.trim_end_matches(['\r', '\n']).to_owned());
    }
    Ok(connect)
}
