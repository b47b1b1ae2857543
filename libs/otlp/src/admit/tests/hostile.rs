//! Requests made to cost more than they weigh, or to be acknowledged and then be unreadable.

use crate::{
    view::{self, LogView, MetricView, SpanView},
    wire::put_bytes,
};

use super::*;

/// A resource group: `head` attributes' worth of resource, then each scope group as given.
fn resource_group(resource: &[u8], scope_groups: &[Vec<u8>]) -> Vec<u8> {
    let mut group = Vec::new();
    put_bytes(&mut group, 1, resource);
    for scope_group in scope_groups {
        put_bytes(&mut group, 2, scope_group);
    }
    group
}

fn request_of(resource_groups: &[Vec<u8>]) -> Bytes {
    let mut request = Vec::new();
    for group in resource_groups {
        put_bytes(&mut request, 1, group);
    }
    request.into()
}

fn scope_group(head: &[u8], items: &[Vec<u8>]) -> Vec<u8> {
    let mut group = Vec::new();
    put_bytes(&mut group, 3, head);
    for item in items {
        put_bytes(&mut group, 2, item);
    }
    group
}

fn bytes_of(entries: &[Entry]) -> usize {
    entries.iter().map(|entry| entry.bytes.len()).sum()
}

fn resource(bytes: usize) -> Vec<u8> {
    Resource { attributes: vec![text("a", &"r".repeat(bytes))], ..Resource::default() }.encode_to_vec()
}

#[test]
fn a_head_too_large_to_be_repeated_is_left_out_with_its_items() {
    let items: Vec<_> = (0..2_000).map(|n| span(n, "x").encode_to_vec()).collect();
    let large = resource_group(&resource(4 << 20), &[scope_group(b"", &items)]);
    let small = resource_group(&resource(10), &[scope_group(b"", &items)]);
    let admitted = admit_spans(&request_of(&[large, small]));
    assert_eq!(admitted.rejections.iter().collect::<Vec<_>>(), [(Why::TooLarge, 2_000)]);
    assert_eq!(admitted.items, 2_000);
    assert!(bytes_of(&admitted.entries) < 1 << 20);
}

#[test]
fn heads_are_repeated_per_piece_and_not_per_scope_or_item() {
    let one =
        |n: u64| scope_group(b"https://opentelemetry.io/schemas/1.44.0", &[span(n, "x").encode_to_vec()]);
    let mut scopes: Vec<_> = (0..3_000).map(one).collect();
    scopes.push(scope_group(b"", &[Span { trace_id: vec![], ..span(1, "invalid") }.encode_to_vec()]));
    let request = request_of(&[resource_group(&resource(120_000), &scopes)]);
    assert!(request.len() < ENTRY_BYTES_MAX);
    let admitted = admit_spans(&request);
    assert_eq!((admitted.items, admitted.entries.len(), admitted.rejections.total()), (3_000, 1, 1));
    assert!(bytes_of(&admitted.entries) < request.len());
}

#[test]
fn what_fits_into_one_entry_is_never_cut_so_a_resend_with_less_in_it_has_no_new_id() {
    // Groups whose heads take most of the room: pieces cut by another measure would be two.
    let groups: Vec<_> = (0..21)
        .map(|g| {
            let spans: Vec<_> = (0..60).map(|n| span(g * 100 + n, "x").encode_to_vec()).collect();
            resource_group(&resource(20_000), &[scope_group(b"", &spans)])
        })
        .collect();
    let old = Span { start_time_unix_nano: NOW_NS - 14 * 86_400 * SECOND_NS + 5, ..span(1, "old") };
    let old = resource_group(&resource(10), &[scope_group(b"", &[old.encode_to_vec()])]);
    let request = request_of(&[vec![old], groups].concat());
    assert!((ENTRY_BYTES_MAX - 60_000..ENTRY_BYTES_MAX).contains(&request.len()), "{}", request.len());
    let first = admit_spans(&request);
    let later = admit(project(), Signal::Traces, &request, &Rules::at(NOW_NS + SECOND_NS, 14)).unwrap();
    assert_eq!((first.entries.len(), later.entries.len(), later.rejections.total()), (1, 1, 1));
    assert_eq!(first.entries[0].id, later.entries[0].id);
}

#[test]
fn a_resource_is_looked_at_once_however_many_scopes_it_has() {
    // Fields that nobody knows count as nothing: walked once per scope these would be 10^11 steps.
    let unknown = [0x78, 0x01].repeat(300_000);
    let scopes = vec![Vec::new(); 300_000];
    let admitted = admit_spans(&request_of(&[resource_group(&unknown, &scopes)]));
    assert!(admitted.entries.is_empty() && admitted.rejections.is_empty());
}

