//! License keys: console checks who asks, license issues, lists and revokes.

use std::time::Duration;

use naru_ids::{KeyId, ProjectId, TenantId};
use naru_license_api::{
    IssueKey, IssuedKey, KEYS_ISSUE, KEYS_LIST, KEYS_REVOKE, KeyInfo, KeyList, ListKeys, RevokeKey,
    RevokedKey,
};
use naru_nats::Bus;

use super::{TIMEOUT, from};
use crate::error::Error;

/// Issuing is waited for longer than its caller waits: a late key must be known, to be revoked.
const ISSUE_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct License {
    bus: Bus,
}

impl License {
    #[must_use]
    pub fn new(bus: Bus) -> Self {
        Self { bus }
    }

    pub async fn issue(&self, question: &IssueKey) -> Result<IssuedKey, Error> {
        self.bus.request(KEYS_ISSUE, question, ISSUE_TIMEOUT).await.map_err(from("license"))
    }

    pub async fn list(&self, tenant: TenantId, project: ProjectId) -> Result<Vec<KeyInfo>, Error> {
        let question = ListKeys { tenant, project };
        let answer: KeyList =
            self.bus.request(KEYS_LIST, &question, TIMEOUT).await.map_err(from("license"))?;
        Ok(answer.keys)
    }

    /// `None` = the tenant has no such key. Revoking twice succeeds twice.
    pub async fn revoke(&self, tenant: TenantId, key: KeyId) -> Result<Option<KeyInfo>, Error> {
        let question = RevokeKey { tenant, key };
        let answer: RevokedKey =
            self.bus.request(KEYS_REVOKE, &question, TIMEOUT).await.map_err(from("license"))?;
        Ok(answer.info)
    }
}
