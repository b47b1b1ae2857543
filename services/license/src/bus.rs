//! Edges in: one file per subject.

mod issue;
mod list;
mod resolve;
mod revoke;
mod used;

use std::sync::Arc;

use naru_license_api::{KEYS_ISSUE, KEYS_LIST, KEYS_REVOKE, KeyEvent, RESOLVE, key_event_subject};
use naru_nats::Refusal;
use naru_telemetry::chain;
use tracing::{error, warn};

use crate::{
    app::App,
    store::{StoreError, key::KeyRow},
};

/// Instances of license share the questions.
const QUEUE: &str = "license";

/// Subscribes to all subjects; answers until the bus is drained.
pub(crate) async fn serve(app: &Arc<App>) -> Result<(), naru_nats::Error> {
    let shared = Arc::clone(app);
    app.bus.serve(RESOLVE, QUEUE, move |question| resolve::resolve(Arc::clone(&shared), question)).await?;
    let shared = Arc::clone(app);
    app.bus.serve(KEYS_ISSUE, QUEUE, move |question| issue::issue(Arc::clone(&shared), question)).await?;
    let shared = Arc::clone(app);
    app.bus.serve(KEYS_LIST, QUEUE, move |question| list::list(Arc::clone(&shared), question)).await?;
    let shared = Arc::clone(app);
    app.bus.serve(KEYS_REVOKE, QUEUE, move |question| revoke::revoke(Arc::clone(&shared), question)).await?;
    used::listen(Arc::clone(app)).await
}

/// What the one who asked is told when the store failed; the cause goes to the log, here and once.
fn refusal(error: &StoreError) -> Refusal {
    if error.is_unavailable() {
        warn!(error = %chain(error), "postgres is away, so a question about keys waits");
        return Refusal::unavailable("the key store cannot be reached right now");
    }
    error!(error = %chain(error), "a question about keys failed");
    Refusal::new("internal", "the question about keys could not be answered")
}

/// Tells every gateway. One that misses it learns the same within 30 s by asking.
async fn tell(app: &App, row: &KeyRow, what: &str, event: &KeyEvent) {
    let info = row.info();
    let tenant = naru_ids::TenantId::from_uuid(row.tenant_id);
    if let Err(error) = app.bus.publish(key_event_subject(tenant, info.project, what), event).await {
        warn!(key.id = %info.id, error = %chain(&error), "gateways were not told that {} was {what}", info.id);
    }
}
