//! Everything comes again: read once more from the bus, and sent once more by clients.

use bytes::Bytes;
use naru_ingest_api::stream_name;
use naru_lake::{catalog::expire, rollup::Sums};

use crate::support::{World, each_once, entry, pack, pack_of, pool, request};

/// All that a tenant has and pays for: spans by how often they are stored, sums, entries put aside, spans billed.
type Everything = (std::collections::BTreeMap<u64, u32>, Sums, i64, u64);

async fn everything(world: &World) -> Everything {
    let admin = pool(&world.postgres.superuser_url()).await;
    let aside =
        sqlx::query_scalar("select count(*) from lake.quarantine").fetch_one(admin.executor()).await.unwrap();
    (world.stored(u64::MAX).await, world.rollups().await, aside, world.billed().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_three_times_is_stored_counted_and_billed_once() {
    let world = World::new().await;
    let mut entries: Vec<_> = (1..=5).map(|spans| entry(&world, &request(&world, spans))).collect();
    entries.push(entry(&world, &Bytes::from_static(&[0x0a, 0x7f, 0x00])));
    let writer = world.start(world.config()).await;
    for entry in &entries {
        let seq = world.append(pack(vec![entry.clone()])).await;
        world.see(&writer, seq).await;
    }
    writer.stop().await;
    let before = everything(&world).await;
    assert_eq!((before.0.len(), before.2, before.3), (15, 1, 15));

    let admin = pool(&world.postgres.superuser_url()).await;
    for round in 1..=3 {
        // An operator sets the writer back to what the bus still has, and every client sends again what it ever sent:
        // to other gateways, which pack it otherwise.
        let statement = "update lake.partition set committed_seq = 0 where partition = 0";
        sqlx::query(statement).execute(admin.executor()).await.unwrap();
        let writer = world.start(world.config()).await;
        let mut last = 0;
        for (gateway, pair) in (10 * round..).zip(entries.chunks(2)) {
            last = world.append(pack_of(gateway, pair.to_vec())).await;
        }
        world.see(&writer, last).await;
        writer.stop().await;
        assert_eq!(world.committed_seq().await, last);
        assert_eq!(everything(&world).await, before, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_were_sent_again_and_lay_on_the_bus_for_hours_are_stored_and_billed_once() {
    let world = World::new().await;
    let sent = request(&world, 3);
    let writer = world.start(world.config()).await;
    let seq = world.append(pack(vec![entry(&world, &sent)])).await;
    world.see(&writer, seq).await;
    writer.stop().await;
    let admin = pool(&world.postgres.superuser_url()).await;
    let noted = "select (extract(epoch from max(stream_at)) * 1000)::bigint from lake.entry";
    let noted: i64 = sqlx::query_scalar(noted).fetch_one(admin.executor()).await.unwrap();
    let stream = world.bus.jetstream.get_stream(stream_name(0)).await.unwrap();
    let on_the_bus = stream.get_raw_message(seq).await.unwrap().time.unix_timestamp_nanos() / 1_000_000;
    assert_eq!(i128::from(noted), on_the_bus);
    // The client had no answer, and sends again at once; there is no writer to read it.
    let seq = world.append(pack_of(8, vec![entry(&world, &sent)])).await;
    let age = "update lake.entry set committed_at = committed_at - interval '3 hours'";
    sqlx::query(age).execute(admin.executor()).await.unwrap();
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    assert_eq!(expire::entries(&jobs).await.unwrap(), 0);

    let writer = world.start(world.config()).await;
    world.see(&writer, seq).await;
    writer.stop().await;

    assert_eq!((world.committed_seq().await, world.stored(seq).await), (seq, each_once(3)));
    assert_eq!(world.billed().await, 3);
}