#[test]
fn elements_are_counted_where_there_are_no_items_too() {
    let scopes = vec![Vec::new(); usize::try_from(ELEMENTS_MAX).unwrap()];
    let request = request_of(&[resource_group(b"", &scopes)]);
    let refused = admit(project(), Signal::Traces, &request, &rules()).unwrap_err();
    assert_eq!(refused, RefusedRequest::TooManyElements);
}

#[test]
fn an_item_that_is_left_out_for_its_size_is_counted_and_not_read() {
    // Metric → 10 exponential histogram → 1 data points; read, the buckets would be twelve million numbers.
    let (mut buckets, mut points, mut metric) = (Vec::new(), Vec::new(), Vec::new());
    put_bytes(&mut buckets, 2, &vec![0; 4 << 20]);
    for _ in 0..3 {
        let mut point = Vec::new();
        put_bytes(&mut point, 8, &buckets);
        put_bytes(&mut points, 1, &point);
    }
    put_bytes(&mut metric, 10, &points);
    let request = request_of(&[resource_group(b"", &[scope_group(b"", &[metric])])]);
    let admitted = admit(project(), Signal::Metrics, &request, &rules()).unwrap();
    assert_eq!(admitted.rejections.iter().collect::<Vec<_>>(), [(Why::TooLarge, 3)]);
    assert!(admitted.entries.is_empty());
}

#[test]
fn deep_values_are_refused_wherever_a_reader_would_meet_them() {
    use opentelemetry_proto::tonic::{
        collector::metrics::v1::ExportMetricsServiceRequest,
        metrics::v1::{Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, metric::Data},
        trace::v1::span::{Event, Link},
    };
    let mut deep = AnyValue { value: Some(Value::IntValue(1)) };
    for _ in 0..view::NESTING_MAX + 2 {
        deep = AnyValue { value: Some(Value::ArrayValue(ArrayValue { values: vec![deep] })) };
    }
    let attributes =
        vec![KeyValue { key: "deep".to_owned(), value: Some(deep.clone()), ..KeyValue::default() }];
    let event = Event { attributes: attributes.clone(), ..Event::default() };
    let link = Link { attributes: attributes.clone(), ..Link::default() };
    let point = NumberDataPoint {
        time_unix_nano: NOW_NS,
        attributes: attributes.clone(),
        ..NumberDataPoint::default()
    };
    let metric = Metric { data: Some(Data::Gauge(Gauge { data_points: vec![point] })), ..Metric::default() };
    let metrics = ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            scope_metrics: vec![ScopeMetrics { metrics: vec![metric], ..ScopeMetrics::default() }],
            ..ResourceMetrics::default()
        }],
    };
    let logs = |record| ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            scope_logs: vec![ScopeLogs { log_records: vec![record], ..ScopeLogs::default() }],
            ..ResourceLogs::default()
        }],
    };
    let cases: Vec<(Signal, Bytes)> = vec![
        (Signal::Traces, request(vec![vec![Span { events: vec![event], ..span(1, "a") }]])),
        (Signal::Traces, request(vec![vec![Span { links: vec![link], ..span(1, "a") }]])),
        (Signal::Metrics, metrics.encode_to_vec().into()),
        (Signal::Logs, logs(LogRecord { attributes, ..LogRecord::default() }).encode_to_vec().into()),
        (Signal::Logs, logs(LogRecord { body: Some(deep), ..LogRecord::default() }).encode_to_vec().into()),
    ];
    for (index, (signal, request)) in cases.iter().enumerate() {
        let refused = admit(project(), *signal, request, &rules()).unwrap_err();
        assert_eq!(refused, RefusedRequest::Malformed(WireError::Nesting), "case {index}");
    }
}

#[test]
fn a_span_of_ten_thousand_attributes_or_with_a_page_for_a_name_is_left_out_and_its_neighbours_are_not() {
    let crowded = Span { attributes: vec![text("k", "v"); 10_001], ..span(1, "crowded") };
    let events = vec![opentelemetry_proto::tonic::trace::v1::span::Event::default(); 10_001];
    let eventful = Span { events, ..span(2, "eventful") };
    let long_key = Span { attributes: vec![text(&"k".repeat(NAME_BYTES_MAX + 1), "v")], ..span(3, "key") };
    let long_name = Span { name: "n".repeat(NAME_BYTES_MAX + 1), ..span(4, "") };
    let full = Span { attributes: vec![text("k", "v"); 9_999], ..span(5, &"n".repeat(NAME_BYTES_MAX)) };
    let admitted = admit_spans(&request(vec![vec![crowded, eventful, long_key, long_name, full]]));
    let reasons: Vec<_> = admitted.rejections.iter().collect();
    assert_eq!(reasons, [(Why::TooManyElements, 2), (Why::NameTooLong, 2)]);
    assert_eq!(admitted.items, 1);
}

