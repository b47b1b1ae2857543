//! Tenants' keys at hand: read from the catalog, unwrapped once, forgotten after a while.

use std::{path::Path, time::Duration};

use moka::future::Cache;
use naru_ids::TenantId;
use naru_postgres::Pool;
use uuid::Uuid;

use crate::{
    Error,
    catalog::keys::{self, KeyRow},
    seal::{KeyFile, TenantKey},
};

/// A tenant whose key was destroyed can be read from memory for so long. Nothing is stored under it meanwhile: a commit looks.
const FORGET_AFTER: Duration = Duration::from_secs(60);
const KEYS_MAX: u64 = 100_000;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct KeyRing {
    pool: Pool,
    file: std::sync::Arc<KeyFile>,
    known: Cache<TenantId, SealingKey>,
}

/// A tenant's key, and which of all that it has had.
#[derive(Debug, Clone)]
pub struct SealingKey {
    pub id: Uuid,
    pub key: TenantKey,
}

impl KeyRing {
    /// Keys are unwrapped with those in the file at `path`.
    pub fn open(pool: Pool, path: &Path) -> Result<Self, Error> {
        let file = KeyFile::read(path).map_err(Error::Key)?;
        let known = Cache::builder().max_capacity(KEYS_MAX).time_to_live(FORGET_AFTER).build();
        Ok(Self { pool, file: file.into(), known })
    }

    /// `None` for a tenant of whom nothing was ever stored, or whose data was destroyed with its key.
    pub async fn get(&self, tenant: TenantId) -> Result<Option<TenantKey>, Error> {
        Ok(self.known(tenant).await?.map(|known| known.key))
    }

    /// The tenant's key, made now if there is none yet.
    pub async fn get_or_make(&self, tenant: TenantId) -> Result<TenantKey, Error> {
        Ok(self.to_seal(tenant).await?.key)
    }

    /// The same, for a commit: that asks by its id whether the key is still there.
    pub async fn to_seal(&self, tenant: TenantId) -> Result<SealingKey, Error> {
        if let Some(key) = self.known(tenant).await? {
            return Ok(key);
        }
        let wrapped = {
            let mut rng = rand::rng();
            self.file.wrap(tenant, &TenantKey::generate(&mut rng), &mut rng)
        };
        let mut tx = self.begin(tenant).await?;
        // Another writer may make one in the same moment: whoever is first is right.
        let row = keys::insert(&mut tx, &wrapped, self.file.newest()).await?;
        tx.commit().await.map_err(Error::transaction("keeping a tenant's key"))?;
        self.keep(tenant, &row).await
    }

    async fn known(&self, tenant: TenantId) -> Result<Option<SealingKey>, Error> {
        if let Some(key) = self.known.get(&tenant).await {
            return Ok(Some(key));
        }
        let mut tx = self.begin(tenant).await?;
        let Some(row) = keys::read(&mut tx).await? else { return Ok(None) };
        self.keep(tenant, &row).await.map(Some)
    }

    /// Forgets the key of a tenant whose data is destroyed; other processes do within a minute.
    pub async fn forget(&self, tenant: TenantId) {
        self.known.invalidate(&tenant).await;
    }

    /// Wraps keys that are under an old key with the newest; answers how many. Extents stay as they are.
    pub async fn rotate(&self) -> Result<u64, Error> {
        let mut rotated = 0;
        for (tenant, row) in keys::not_under(&self.pool, self.file.newest()).await? {
            let key = self.file.unwrap(tenant, &row.wrapped_by, &row.wrapped).map_err(Error::Key)?;
            let wrapped = self.file.wrap(tenant, &key, &mut rand::rng());
            let mut tx = self.begin(tenant).await?;
            rotated += keys::rewrap(&mut tx, &row, &wrapped, self.file.newest()).await?;
            tx.commit().await.map_err(Error::transaction("keeping a rotated key"))?;
        }
        Ok(rotated)
    }

    async fn begin(&self, tenant: TenantId) -> Result<naru_postgres::TenantTx, Error> {
        self.pool.begin_tenant(tenant).await.map_err(Error::transaction("beginning to read a tenant's key"))
    }

    async fn keep(&self, tenant: TenantId, row: &KeyRow) -> Result<SealingKey, Error> {
        let key = self.file.unwrap(tenant, &row.wrapped_by, &row.wrapped).map_err(Error::Key)?;
        let known = SealingKey { id: row.id, key };
        self.known.insert(tenant, known.clone()).await;
        Ok(known)
    }
}
