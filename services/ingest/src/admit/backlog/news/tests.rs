use naru_ids::UnixMs;
use naru_writer_api::TenantBacklog;

use super::*;

const CAP: u64 = 1_000;

fn tenant(n: u64) -> TenantId {
    TenantId::new(UnixMs(n))
}

fn told(epoch: i64, drained_bytes_per_s: u64, held: &[(TenantId, u64)]) -> Backlog {
    let tenants: Vec<_> =
        held.iter().map(|&(tenant, waiting_bytes)| TenantBacklog { tenant, waiting_bytes }).collect();
    Backlog {
        v: 1,
        partition: 0,
        epoch,
        committed_seq: 0,
        last_seq: 9,
        cap_bytes: CAP,
        waiting_bytes: held.iter().map(|(_, bytes)| bytes).sum(),
        drained_bytes_per_s,
        tenants_count: u32::try_from(held.len()).unwrap(),
        tenants,
    }
}

fn shares(tenant: TenantId, bytes: u64) -> Shares {
    Shares::from_text(&format!("{}={bytes}", tenant.hex()))
}

#[test]
fn no_tenant_holds_more_than_a_quarter_of_the_cap() {
    let (acme, globex, now) = (tenant(1), tenant(2), Instant::now());
    let mut news = News::new(CAP);
    news.hear(told(1, 50, &[(acme, 250)]), now);
    assert_eq!(news.may_come(acme, now), Ok(()));
    news.appended(100, &shares(acme, 100));
    // Of 350 bytes that drain at 50 a second, 100 are too many.
    assert_eq!(news.may_come(acme, now), Err(Duration::from_secs(2)));
    assert_eq!(news.may_come(globex, now), Ok(()));
}

#[test]
fn above_half_of_the_cap_only_those_over_their_share_wait() {
    let held: Vec<_> = [(1, 200), (2, 160), (3, 150), (4, 10)].map(|(n, bytes)| (tenant(n), bytes)).into();
    let now = Instant::now();
    let mut news = News::new(CAP);
    news.hear(told(1, 0, &held), now);
    let waits: Vec<_> = held.iter().map(|(tenant, _)| news.may_come(*tenant, now).is_err()).collect();
    assert_eq!(waits, [true, true, true, false]);
    assert_eq!(news.may_come(held[0].0, now), Err(WAIT_UNKNOWN));
    assert_eq!(news.may_come(tenant(9), now), Ok(()), "who holds nothing may come in");
    // The same without the largest is less than half of the cap.
    news.hear(told(1, 0, &held[1..]), now);
    assert!(held[1..].iter().all(|(tenant, _)| news.may_come(*tenant, now).is_ok()));
}

#[test]
fn stale_news_refuses_those_over_their_share_while_the_stream_is_more_than_half_full_and_nobody_else() {
    let (acme, globex, start) = (tenant(1), tenant(2), Instant::now());
    let mut news = News::new(CAP);
    news.hear(told(1, 10, &[(acme, 200), (globex, 20)]), start);
    for _ in 0..10 {
        news.appended(100, &shares(acme, 100));
    }
    let later = start + STALE + Duration::from_secs(1);
    assert!(!news.is_stale(start + Duration::from_secs(1)) && news.is_stale(later));
    news.stream_holds(499);
    assert_eq!(news.may_come(acme, later), Ok(()), "somebody stores what was appended, and cannot be heard");
    news.stream_holds(501);
    assert_eq!(news.may_come(acme, later), Err(WAIT_UNKNOWN));
    assert_eq!(news.may_come(globex, later), Ok(()));
    news.hear(told(2, 10, &[(acme, 10)]), later);
    assert_eq!(news.may_come(acme, later), Ok(()), "a word heals at once");
}

#[test]
fn the_late_word_of_an_earlier_owner_counts_nothing() {
    let (acme, now) = (tenant(1), Instant::now());
    let mut news = News::new(CAP);
    news.hear(told(5, 0, &[(acme, 10)]), now);
    news.hear(told(4, 0, &[(acme, 900)]), now);
    assert_eq!(news.may_come(acme, now), Ok(()));
}
