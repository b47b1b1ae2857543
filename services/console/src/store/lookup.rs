//! Finding a row before its tenant is known. Each look-up is one policy in `migrations/0002_access.sql`: within this
//! transaction the row shows itself to whoever names it, and no other row does.

use naru_postgres::Tx;

use super::{Doing, StoreError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    Slug,
    Skeleton,
    Email,
    Person,
    /// Digest, in hex.
    Session,
    /// HMAC, in hex.
    Token,
    /// Digest, in hex.
    Verification,
}

/// Jobs that go through all tenants. Each may do one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    Expire,
    Mail,
}

impl Lookup {
    const fn setting(self) -> &'static str {
        match self {
            Self::Slug => "app.lookup_slug",
            Self::Skeleton => "app.lookup_skeleton",
            Self::Email => "app.lookup_email",
            Self::Person => "app.lookup_person",
            Self::Session => "app.lookup_session",
            Self::Token => "app.lookup_token",
            Self::Verification => "app.lookup_verification",
        }
    }
}

impl Job {
    const fn name(self) -> &'static str {
        match self {
            Self::Expire => "expire",
            Self::Mail => "mail",
        }
    }
}

/// From here to the end of this transaction, the row that `value` names is visible.
pub async fn by(connection: &mut sqlx::PgConnection, lookup: Lookup, value: &str) -> Result<(), StoreError> {
    set(connection, lookup.setting(), value).await
}

/// From here to the end of this transaction, the rows that `job` works on are visible.
pub async fn as_job(tx: &mut Tx, job: Job) -> Result<(), StoreError> {
    set(tx, "app.job", job.name()).await
}

async fn set(connection: &mut sqlx::PgConnection, setting: &str, value: &str) -> Result<(), StoreError> {
    sqlx::query("select set_config($1, $2, true)")
        .bind(setting)
        .bind(value)
        .execute(connection)
        .await
        .doing("naming what is looked up")?;
    Ok(())
}
