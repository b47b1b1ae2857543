use naru_ids::UnixMs;

use super::*;

fn without_redis(per_s: u64, burst: u64) -> Limits {
    Limits::new(Redis::connect("redis://127.0.0.1:1"), Rate { per_s, burst })
}

fn seconds(from: f64, to: f64) -> std::ops::RangeInclusive<Duration> {
    Duration::from_secs_f64(from)..=Duration::from_secs_f64(to)
}

#[tokio::test]
async fn without_redis_each_tenant_has_a_local_bucket_that_says_when_there_is_enough() {
    let limits = without_redis(10, 100);
    let (acme, globex) = (TenantId::new(UnixMs(1)), TenantId::new(UnixMs(2)));
    assert_eq!(limits.take(acme, 90).await, Ok(()));
    let wait = limits.take(acme, 90).await.unwrap_err();
    assert!(seconds(7.0, 8.0).contains(&wait), "{wait:?}");
    assert_eq!(limits.take(globex, 90).await, Ok(()));
}

#[tokio::test]
async fn a_request_larger_than_the_burst_passes_when_the_bucket_is_full() {
    let limits = without_redis(10, 100);
    let acme = TenantId::new(UnixMs(1));
    assert_eq!(limits.take(acme, 5_000).await, Ok(()));
    let wait = limits.take(acme, 5_000).await.unwrap_err();
    assert!(seconds(9.0, 10.0).contains(&wait), "{wait:?}");
}

#[tokio::test]
async fn a_refused_tenant_is_turned_away_at_the_door_until_there_can_be_room_for_it() {
    let limits = without_redis(100, 1_000);
    let (acme, globex) = (TenantId::new(UnixMs(1)), TenantId::new(UnixMs(2)));
    assert_eq!(limits.may_come(acme), Ok(()));
    assert_eq!(limits.take(acme, 1_000).await, Ok(()));
    assert_eq!(limits.may_come(acme), Ok(()), "it was not refused anything");
    let wait = limits.take(acme, 500).await.unwrap_err();
    let at_the_door = limits.may_come(acme).unwrap_err();
    assert!(at_the_door <= wait && at_the_door > wait - Duration::from_secs(1), "{at_the_door:?} {wait:?}");
    assert_eq!(limits.may_come(globex), Ok(()));
    // A tenth of a second's worth is there long before what was refused would pass.
    tokio::time::timeout(Duration::from_secs(3), async {
        while limits.may_come(acme).is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(limits.take(acme, 10).await, Ok(()));
}

#[tokio::test]
async fn what_was_taken_from_redis_is_missing_in_the_local_bucket() {
    let now = Instant::now();
    let mut bucket = Bucket::new(Rate { per_s: 1, burst: 100 }, now);
    bucket.note(95, now);
    assert_eq!(bucket.take(5, now), Taken::Tokens(5));
    assert_eq!(bucket.take(2, now), Taken::Wait(Duration::from_secs(2)));
    assert_eq!(Bucket::new(Rate { per_s: 0, burst: 1 }, now).take(2, now), Taken::Wait(NEVER_S));
}

const NEVER_S: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn the_idle_are_forgotten_first() {
    let limits = without_redis(10, 100);
    let tenants: Vec<TenantId> = (0..20).map(|n| TenantId::new(UnixMs(n))).collect();
    for tenant in &tenants {
        limits.with(*tenant, |_| ());
    }
    limits.with(tenants[0], |_| ());
    let mut leases = limits.leases.lock().unwrap();
    forget_idle(&mut leases);
    let forgotten: Vec<_> = tenants.iter().filter(|tenant| !leases.contains_key(tenant)).collect();
    assert_eq!(forgotten, [&tenants[1], &tenants[2], &tenants[3]]);
}
