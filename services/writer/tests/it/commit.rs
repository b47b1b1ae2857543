//! What a commit is: all of a cut or nothing, once, and billed as stored.

use bytes::Bytes;
use futures::StreamExt;
use naru_ids::{SegmentId, UnixMs, UsageId};
use naru_ingest_api::{OnboardingEvent, OnboardingKind, onboarding_subject, stream_name};
use naru_lake::{
    KeyRing,
    catalog::{
        SegmentRow,
        commit::{self, Cut, Outcome, UsageRow},
        lease, outbox, read,
    },
    seal::WrappedKey,
    segment::ExtentReader,
    store::open_read,
};
use naru_otlp::pack::PackedEntry;
use naru_signal::Signal;
use naru_testkit::wait_until;
use naru_writer_api::TailTicket;
use uuid::Uuid;

use crate::support::{PATIENCE, World, each_once, entry, now_ms, pack, pack_of, pool, read_tail, request};

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_queryable_from_the_tail_before_any_cut_and_from_segments_after() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    let seq = world.append_spans(3).await;

    world.see(&writer, seq).await;
    let (state, spans) = world.snapshot(&writer).await.unwrap();
    assert_eq!((state.committed_seq, spans), (0, each_once(3)));
    assert!(world.segments().await.is_empty());

    writer.stop().await;
    assert_eq!(world.stored(seq).await, each_once(3));
    assert_eq!(world.billed().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_sent_again_are_stored_and_billed_once() {
    let world = World::new().await;
    let sent = request(&world, 5);
    let writer = world.start(world.config()).await;
    world.append(pack(vec![entry(&world, &sent), entry(&world, &sent)])).await;
    // Its answer was lost: another gateway has it, a little later and in other company.
    let company = entry(&world, &request(&world, 2));
    let again = PackedEntry { received_ms: now_ms() + 900, ..entry(&world, &sent) };
    let seq = world.append(pack_of(8, vec![company, again])).await;
    world.see(&writer, seq).await;
    writer.stop().await;

    // And once more after the commit, to another writer process.
    let writer = world.start(world.config()).await;
    let seq = world.append(pack_of(9, vec![entry(&world, &sent)])).await;
    world.see(&writer, seq).await;
    writer.stop().await;

    assert_eq!(world.stored(seq).await, each_once(7));
    assert_eq!(world.billed().await, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_of_one_cut_at_the_same_moment_apply_it_once() {
    let world = World::new().await;
    let writer = pool(&world.postgres.url_for("naru_writer")).await;
    lease::ensure(&writer, 1).await.unwrap();
    let bid = lease::Bid { owner: "one", flight_url: "", ttl: PATIENCE };
    let epoch = lease::take(&writer, 0, &bid).await.unwrap().unwrap().epoch;
    let usage = UsageRow {
        id: UsageId::new(UnixMs(1)),
        tenant: world.tenant,
        project: world.project,
        signal: Signal::Traces,
        hour_ms: 0,
        items: 7,
        bytes: 1,
    };
    let cut = Cut { epoch, last_seq: 5, usage: vec![usage], ..Cut::default() };

    let attempts = (0..4).map(|_| commit::commit(&writer, &cut));
    let ends = futures::future::try_join_all(attempts).await.unwrap();

    assert_eq!(ends, [Outcome::Committed; 4]);
    assert_eq!(outbox::pending(&writer, 10).await.unwrap(), cut.usage);
    let later = Cut { prev_seq: 4, last_seq: 9, ..cut };
    assert_eq!(commit::commit(&writer, &later).await.unwrap(), Outcome::Fenced);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unbilled_entry_is_stored_but_not_counted() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    let mut shown = entry(&world, &request(&world, 2));
    shown.is_unbilled = true;
    let seq = world.append(pack(vec![shown])).await;
    world.see(&writer, seq).await;
    writer.stop().await;

    assert_eq!(world.stored(seq).await, each_once(2));
    assert_eq!(world.billed().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_cannot_be_decoded_is_put_aside_and_stops_nothing() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    let mut told = world.bus.client.subscribe(onboarding_subject(world.tenant, world.project)).await.unwrap();
    let broken = entry(&world, &Bytes::from_static(&[0x0a, 0x7f, 0x00]));
    let good = entry(&world, &request(&world, 2));
    world.append(pack(vec![broken, good])).await;
    world.append(Bytes::from_static(b"no pack at all")).await;
    let seq = world.append_spans(1).await;
    world.see(&writer, seq).await;
    writer.stop().await;

    assert_eq!(world.stored(seq).await, each_once(3));
    assert_eq!(world.billed().await, 3);
    let word = tokio::time::timeout(PATIENCE, told.next()).await.unwrap().unwrap();
    let event: OnboardingEvent = serde_json::from_slice(&word.payload).unwrap();
    let OnboardingKind::PutAside { signal, bytes, reason } = event.kind else { panic!("{event:?}") };
    assert_eq!((signal.as_str(), bytes, reason.is_empty()), ("traces", 3, false));
    let pool = crate::support::pool(&world.postgres.superuser_url()).await;
    let kept: Vec<(i64, i64, i64, String, Uuid, Vec<u8>)> = sqlx::query_as(
        "select seq, byte_offset, byte_length, path, id, sealed_key from lake.quarantine order by seq",
    )
    .fetch_all(pool.executor())
    .await
    .unwrap();
    assert_eq!(kept.iter().map(|row| row.0).collect::<Vec<_>>(), [1, 2]);
    let (_, offset, length, path, id, key) = kept[0].clone();
    // Kept as it came, under its tenant's key.
    let row = SegmentRow {
        id: SegmentId::from_uuid(id),
        path,
        offset: offset as u64,
        length: length as u64,
        sealed_key: WrappedKey(key),
        ..world.segments().await.remove(0)
    };
    let keys = KeyRing::open(world.catalog.clone(), &world.lake_key_file()).unwrap();
    let key = keys.get(world.tenant).await.unwrap().unwrap();
    let store = open_read(&world.config().lake()).unwrap();
    let entry = ExtentReader::of(store, &row, &key).unwrap().whole().await.unwrap();
    assert_eq!(entry.as_ref(), [0x0a, 0x7f, 0x00]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_of_a_later_version_stops_the_partition_and_loses_nothing() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    let seq = world.append_spans(1).await;
    let mut later = pack(vec![entry(&world, &request(&world, 1))]).to_vec();
    later[4] = 200;
    world.append(later.into()).await;

    wait_until("the partition is stopped", PATIENCE, || async { world.tail(&writer).await.is_none() }).await;
    writer.stop().await;
    // A newer writer goes on from there: nothing counts as stored that this one could not read.
    let row = read::partition(&world.catalog, 0).await.unwrap().unwrap();
    assert!(row.committed_seq <= seq, "{row:?}");
    let stream = world.bus.jetstream.get_stream(stream_name(0)).await.unwrap();
    assert_eq!(stream.cached_info().state.messages, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_sees_only_its_own_rows_and_a_bad_ticket_is_refused() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    world.append_spans(2).await;
    wait_until("the tail has rows", PATIENCE, || async {
        world.tail(&writer).await.is_some_and(|tail| !tail.rows.is_empty())
    })
    .await;
    let ticket = TailTicket {
        v: 1,
        tenant: world.tenant,
        project: world.project,
        table: naru_signal::Table::Spans,
        kinds: Vec::new(),
        from_ns: 0,
        to_ns: i64::MAX,
        trace_ids: Some(vec![format!("{:032x}", 2)]),
        columns: vec!["resource".to_owned(), "service_name".to_owned()],
    };

    let one = read_tail(&writer, &ticket).await.unwrap();
    let stranger = naru_ids::TenantId::new(naru_ids::UnixMs(5));
    let other = read_tail(&writer, &TailTicket { tenant: stranger, ..ticket.clone() }).await.unwrap();

    assert_eq!(
        one.rows.iter().map(|rows| (rows.num_rows(), rows.num_columns())).collect::<Vec<_>>(),
        [(1, 2)]
    );
    assert!(other.rows.is_empty());
    assert!(read_tail(&writer, &TailTicket { v: 9, ..ticket.clone() }).await.is_none());
    assert!(
        read_tail(&writer, &TailTicket { columns: vec!["password".to_owned()], ..ticket }).await.is_none()
    );
    writer.stop().await;
}
