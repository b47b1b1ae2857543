//! What can go wrong at the door.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("reading the Postgres URL")]
    Url(#[source] sqlx::Error),
    #[error("reading the Postgres password from {path}")]
    PasswordFile { path: PathBuf, source: std::io::Error },
    #[error("connecting to Postgres as {user}")]
    Connect { user: String, source: sqlx::Error },
    #[error("beginning a transaction")]
    Begin(#[source] sqlx::Error),
    /// A statement of this transaction failed, so Postgres would answer COMMIT with ROLLBACK. Nothing was written.
    #[error("committing a transaction that Postgres had already aborted; nothing was written")]
    Aborted(#[source] sqlx::Error),
    /// COMMIT was sent, and its answer is missing or an error. After a lost connection it may have been applied:
    /// read back what was written before repeating it.
    #[error("committing a transaction")]
    Commit(#[source] sqlx::Error),
    #[error("migrating schema {schema}")]
    Migrate { schema: String, source: sqlx::migrate::MigrateError },
    #[error("preparing schema {schema}")]
    Prepare { schema: String, source: sqlx::Error },
    #[error("reading the migrations of schema {schema}; run `migrate` first")]
    ReadVersions { schema: String, source: sqlx::Error },
    #[error("schema {schema} lacks migration {version}; run `migrate` first")]
    Behind { schema: String, version: i64 },
    #[error("schema {schema} has migration {version}, which this program does not know; run a newer program")]
    Ahead { schema: String, version: i64 },
    #[error("migration {version} of schema {schema} differs from the one this program was built with")]
    Changed { schema: String, version: i64 },
}

impl Error {
    /// True when Postgres could not be reached or was not ready: worth another try, and a 503 rather than a 500.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Connect { source, .. }
            | Self::Begin(source)
            | Self::Aborted(source)
            | Self::Commit(source)
            | Self::Prepare { source, .. }
            | Self::ReadVersions { source, .. } => is_unavailable(source),
            _ => false,
        }
    }
}

/// True for a refused or lost connection, an exhausted pool, and a server that starts, stops or recovers.
#[must_use]
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_) => true,
        // 57P01..57P03: the server shuts down, crashed, or cannot connect now; 53300: too many connections; 08: connection.
        sqlx::Error::Database(inner) => inner
            .code()
            .is_some_and(|code| code.starts_with("57P0") || code == "53300" || code.starts_with("08")),
        _ => false,
    }
}
