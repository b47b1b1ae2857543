//! Who calls: console knows, and may be believed for a second.

use std::time::Duration;

use moka::future::Cache;
use naru_console_api::{CALLER, CallerAnswer, CallerQuestion, KnownCaller};
use naru_nats::{Bus, CallError};

/// The contract's bound: a revoked session or token is refused within this time.
const REMEMBERED: Duration = Duration::from_secs(1);
const REMEMBERED_MAX: u64 = 20_000;
const TIMEOUT: Duration = Duration::from_secs(3);

/// Console did not answer, or not as the contract says: nobody can be told yes or no.
#[derive(Debug, Clone, thiserror::Error)]
#[error("asking console who calls: {0}")]
pub(crate) struct DirectoryError(String);

/// Callers by host and credential digest. The key holds the host, so that what holds on one tenant's host says nothing
/// about another's.
#[derive(Debug)]
pub(crate) struct Directory {
    bus: Bus,
    remembered: Cache<CallerQuestion, Option<std::sync::Arc<KnownCaller>>>,
}

impl Directory {
    #[must_use]
    pub(crate) fn new(bus: Bus) -> Self {
        let remembered = Cache::builder().max_capacity(REMEMBERED_MAX).time_to_live(REMEMBERED).build();
        Self { bus, remembered }
    }

    /// The caller, at most a second old; `None` when the credential does not hold on this host.
    pub(crate) async fn caller(
        &self,
        question: &CallerQuestion,
    ) -> Result<Option<std::sync::Arc<KnownCaller>>, DirectoryError> {
        // Requests of one page come together: one of them asks, the others wait for its answer.
        self.remembered
            .try_get_with(question.clone(), self.ask(question))
            .await
            .map_err(|error| (*error).clone())
    }

    /// The caller as of now: for what a second ago did not exist, and for streams that outlive the cache.
    pub(crate) async fn caller_now(
        &self,
        question: &CallerQuestion,
    ) -> Result<Option<std::sync::Arc<KnownCaller>>, DirectoryError> {
        let caller = self.ask(question).await?;
        self.remembered.insert(question.clone(), caller.clone()).await;
        Ok(caller)
    }

    async fn ask(
        &self,
        question: &CallerQuestion,
    ) -> Result<Option<std::sync::Arc<KnownCaller>>, DirectoryError> {
        let answer: Result<CallerAnswer, CallError> = self.bus.request(CALLER, question, TIMEOUT).await;
        match answer {
            Ok(answer) => Ok(answer.caller.map(std::sync::Arc::new)),
            Err(error) => Err(DirectoryError(naru_telemetry::chain(&error))),
        }
    }
}
