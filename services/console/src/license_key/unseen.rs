//! A key that license has issued and nobody has seen yet.
//!
//! Whatever goes wrong on the way to the caller, a failed write or a lost connection, drops it, and what is dropped
//! unseen is revoked: no key lives on whose text nobody has.

use std::time::Duration;

use naru_ids::KeyId;
use naru_license_api::IssuedKey;
use naru_telemetry::chain;
use tracing::{error, info, warn};

use crate::{app::App, session::caller::SignedIn};

/// License and Postgres restart within seconds.
const RETRY_AFTER: Duration = Duration::from_secs(5);
const ATTEMPTS: usize = 60;

pub(super) struct Unseen {
    app: App,
    who: SignedIn,
    address: String,
    /// Taken when it is shown.
    issued: Option<IssuedKey>,
}

impl Unseen {
    pub(super) fn new(app: App, who: SignedIn, address: String, issued: IssuedKey) -> Self {
        Self { app, who, address, issued: Some(issued) }
    }

    /// The key, on its way to the caller. Called once, so the key is there.
    pub(super) fn show(mut self) -> IssuedKey {
        self.issued.take().expect("a key is taken by showing it, which consumes the holder")
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        let Some(issued) = self.issued.take() else { return };
        let revoked = revoke(self.app.clone(), self.who.clone(), issued.info.id, self.address.clone());
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(revoked)),
            Err(_) => error!("key {} was issued to nobody while console stopped", issued.info.id),
        }
    }
}

/// License counts; what is written down of it comes second.
async fn revoke(app: App, who: SignedIn, key: KeyId, address: String) {
    for _ in 0..ATTEMPTS {
        match app.license.revoke(who.caller.tenant, key).await {
            Ok(_) => {
                info!(tenant.id = %who.caller.tenant, "key {key} was revoked, as it reached nobody");
                let written = super::write_audit(&app, &who, "key.revoke", key.to_string(), &address).await;
                if let Err(error) = written {
                    warn!(tenant.id = %who.caller.tenant, error = %chain(&error), "revoking key {key} was not written down");
                }
                return;
            }
            Err(error) => warn!(error = %chain(&error), "key {key} reached nobody and lives, will retry"),
        }
        tokio::select! {
            () = app.stop.cancelled() => break,
            () = tokio::time::sleep(RETRY_AFTER) => {}
        }
    }
    error!(tenant.id = %who.caller.tenant, "key {key} reached nobody and could not be revoked");
}
