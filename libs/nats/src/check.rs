//! Is this server one that keeps what it acknowledges?

use std::{fmt, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::Error;

/// The first version without the known losses of acknowledged messages.
pub const SERVER_VERSION_MIN: Version = Version(2, 14, 6);
const MONITOR_TIMEOUT: Duration = Duration::from_secs(5);
/// `/varz` is about 5 KiB; more than this is not a NATS server.
const VARZ_BYTES_MAX: u64 = 1 << 20;

/// Major, minor, patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// Reads `2.14.6` and `2.15.0-RC.1`; a pre-release counts as its release.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let core = text.trim().trim_start_matches('v').split(['-', '+']).next()?;
        let mut parts = core.split('.').map(|part| part.parse().ok());
        Some(Self(parts.next()??, parts.next()??, parts.next()??))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

pub(crate) fn is_new_enough(version: &str) -> bool {
    Version::parse(version).is_some_and(|version| version >= SERVER_VERSION_MIN)
}

/// Asks the monitor whether JetStream fsyncs every message before it acknowledges it.
pub(crate) async fn sync_always(monitor_url: &str) -> Result<(), Error> {
    let problem = |problem: String| Error::Monitor { monitor_url: monitor_url.to_owned(), problem };
    let varz = tokio::time::timeout(MONITOR_TIMEOUT, fetch_varz(monitor_url))
        .await
        .map_err(|_| problem("no answer within 5 s".to_owned()))?
        .map_err(|error| problem(error.to_string()))?;
    let varz: serde_json::Value =
        serde_json::from_str(&varz).map_err(|error| problem(format!("the answer is not JSON ({error})")))?;
    if says_sync_always(&varz) { Ok(()) } else { Err(Error::NotSyncAlways) }
}

fn says_sync_always(varz: &serde_json::Value) -> bool {
    varz.pointer("/jetstream/config/sync_always").and_then(serde_json::Value::as_bool) == Some(true)
}

/// HTTP/1.0, so that the answer is neither chunked nor kept alive: one request at start needs no HTTP client.
async fn fetch_varz(monitor_url: &str) -> std::io::Result<String> {
    let invalid = |text: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, text.to_owned());
    let authority = monitor_url
        .strip_prefix("http://")
        .map(|rest| rest.trim_end_matches('/'))
        .ok_or_else(|| invalid("the monitor URL must begin with http://"))?;
    let mut stream = TcpStream::connect(authority).await?;
    stream.write_all(format!("GET /varz HTTP/1.0\r\nHost: {authority}\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.take(VARZ_BYTES_MAX).read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| invalid("the answer is not HTTP"))?;
    if !head.lines().next().is_some_and(|status| status.contains(" 200 ")) {
        return Err(invalid(head.lines().next().unwrap_or("no status line")));
    }
    Ok(body.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_or_unreadable_version_is_refused() {
        for good in ["2.14.6", "v2.14.6", "2.15.0-RC.1", "3.0.0"] {
            assert!(is_new_enough(good), "{good}");
        }
        for bad in ["2.14.5", "2.9.10", "2.14", "", "new", "2.14.x"] {
            assert!(!is_new_enough(bad), "{bad}");
        }
    }

    #[test]
    fn only_a_plain_yes_counts_as_sync_always() {
        assert!(says_sync_always(&serde_json::json!({"jetstream": {"config": {"sync_always": true}}})));
        assert!(!says_sync_always(&serde_json::json!({"jetstream": {"config": {"sync_interval": 120}}})));
        assert!(!says_sync_always(&serde_json::json!({"jetstream": {}})));
    }
}
