//! Everything comes again: read once more from the bus, and sent once more by clients.

use bytes::Bytes;
use naru_lake::rollup::Sums;

use crate::support::{World, entry, pack, pack_of, pool, request};

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
