//! Everything console keeps in Postgres: one file per table, and the look-ups that come before a tenant is known.
//!
//! Functions that take a [`TenantTx`] see one tenant's rows. Functions that take a [`Tx`] see what `lookup` names.

pub mod api_token;
pub mod audit;
pub mod email_verification;
pub mod hand_over;
pub mod lookup;
pub mod mail_outbox;
pub mod member;
pub mod person;
pub mod project;
pub mod session;
pub mod tenant;

use naru_ids::UnixMs;
use naru_postgres::{TenantTx, Tx};

/// The schema all tables lie in.
pub const SCHEMA: &str = "console";

pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{doing}")]
    Sql { doing: &'static str, source: sqlx::Error },
    #[error(transparent)]
    Transaction(#[from] naru_postgres::Error),
    #[error("row {what} holds `{value}`, which this program does not know")]
    Row { what: &'static str, value: String },
}

impl StoreError {
    /// True when Postgres is away: answer 503, not 500.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Sql { source, .. } => naru_postgres::is_unavailable(source),
            Self::Transaction(error) => error.is_unavailable(),
            Self::Row { .. } => false,
        }
    }

    /// The name of the unique constraint that this statement ran into.
    #[must_use]
    pub fn unique_constraint(&self) -> Option<&str> {
        match self {
            Self::Sql { source: sqlx::Error::Database(error), .. } if error.is_unique_violation() => {
                error.constraint()
            }
            _ => None,
        }
    }
}

/// Says what a statement was for.
trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Sql { doing, source })
    }
}

/// Columns are `bigint`; a time beyond year 292,000,000 is as good as never.
fn ms(at: UnixMs) -> i64 {
    i64::try_from(at.0).unwrap_or(i64::MAX)
}

fn at(ms: i64) -> UnixMs {
    UnixMs(u64::try_from(ms).unwrap_or(0))
}
