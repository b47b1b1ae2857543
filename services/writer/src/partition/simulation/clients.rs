//! Clients and their gateways: requests, packs, and who was answered.

use bytes::Bytes;
use naru_ids::{KeyId, ProjectId, TenantId};
use naru_otlp::{
    admit::entry_id,
    pack::{PackBuilder, PackWriter, PackedEntry},
};
use naru_signal::Signal;
use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, trace::v1::ExportTraceServiceRequest},
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message;
use uuid::Uuid;

/// Rows of request `n` have times `n * TIMES + 1 ..`.
const TIMES: u64 = 10;

/// One request of a client; it is one entry of a pack.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) entry: PackedEntry,
    /// None when it cannot be decoded.
    pub(super) rows: Vec<i64>,
    /// The client was told that it is stored.
    pub(super) is_acknowledged: bool,
}

#[derive(Default)]
pub(super) struct Clients {
    pub(super) requests: Vec<Request>,
    /// Requests before this one are too old to be sent again.
    pub(super) first_young: usize,
    writer: PackWriter,
    packs: u64,
}

impl Clients {
    /// A new request; of four kinds, by its number.
    pub(super) fn new_request(&mut self, received_ms: u64) -> usize {
        let number = self.requests.len();
        let count = 1 + number as u64 % 3;
        let times: Vec<u64> = (1..=count).map(|row| number as u64 * TIMES + row).collect();
        let signal = if number.is_multiple_of(8) { Signal::Traces } else { Signal::Logs };
        let is_readable = number % 13 != 5;
        let bytes = match signal {
            _ if !is_readable => unreadable(number),
            Signal::Traces => spans(&times),
            _ => records(&times),
        };
        let project = ProjectId::from_uuid(Uuid::from_u128(1));
        let entry = PackedEntry {
            id: entry_id(project, signal, &bytes, 0),
            tenant: TenantId::from_uuid(Uuid::from_u128(2)),
            project,
            key: KeyId::from_uuid(Uuid::from_u128(3)),
            signal,
            is_unbilled: number % 11 == 3,
            items: 0,
            received_ms,
            clock_offset_ms: 0,
            bytes,
        };
        let times = if is_readable { times } else { Vec::new() };
        let rows = times.into_iter().map(|time| i64::try_from(time).unwrap()).collect();
        self.requests.push(Request { entry, rows, is_acknowledged: false });
        number
    }

    /// A gateway's pack of these requests; no two packs are the same.
    pub(super) fn pack(&mut self, requests: &[usize], gateway: u64) -> Bytes {
        let mut builder = PackBuilder::new();
        for &request in requests {
            builder.push(self.requests[request].entry.clone());
        }
        self.packs += 1;
        builder.finish_with(&mut self.writer, gateway, self.packs).0
    }

    pub(super) fn acknowledge(&mut self, requests: &[usize]) {
        for &request in requests {
            self.requests[request].is_acknowledged = true;
        }
    }
}

/// A field that promises more bytes than there are.
fn unreadable(number: usize) -> Bytes {
    let number = u32::try_from(number).unwrap().to_be_bytes();
    [&[0x0a, 0x7f], number.as_slice()].concat().into()
}

fn records(times: &[u64]) -> Bytes {
    let record = |&time: &u64| LogRecord { time_unix_nano: time, ..LogRecord::default() };
    let log_records = times.iter().map(record).collect();
    let scope_logs = vec![ScopeLogs { log_records, ..ScopeLogs::default() }];
    let resource_logs = vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }];
    ExportLogsServiceRequest { resource_logs }.encode_to_vec().into()
}

fn spans(times: &[u64]) -> Bytes {
    let span = |&time: &u64| Span {
        trace_id: u128::from(time).to_be_bytes().to_vec(),
        span_id: time.to_be_bytes().to_vec(),
        start_time_unix_nano: time,
        end_time_unix_nano: time + 1,
        ..Span::default()
    };
    let spans = times.iter().map(span).collect();
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec().into()
}
