//! A request of logs: lines with values in them, some of a trace.

use opentelemetry_proto::tonic::{
    collector::logs::v1::ExportLogsServiceRequest,
    common::v1::KeyValue,
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    resource::v1::Resource,
};
use prost::Message;
use rand::{Rng, rngs::StdRng};

use super::{
    Template,
    attribute::{scope, text, text_value},
    marks::{self, Marks},
    production, shop,
};
use crate::corpus::Kind;

const LINES: [(&str, i32, &str); 6] = [
    ("INFO", 9, "order {} placed, total 43000 KRW"),
    ("INFO", 9, "HTTP GET /api/v2/orders/{} 200 in 41 ms"),
    ("DEBUG", 5, "cache miss for product:{}, loading from the primary"),
    ("WARN", 13, "retrying request {} to payment-callback, attempt 2 of 3: connect timed out"),
    ("ERROR", 17, "could not send mail to member {}: 550 mailbox unavailable"),
    ("INFO", 9, "consumed orders-{} from partition 11 at offset 88123"),
];
const RECORDS_PER_RESOURCE: usize = 32;
const ANY: u64 = u64::MAX;

pub(super) fn logs(rng: &mut StdRng, kind: Kind, size: usize) -> Template {
    let mut marks = Marks::default();
    let mut items = 0;
    let mut resource_logs = Vec::new();
    for attributes in resources(rng, kind, &mut marks, size.div_ceil(4)) {
        let records = (0..RECORDS_PER_RESOURCE).map(|_| {
            items += 1;
            record(rng, &mut marks, items)
        });
        let log_records = records.collect();
        resource_logs.push(ResourceLogs {
            resource: Some(Resource { attributes, ..Resource::default() }),
            scope_logs: vec![ScopeLogs { scope: scope("naru.load"), log_records, ..ScopeLogs::default() }],
            ..ResourceLogs::default()
        });
    }
    let bytes = ExportLogsServiceRequest { resource_logs }.encode_to_vec();
    Template { slots: marks.find(&bytes), bytes, spans: Vec::new(), items }
}

/// Resources of the corpus, `count` of them.
pub(super) fn resources(rng: &mut StdRng, kind: Kind, marks: &mut Marks, count: usize) -> Vec<Vec<KeyValue>> {
    let known = match kind {
        Kind::Shop => shop::SERVICES.map(shop::resource).to_vec(),
        Kind::Production => production::resources(),
        Kind::HighCardinality => {
            let resource = |marks: &mut Marks| {
                vec![text("service.name", "service"), text("service.instance.id", &marks.text(10_000))]
            };
            (0..count).map(|_| resource(marks)).collect()
        }
    };
    (0..count).map(|_| known[rng.random_range(0..known.len())].clone()).collect()
}

fn record(rng: &mut StdRng, marks: &mut Marks, number: u32) -> LogRecord {
    let (severity_text, severity_number, line) = LINES[rng.random_range(0..LINES.len())];
    let before_ns = rng.random_range(0..900_000_000);
    LogRecord {
        time_unix_nano: marks.time(before_ns),
        observed_time_unix_nano: marks.time(before_ns),
        severity_number,
        severity_text: severity_text.to_owned(),
        body: Some(text_value(&line.replace("{}", &marks.text(ANY)))),
        attributes: vec![
            text("log.logger", "com.example.shop.order.OrderFacade"),
            text("thread.name", "http-nio-8080-exec-7"),
        ],
        trace_id: marks::trace(number),
        span_id: marks::span(number),
        ..LogRecord::default()
    }
}
