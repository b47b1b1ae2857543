//! One service from its settings to its end.

use std::time::Duration;

use anyhow::{Context, anyhow};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, error, info, info_span, warn};

use crate::{Health, Service, Settings, admin};

/// From `stop` to the end of [`Service::run`]: unready, drain, commit, release leases.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(15);

/// Builds and runs a service until `stop`. `Ok` only when `stop` came and the service drained in time.
pub async fn run<S: Service>(settings: Settings<S>, stop: CancellationToken) -> anyhow::Result<()> {
    let span = info_span!("service", service.name = S::NAME);
    run_inside(settings, stop).instrument(span).await.with_context(|| format!("service {}", S::NAME))
}

async fn run_inside<S: Service>(settings: Settings<S>, stop: CancellationToken) -> anyhow::Result<()> {
    let health = Health::default();
    let admin = TcpListener::bind(settings.admin_listen)
        .await
        .with_context(|| format!("listening on admin address {}", settings.admin_listen))?;
    let admin_address = admin.local_addr().context("reading the admin address")?;
    // The admin listener outlives the drain, so that a probe sees "not ready" and not "gone".
    let admin_stop = CancellationToken::new();
    let _admin_ends_with_us = admin_stop.clone().drop_guard();
    let admin = tokio::spawn(admin::serve(admin, health.clone(), admin_stop.clone()));

    let service = tokio::select! {
        built = Box::pin(S::build(settings.config, health.clone())) => built.context("starting")?,
        () = stop.cancelled() => return Ok(()),
    };
    let name = S::NAME;
    for (what, address) in service.addrs() {
        info!(listener = what, %address, "{name} listens on {address} ({what})");
    }
    info!(address = %admin_address, "{name} is up; health on {admin_address}");
    health.started();

    let draining = {
        let (stop, health) = (stop.clone(), health.clone());
        async move {
            stop.cancelled().await;
            health.draining();
            info!("{name} stops");
            tokio::time::sleep(DRAIN_TIMEOUT).await;
        }
    };
    let ended = tokio::select! {
        ended = Box::pin(service.run(stop.clone())) => ended,
        () = draining => Err(anyhow!("did not drain within {} s", DRAIN_TIMEOUT.as_secs())),
    };
    health.draining();
    admin_stop.cancel();
    let _ = admin.await;
    match ended {
        Ok(()) if !stop.is_cancelled() => Err(anyhow!("ended by itself")),
        Ok(()) => {
            info!("{name} has stopped");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// A token that SIGTERM or SIGINT cancels. A second signal ends the process at once.
pub fn stop_on_signals() -> anyhow::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if token.is_cancelled() {
                error!("second signal: ending without draining");
                std::process::exit(130);
            }
            warn!("signal received, stopping");
            token.cancel();
        }
    });
    Ok(stop)
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, Default, Serialize, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Config {}

    /// Works until stopped.
    struct Steady;
    /// Ends although nobody asked.
    struct Fickle;

    impl Service for Steady {
        const NAME: &'static str = "steady";
        type Config = Config;

        async fn build(_: Config, health: Health) -> anyhow::Result<Self> {
            assert!(!health.is_ready(), "ready before it was built");
            Ok(Self)
        }

        fn addrs(&self) -> Vec<(&'static str, SocketAddr)> {
            Vec::new()
        }

        async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
            stop.cancelled().await;
            Ok(())
        }
    }

    impl Service for Fickle {
        const NAME: &'static str = "fickle";
        type Config = Config;

        async fn build(_: Config, _: Health) -> anyhow::Result<Self> {
            Ok(Self)
        }

        fn addrs(&self) -> Vec<(&'static str, SocketAddr)> {
            Vec::new()
        }

        async fn run(self, _: CancellationToken) -> anyhow::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_service_that_is_stopped_ends_well_and_one_that_ends_by_itself_has_failed() {
        let stop = CancellationToken::new();
        let steady = tokio::spawn(run::<Steady>(Settings::from_environment().unwrap(), stop.clone()));
        tokio::task::yield_now().await;
        stop.cancel();
        steady.await.unwrap().unwrap();

        let fickle = run::<Fickle>(Settings::from_environment().unwrap(), CancellationToken::new()).await;
        assert_eq!(format!("{:#}", fickle.unwrap_err()), "service fickle: ended by itself");
    }
}
