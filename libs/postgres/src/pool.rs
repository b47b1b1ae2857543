//! One pool per service and login role.

use std::{
    path::PathBuf,
    str::FromStr,
    time::{Duration, Instant},
};

use naru_ids::TenantId;
use sqlx::{
    ConnectOptions, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tracing::{info, log, warn};

use crate::{Error, TenantTx, Tx, transaction};

/// How long [`Pool::connect`] waits for a Postgres that is away or still starting.
pub const CONNECT_WAIT: Duration = Duration::from_secs(60);
const CONNECT_RETRY: Duration = Duration::from_millis(250);

/// A request that cannot have a connection within this time is answered 503 rather than queued further.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const SLOW_STATEMENT: Duration = Duration::from_secs(1);

/// Where and as whom to connect. The URL holds no password: it comes from `password_file`, or the server trusts us.
#[derive(Debug, Clone)]
pub struct Options {
    /// `postgres://naru_console@127.0.0.1:5432/naru`
    pub url: String,
    pub password_file: Option<PathBuf>,
    pub max_connections: u32,
    /// Shown in `pg_stat_activity`.
    pub application_name: String,
}

/// A pool of connections of one login role. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pool {
    inner: PgPool,
}

impl Pool {
    /// Connects once to prove that it works; waits up to [`CONNECT_WAIT`] for a server that is away or starting, and
    /// refuses at once for anything that waiting cannot heal.
    pub async fn connect(options: &Options) -> Result<Self, Error> {
        let connect = connect_options(options)?;
        let user = connect.get_username().to_owned();
        let inner = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(Duration::from_secs(600))
            .connect_lazy_with(connect);
        let deadline = Instant::now() + CONNECT_WAIT;
        loop {
            match inner.acquire().await {
                Ok(_) => break,
                Err(source) if crate::error::is_unavailable(&source) && Instant::now() < deadline => {
                    warn!(error = %naru_telemetry::chain(&source), "postgres is away, trying again");
                    tokio::time::sleep(CONNECT_RETRY).await;
                }
                Err(source) => return Err(Error::Connect { user, source }),
            }
        }
        info!(db.user = %user, "connected to postgres as {user}");
        Ok(Self { inner })
    }

    /// For single statements on tables without a tenant, and for reads through a look-up policy.
    ///
    /// Never call its `begin()`: see [`Pool::begin`].
    #[must_use]
    pub fn executor(&self) -> &PgPool {
        &self.inner
    }

    /// A transaction without a tenant: for jobs, and for look-up tables. Safe to cancel at any point.
    pub async fn begin(&self) -> Result<Tx, Error> {
        transaction::begin(self.inner.clone(), None).await
    }

    /// A transaction that sees one tenant's rows only. Safe to cancel at any point.
    pub async fn begin_tenant(&self, tenant: TenantId) -> Result<TenantTx, Error> {
        let tx = transaction::begin(self.inner.clone(), Some(tenant)).await?;
        Ok(TenantTx::new(tx, tenant))
    }

    /// One round trip: is Postgres there? For readiness.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        sqlx::query("select 1").execute(&self.inner).await.map(|_| ())
    }

    /// Waits until every borrowed connection is back, then closes all.
    pub async fn close(&self) {
        self.inner.close().await;
    }
}

fn connect_options(options: &Options) -> Result<PgConnectOptions, Error> {
    let mut connect = PgConnectOptions::from_str(&options.url)
        .map_err(Error::Url)?
        .application_name(&options.application_name)
        .log_statements(log::LevelFilter::Trace)
        .log_slow_statements(log::LevelFilter::Warn, SLOW_STATEMENT);
    if let Some(path) = &options.password_file {
        let password = std::fs::read_to_string(path)
            .map_err(|source| Error::PasswordFile { path: path.clone(), source })?;
        connect = connect.password(password.trim_end_matches(['\r', '\n']));
    }
    Ok(connect)
}