#[test]
fn a_resource_of_ten_thousand_attributes_takes_its_own_items_with_it_and_no_others() {
    let crowded = Resource { attributes: vec![text("k", "v"); 10_001], ..Resource::default() };
    let items: Vec<_> = (0..3).map(|n| span(n, "x").encode_to_vec()).collect();
    let scopes = [scope_group(b"", &items), scope_group(b"", &items)];
    let bad = resource_group(&crowded.encode_to_vec(), &scopes);
    let good = resource_group(&resource(10), &scopes);
    let admitted = admit_spans(&request_of(&[bad, good]));
    assert_eq!(admitted.rejections.iter().collect::<Vec<_>>(), [(Why::TooManyElements, 6)]);
    assert_eq!(admitted.items, 6);
}

#[test]
fn a_hundred_thousand_attributes_are_written_in_no_time() {
    let attributes = (0..100_000).map(|n| text(&format!("k{}", n % 90_000), "v")).collect();
    let span = Span { attributes, ..span(1, "many") }.encode_to_vec();
    let mut json = String::new();
    let started = std::time::Instant::now();
    view::SpanView::parse(&span).unwrap().attributes().write_json(&mut json).unwrap();
    // Comparing each with each takes minutes.
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    let read: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(read.len(), 90_000);
}

/// All that a writer does with an entry, but the columns.
fn read_to_the_ends(signal: Signal, entry: &Bytes) -> Result<u64, WireError> {
    let (mut items, mut json) = (0, String::new());
    for_each_group(entry, |group| {
        group.resource.attributes().write_json(&mut json)?;
        for item in group.items() {
            let item = item?;
            match signal {
                Signal::Traces => {
                    let span = SpanView::parse(item)?;
                    span.attributes().write_json(&mut json)?;
                    for event in span.events() {
                        event?.attributes().write_json(&mut json)?;
                    }
                    for link in span.links() {
                        link?.attributes().write_json(&mut json)?;
                    }
                    items += 1;
                }
                Signal::Metrics => {
                    let metric = MetricView::parse(item)?;
                    for point in metric.data.points() {
                        let point = point?;
                        metric.data.attributes_of(point).write_json(&mut json)?;
                        match metric.data {
                            view::MetricData::None => {}
                            view::MetricData::Gauge(_) | view::MetricData::Sum { .. } => {
                                view::NumberPoint::parse(point)?;
                            }
                            view::MetricData::Histogram { .. } => {
                                view::HistogramPoint::parse(point)?;
                            }
                            view::MetricData::ExponentialHistogram { .. } => {
                                view::ExponentialHistogramPoint::parse(point)?;
                            }
                            view::MetricData::Summary(_) => {
                                view::SummaryPoint::parse(point)?;
                            }
                        }
                        items += 1;
                    }
                }
                Signal::Logs => {
                    let log = LogView::parse(item)?;
                    log.attributes().write_json(&mut json)?;
                    log.body.write_json(&mut json)?;
                    items += 1;
                }
            }
        }
        Ok(())
    })?;
    Ok(items)
}

/// One byte of a request of each signal, changed: what is acknowledged all the same must be readable.
fn whole_requests() -> Vec<(Signal, Bytes)> {
    crate::view::tests::requests(NOW_NS)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_acknowledged_can_be_read_and_its_count_is_right(
        which in 0usize..3, at: proptest::sample::Index, flip in 1u8..=255, at2: proptest::sample::Index, flip2: u8,
    ) {
        let (signal, request) = whole_requests().swap_remove(which);
        let mut bytes = request.to_vec();
        let length = bytes.len();
        bytes[at.index(length)] ^= flip;
        bytes[at2.index(length)] ^= flip2;
        let Ok(admitted) = admit(project(), signal, &bytes.into(), &rules()) else { return Ok(()) };
        for entry in admitted.entries {
            prop_assert_eq!(read_to_the_ends(signal, &entry.bytes), Ok(u64::from(entry.items)));
        }
    }

    #[test]
    fn pieces_are_what_was_sent_without_what_was_rejected(
        shape in proptest::collection::vec(proptest::collection::vec((0usize..120_000, any::<bool>()), 0..8), 0..6)
    ) {
        let mut n = 0;
        let groups = shape.iter().map(|sizes| sizes.iter().map(|(size, is_good)| {
            n += 1;
            let span = Span { trace_state: "n".repeat(*size), ..span(n, "n") };
            if *is_good { span } else { Span { span_id: vec![0; 8], ..span } }
        }).collect()).collect();
        let request = request(groups);
        let admitted = admit_spans(&request);
        let good: Vec<_> =
            spans_of(&[whole(&request)]).into_iter().filter(|(.., span)| span.span_id != [0; 8]).collect();
        prop_assert_eq!(spans_of(&admitted.entries), good);
        prop_assert!(bytes_of(&admitted.entries) <= request.len() * 5 / 3);
        prop_assert!(admitted.entries.iter().all(|entry| entry.bytes.len() <= ENTRY_BYTES_MAX));
    }
}
