//! OTLP requests: the walker and the rules against the reference decoder.

pub mod seeds;
mod views;

use std::sync::LazyLock;

use bytes::Bytes;
use naru_ids::ProjectId;
use naru_otlp::{
    admit::{Admitted, RefusedRequest, Rules, admit},
    wire::WireError,
};
use naru_signal::Signal;
use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    metrics::v1::{Metric, metric::Data},
};
use prost::Message;
use uuid::Uuid;

/// The moment requests are judged at; seeds are of then.
pub const NOW_NS: u64 = 1_764_000_000_000_000_000;

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::at(NOW_NS, 14));

pub fn traces(data: &[u8]) {
    check::<ExportTraceServiceRequest>(Signal::Traces, data, |request| {
        let scopes = request.resource_spans.iter().flat_map(|group| &group.scope_spans);
        scopes.map(|scope| scope.spans.len() as u64).sum()
    });
}

pub fn metrics(data: &[u8]) {
    check::<ExportMetricsServiceRequest>(Signal::Metrics, data, |request| {
        let scopes = request.resource_metrics.iter().flat_map(|group| &group.scope_metrics);
        scopes.flat_map(|scope| &scope.metrics).map(points).sum()
    });
}

pub fn logs(data: &[u8]) {
    check::<ExportLogsServiceRequest>(Signal::Logs, data, |request| {
        let scopes = request.resource_logs.iter().flat_map(|group| &group.scope_logs);
        scopes.map(|scope| scope.log_records.len() as u64).sum()
    });
}

/// As the gateway does.
pub(crate) fn admitted(signal: Signal, request: &Bytes) -> Result<Admitted, RefusedRequest> {
    admit(ProjectId::from_uuid(Uuid::from_u128(7)), signal, request, &RULES)
}

fn points(metric: &Metric) -> u64 {
    let points = match &metric.data {
        None => 0,
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Histogram(histogram)) => histogram.data_points.len(),
        Some(Data::ExponentialHistogram(histogram)) => histogram.data_points.len(),
        Some(Data::Summary(summary)) => summary.data_points.len(),
    };
    points as u64
}

fn check<T: Message + Default>(signal: Signal, data: &[u8], items: fn(&T) -> u64) {
    if let Ok(admitted) = admitted(signal, &Bytes::copy_from_slice(data)) {
        stays_admitted(signal, &admitted);
    }
    let Ok(request) = T::decode(data) else { return };
    // As the reference writes it: a message that comes in two parts is one again, and nothing is left of unknown fields.
    let request_bytes = Bytes::from(request.encode_to_vec());
    match admitted(signal, &request_bytes) {
        Ok(admitted) => {
            assert_eq!(admitted.items + admitted.rejections.total(), items(&request), "counts differ");
            stays_admitted(signal, &admitted);
            for entry in &admitted.entries {
                let entry_items = T::decode(entry.bytes.clone()).map(|request| items(&request));
                assert_eq!(entry_items.ok(), Some(u64::from(entry.items)), "an entry has other items");
            }
        }
        Err(RefusedRequest::Malformed(WireError::Nesting) | RefusedRequest::TooManyElements) => {}
        Err(refused) => panic!("the reference reads what was refused: {refused}"),
    }
}

/// What the gateway let through is a request of its own, with nothing to reject, and a writer can read all of it.
fn stays_admitted(signal: Signal, before: &Admitted) {
    assert_eq!(before.entries.iter().map(|entry| u64::from(entry.items)).sum::<u64>(), before.items);
    for entry in &before.entries {
        let again = admitted(signal, &entry.bytes).expect("an entry is a request");
        assert_eq!((again.items, again.rejections.total()), (u64::from(entry.items), 0));
        views::read_all(signal, &entry.bytes).expect("what was admitted is readable to its ends");
        let rows = naru_writer::rows_of(signal, entry.bytes.clone(), NOW_NS / 1_000_000);
        let (rows, items) = (rows.map_or(0, |rows| rows.num_rows()), entry.items as usize);
        let is_put_aside = rows == 0 && may_repeat_too_much(items, entry.bytes.len());
        assert!(rows == items || is_put_aside, "the writer has {rows} rows of {items} items");
    }
}

/// A writer puts an entry aside whose rows would repeat 16 times its bytes and 16 KiB. Each repeats no more than all of them,
/// as JSON some eight times as long.
fn may_repeat_too_much(items: usize, bytes: usize) -> bool {
    items * bytes * 8 > 16 * bytes + 16 * 1024
}
