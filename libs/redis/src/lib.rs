//! The door to Redis: a cache and a counter that may vanish at any time, never a store.
//!
//! Every operation answers within [`OPERATION_TIMEOUT`], with [`Unavailable`] when Redis is away or hangs. What to do
//! then is the caller's decision: limits go local, sessions fail closed.

mod bucket;

use std::time::Duration;

use redis::{
    Client, Cmd, FromRedisValue, RedisError,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

pub use bucket::{Rate, Taken};

/// No request waits longer than this for Redis.
pub const OPERATION_TIMEOUT: Duration = Duration::from_millis(100);
const RECONNECT_DELAY_MAX: Duration = Duration::from_millis(500);

/// Redis is away, hangs, or answers nonsense.
#[derive(Debug, Clone, thiserror::Error)]
#[error("redis is unavailable: {0}")]
pub struct Unavailable(String);

/// One multiplexed connection that reconnects by itself. Cheap to clone.
#[derive(Clone)]
pub struct Redis {
    /// Or why the URL cannot be used; then every operation says so.
    manager: Result<ConnectionManager, Unavailable>,
    bucket: redis::Script,
}

impl Redis {
    /// Never fails and never waits: the first operation connects. Must be called inside a Tokio runtime.
    #[must_use]
    pub fn connect(url: &str) -> Self {
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(OPERATION_TIMEOUT))
            .set_connection_timeout(Some(OPERATION_TIMEOUT))
            .set_max_delay(RECONNECT_DELAY_MAX)
            .set_number_of_retries(1);
        let manager = Client::open(url)
            .and_then(|client| ConnectionManager::new_lazy_with_config(client, config))
            .map_err(|error| Unavailable(error.to_string()));
        Self { manager, bucket: bucket::script() }
    }

    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Unavailable> {
        self.run(redis::cmd("GET").arg(key)).await
    }

    /// Sets `key` for `ttl_s` seconds.
    pub async fn set_ex(&self, key: &str, value: impl AsRef<[u8]>, ttl_s: u64) -> Result<(), Unavailable> {
        self.run(redis::cmd("SET").arg(key).arg(value.as_ref()).arg("EX").arg(ttl_s.max(1))).await
    }

    /// Sets `key` only if it is not there. `true` = it was not, so the caller is the first.
    pub async fn set_nx_ex(&self, key: &str, ttl_s: u64) -> Result<bool, Unavailable> {
        let set: Option<String> =
            self.run(redis::cmd("SET").arg(key).arg(1).arg("NX").arg("EX").arg(ttl_s.max(1))).await?;
        Ok(set.is_some())
    }

    /// Adds one and answers the new value. The count is forgotten `ttl_s` after its first increment.
    pub async fn incr_ex(&self, key: &str, ttl_s: u64) -> Result<u64, Unavailable> {
        let mut both = redis::pipe();
        // SET NX first, so that the key has its time to live from the start and one lost command leaves no eternal key.
        both.atomic()
            .cmd("SET")
            .arg(key)
            .arg(0)
            .arg("NX")
            .arg("EX")
            .arg(ttl_s.max(1))
            .ignore()
            .cmd("INCR")
            .arg(key);
        let mut manager = self.manager.clone()?;
        let (count,): (u64,) = within(both.query_async(&mut manager)).await?;
        Ok(count)
    }

    /// Takes one back from what [`Redis::incr_ex`] counted. A key that is forgotten by now does not become eternal.
    pub async fn decr_ex(&self, key: &str, ttl_s: u64) -> Result<(), Unavailable> {
        let mut both = redis::pipe();
        both.atomic()
            .cmd("SET")
            .arg(key)
            .arg(1)
            .arg("NX")
            .arg("EX")
            .arg(ttl_s.max(1))
            .ignore()
            .cmd("DECR")
            .arg(key)
            .ignore();
        let mut manager = self.manager.clone()?;
        within(both.query_async(&mut manager)).await
    }

    /// Takes at least `fewest` tokens and at most `most` from the bucket of `key`, or none and says how long to wait.
    /// Redis's own clock counts, so gateways with different clocks share one bucket.
    pub async fn take_tokens(
        &self,
        key: &str,
        rate: Rate,
        fewest: u64,
        most: u64,
    ) -> Result<Taken, Unavailable> {
        let mut manager = self.manager.clone()?;
        let mut call = self.bucket.prepare_invoke();
        call.key(key).arg(rate.per_s).arg(rate.burst).arg(fewest).arg(most);
        within(call.invoke_async(&mut manager)).await
    }

    /// Removes `key`; one that is not there is fine.
    pub async fn del(&self, key: &str) -> Result<(), Unavailable> {
        self.run(redis::cmd("DEL").arg(key)).await
    }

    /// Is Redis there? For readiness.
    pub async fn ping(&self) -> Result<(), Unavailable> {
        self.run(&redis::cmd("PING")).await
    }

    async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Unavailable> {
        let mut manager = self.manager.clone()?;
        within(command.query_async(&mut manager)).await
    }
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redis").finish_non_exhaustive()
    }
}

/// The client's own timeout covers one answer; this one covers connecting and retrying, too.
async fn within<T>(operation: impl Future<Output = Result<T, RedisError>>) -> Result<T, Unavailable> {
    match tokio::time::timeout(OPERATION_TIMEOUT, operation).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Unavailable(error.to_string())),
        Err(_) => Err(Unavailable(format!("no answer within {} ms", OPERATION_TIMEOUT.as_millis()))),
    }
}
