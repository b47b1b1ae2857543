//! `license.v1.keys.list`: a project's keys, newest first.

use std::sync::Arc;

use naru_license_api::{KeyList, ListKeys};
use naru_nats::Refusal;

use super::refusal;
use crate::{
    app::App,
    store::{StoreError, key, key::KeyRow},
};

pub(super) async fn list(app: Arc<App>, question: ListKeys) -> Result<KeyList, Refusal> {
    let rows = read(&app, &question).await.map_err(|error| refusal(&error))?;
    Ok(KeyList { keys: rows.iter().map(KeyRow::info).collect() })
}

async fn read(app: &App, question: &ListKeys) -> Result<Vec<KeyRow>, StoreError> {
    let mut tx = app.pool.begin_tenant(question.tenant).await?;
    let rows = key::list(&mut tx, question.project).await?;
    tx.commit().await?;
    Ok(rows)
}
