//! Everything license keeps in Postgres.

pub(crate) mod key;

/// The schema all tables lie in.
pub(crate) const SCHEMA: &str = "license";

pub(crate) static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("{doing}")]
    Sql { doing: &'static str, source: sqlx::Error },
    #[error(transparent)]
    Transaction(#[from] naru_postgres::Error),
}

impl StoreError {
    /// True when Postgres is away: the question can be asked again.
    pub(crate) fn is_unavailable(&self) -> bool {
        match self {
            Self::Sql { source, .. } => naru_postgres::is_unavailable(source),
            Self::Transaction(error) => error.is_unavailable(),
        }
    }
}
