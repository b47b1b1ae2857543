//! Our own logs and metrics: one JSON object per line on stderr, Prometheus text on request.
//!
//! Logs never carry payloads, keys, cookies or mail addresses; a metric label is never a tenant id.

use std::{error::Error, sync::OnceLock};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// What is logged when `NARU_LOG` says nothing: our own steps, and other crates' troubles.
const LOG_FILTER_DEFAULT: &str =
    "info,sqlx=warn,async_nats=warn,redis=warn,hyper=warn,h2=warn,tower_http=warn";

/// Bounds of every histogram named `…_seconds`: 1 ms to 30 s, the span from one fsync to one timeout.
const SECONDS_BUCKETS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Sends this process's logs to stderr and its metrics to [`metrics_text`].
///
/// May be called again (tests, several services in one process): only the first call has an effect. `NARU_LOG` is a
/// filter as `info,naru_writer=debug`.
pub fn init(service: &str) {
    let filter = EnvFilter::try_from_env("NARU_LOG").unwrap_or_else(|_| EnvFilter::new(LOG_FILTER_DEFAULT));
    // An error here means that somebody else has set a subscriber or recorder already: theirs stays.
    let first = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init()
        .is_ok();
    METRICS.get_or_init(install_recorder);
    if first {
        tracing::info!(service.name = service, "{service} logs as JSON lines");
    }
}

/// All metrics of this process as Prometheus text; empty before [`init`].
#[must_use]
pub fn metrics_text() -> String {
    METRICS.get().map_or_else(String::new, |handle| {
        handle.run_upkeep();
        handle.render()
    })
}

/// `"flushing batch 7: writing to disk: no space left"`: an error and its causes, for one log field.
///
/// A cause that the outer message already ends with is not repeated.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = cause.source();
    }
    text
}

fn install_recorder() -> PrometheusHandle {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS_BUCKETS)
        .expect("the bucket list is not empty");
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    // Somebody else's recorder stays; our handle then renders nothing, which /metrics shows as an empty page.
    let _ = metrics::set_global_recorder(recorder);
    handle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("flushing batch 7")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn a_chain_names_every_cause_once() {
        let error = Outer(std::io::Error::other("no space left"));
        assert_eq!(chain(&error), "flushing batch 7: no space left");
    }

    #[test]
    fn metrics_show_after_init_and_init_may_be_called_twice() {
        init("test");
        init("test");
        metrics::counter!("telemetry_test_total").increment(3);
        metrics::histogram!("telemetry_test_seconds").record(0.003);
        let text = metrics_text();
        assert!(text.contains("telemetry_test_total 3"), "{text}");
        assert!(text.contains("telemetry_test_seconds_bucket{le=\"0.005\"} 1"), "{text}");
    }
}
