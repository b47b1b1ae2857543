//! `license.v1.keys.issue`: a new key, whose text leaves here and only here.

use std::sync::Arc;

use naru_ids::KeyId;
use naru_license_api::{IssueKey, IssuedKey, KeyEvent, KeyText, hint_of};
use naru_nats::Refusal;

use super::{refusal, resolve::judge, tell};
use crate::{
    app::App,
    store::{StoreError, key, key::KeyRow},
};

const NAME_CHARS_MAX: usize = 80;

pub(super) async fn issue(app: Arc<App>, question: IssueKey) -> Result<IssuedKey, Refusal> {
    let name = question.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(Refusal::new("name", format!("a key's name has 1 to {NAME_CHARS_MAX} characters")));
    }
    let text = KeyText::generate(&question.region);
    if KeyText::parse(text.expose()).is_err() {
        return Err(Refusal::new("region", "a region is 1 to 32 lower-case letters, digits or hyphens"));
    }
    let now = app.clock.now();
    let row = KeyRow {
        id: KeyId::new(now).uuid(),
        tenant_id: question.tenant.uuid(),
        project_id: question.project.uuid(),
        mac: app.pepper.mac(&text.digest().0).to_vec(),
        region: question.region.clone(),
        name: name.to_owned(),
        hint: hint_of(text.expose()),
        version: 1,
        retention_days: i16::try_from(app.retention_days).unwrap_or(i16::MAX),
        created_ms: key::signed(now.0),
        expires_ms: None,
        revoked_ms: None,
        last_used_ms: None,
    };
    if !write(&app, &question, &row).await.map_err(|error| refusal(&error))? {
        let text = format!("a project has at most {} keys, revoked ones included", key::KEYS_PER_PROJECT_MAX);
        return Err(Refusal::new("too_many_keys", text));
    }
    let verdict = judge(Some(&row), &question.region, now.0);
    tell(&app, &row, "issued", &KeyEvent { v: 1, key: row.id(), digest: Some(text.digest()), verdict }).await;
    metrics::counter!("license_keys_issued_total").increment(1);
    Ok(IssuedKey { info: row.info(), key: text.expose().to_owned() })
}

/// False when the project has as many keys as it may.
async fn write(app: &App, question: &IssueKey, row: &KeyRow) -> Result<bool, StoreError> {
    let mut tx = app.pool.begin_tenant(question.tenant).await?;
    if key::count(&mut tx, question.project).await? >= key::KEYS_PER_PROJECT_MAX {
        return Ok(false);
    }
    key::insert(&mut tx, row).await?;
    tx.commit().await?;
    Ok(true)
}
