//! Transactions that cannot leak: begun on a task that nobody can cancel, rolled back when dropped.

use std::ops::{Deref, DerefMut};

use naru_ids::TenantId;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::Error;

/// A transaction. Use `&mut *tx` as executor; dropping it rolls back.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Postgres>,
}

/// A transaction in which row-level security shows one tenant's rows only.
#[derive(Debug)]
pub struct TenantTx {
    tx: Tx,
    tenant: TenantId,
}

/// Runs BEGIN (and the tenant's `set_config`) on a task of its own.
///
/// If the caller goes away meanwhile, the task still finishes, and drops a complete transaction: that one rolls back.
pub(crate) async fn begin(pool: PgPool, tenant: Option<TenantId>) -> Result<Tx, Error> {
    let task = tokio::spawn(async move {
        let mut tx = Tx { inner: pool.begin().await.map_err(Error::Begin)? };
        if let Some(tenant) = tenant {
            tx.set_tenant(tenant).await?;
        }
        Ok(tx)
    });
    match task.await {
        Ok(begun) => begun,
        // Only a runtime that shuts down cancels the task; a panic in it goes on here.
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Error::Begin(sqlx::Error::PoolClosed)),
        },
    }
}

impl Tx {
    /// From here to the end of this transaction, row-level security shows `tenant`'s rows. For jobs that go through
    /// several tenants in one transaction; requests use [`crate::Pool::begin_tenant`].
    pub async fn set_tenant(&mut self, tenant: TenantId) -> Result<(), Error> {
        // `true` = until the end of the transaction, so a pooled connection never carries a tenant along.
        sqlx::query("select set_config('app.tenant_id', $1, true)")
            .bind(tenant.uuid().to_string())
            .execute(&mut *self.inner)
            .await
            .map_err(Error::Begin)?;
        Ok(())
    }

    /// Commits, and errs when Postgres would not.
    ///
    /// Postgres answers COMMIT of an aborted transaction with ROLLBACK and no error, and `sqlx` does not show the
    /// answer's tag. Any statement in an aborted transaction fails, so one probe before COMMIT tells.
    pub async fn commit(mut self) -> Result<(), Error> {
        sqlx::query("select 1").execute(&mut *self.inner).await.map_err(Error::Aborted)?;
        self.inner.commit().await.map_err(Error::Commit)
    }

    /// Rolls back now; dropping does the same a little later.
    pub async fn rollback(self) -> Result<(), Error> {
        self.inner.rollback().await.map_err(Error::Commit)
    }
}

impl TenantTx {
    pub(crate) fn new(tx: Tx, tenant: TenantId) -> Self {
        Self { tx, tenant }
    }

    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// See [`Tx::commit`].
    pub async fn commit(self) -> Result<(), Error> {
        self.tx.commit().await
    }

    /// See [`Tx::rollback`].
    pub async fn rollback(self) -> Result<(), Error> {
        self.tx.rollback().await
    }
}

impl Deref for Tx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}

impl Deref for TenantTx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.tx
    }
}

impl DerefMut for TenantTx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
}
