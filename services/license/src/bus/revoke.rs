//! `license.v1.keys.revoke`: from now on the key is refused, everywhere, within seconds.

use std::sync::Arc;

use naru_license_api::{KeyEvent, RevokeKey, RevokedKey};
use naru_nats::Refusal;
use tracing::info;

use super::{refusal, resolve::judge, tell};
use crate::{
    app::App,
    store::{StoreError, key, key::KeyRow},
};

/// A key already revoked stays revoked, and gateways are told again: the first time may not have reached them.
pub(super) async fn revoke(app: Arc<App>, question: RevokeKey) -> Result<RevokedKey, Refusal> {
    let Some((row, changed)) = write(&app, &question).await.map_err(|error| refusal(&error))? else {
        return Ok(RevokedKey { info: None });
    };
    let verdict = judge(Some(&row), &row.region, app.clock.now().0);
    tell(&app, &row, "revoked", &KeyEvent { v: 1, key: row.id(), digest: None, verdict }).await;
    if changed {
        metrics::counter!("license_keys_revoked_total").increment(1);
        info!(key.id = %question.key, tenant.id = %question.tenant, "revoked {}", question.key);
    }
    Ok(RevokedKey { info: Some(row.info()) })
}

async fn write(app: &App, question: &RevokeKey) -> Result<Option<(KeyRow, bool)>, StoreError> {
    let mut tx = app.pool.begin_tenant(question.tenant).await?;
    let revoked = key::revoke(&mut tx, question.key, app.clock.now().0).await?;
    tx.commit().await?;
    Ok(revoked)
}
