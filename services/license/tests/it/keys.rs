//! Issue, resolve, revoke.

use std::time::Duration;

use futures::StreamExt;
use naru_license_api::{
    IssueKey, IssuedKey, KEY_EVENTS, KEYS_ISSUE, KEYS_USED, KeyEvent, KeyText, KeysUsed, Refused, Verdict,
};
use naru_nats::CallError;
use naru_testkit::wait_until;

use crate::world::{World, digest, tenant_and_project};

fn reason(verdict: &Verdict) -> Option<Refused> {
    match verdict {
        Verdict::Good(_) => None,
        Verdict::Refused { reason, .. } => Some(*reason),
    }
}

#[tokio::test]
async fn an_issued_key_permits_its_project_and_its_text_is_stored_nowhere() {
    let world = World::start().await;
    let (tenant, project) = tenant_and_project(1);
    let issued = world.issue(tenant, project).await;

    let Verdict::Good(claims) = world.resolve(digest(&issued)).await else { panic!("a new key is good") };
    assert_eq!((claims.tenant, claims.project, claims.key), (tenant, project, issued.info.id));
    let stored: String = sqlx_text(&world, "select string_agg(key::text, ' ') from license.key").await;
    assert!(!stored.contains(&issued.key));
    assert!(!stored.contains(&digest(&issued).to_string()));
}

#[tokio::test]
async fn a_key_nobody_issued_and_one_of_another_region_are_told_apart() {
    let world = World::start().await;
    let (tenant, project) = tenant_and_project(1);
    let issued = world.issue(tenant, project).await;

    assert_eq!(reason(&world.resolve(KeyText::generate("local").digest()).await), Some(Refused::Unknown));
    let elsewhere = world.resolve_as(&[digest(&issued)], "seoul").await.unwrap();
    assert_eq!(reason(&elsewhere[0]), Some(Refused::WrongRegion));
}

#[tokio::test]
async fn a_revoked_key_is_refused_with_a_higher_version_and_gateways_are_told() {
    let world = World::start().await;
    let (tenant, project) = tenant_and_project(1);
    let issued = world.issue(tenant, project).await;
    let mut events = world.bus.client.subscribe(KEY_EVENTS).await.unwrap();
    world.bus.client.flush().await.unwrap();

    let revoked = world.revoke(tenant, issued.info.id).await;

    assert!(revoked.info.unwrap().revoked_ms.is_some());
    let event: KeyEvent = serde_json::from_slice(&events.next().await.unwrap().payload).unwrap();
    assert_eq!((event.key, reason(&event.verdict)), (issued.info.id, Some(Refused::Revoked)));
    let Verdict::Refused { version, project: Some(told), .. } = world.resolve(digest(&issued)).await else {
        panic!("a revoked key is refused")
    };
    assert_eq!((version, told.project), (2, project));
}

#[tokio::test]
async fn revoking_twice_succeeds_and_keeps_the_first_time() {
    let world = World::start().await;
    let (tenant, project) = tenant_and_project(1);
    let issued = world.issue(tenant, project).await;
    let first = world.revoke(tenant, issued.info.id).await.info.unwrap();
    world.later(60_000);
    assert_eq!(world.revoke(tenant, issued.info.id).await.info.unwrap(), first);
}

#[tokio::test]
async fn another_tenants_key_can_be_neither_listed_nor_revoked() {
    let world = World::start().await;
    let (acme, project) = tenant_and_project(1);
    let (globex, _) = tenant_and_project(2);
    let issued = world.issue(acme, project).await;

    assert_eq!(world.revoke(globex, issued.info.id).await.info, None);
    assert_eq!(world.list(globex, project).await.keys, []);
    assert!(matches!(world.resolve(digest(&issued)).await, Verdict::Good(_)));
    assert_eq!(world.list(acme, project).await.keys, [issued.info]);
}

#[tokio::test]
async fn last_used_moves_forward_only_and_leaves_the_version_alone() {
    let world = World::start().await;
    let (tenant, project) = tenant_and_project(1);
    let issued = world.issue(tenant, project).await;
    for at_ms in [5_000, 3_000] {
        world
            .bus
            .publish(KEYS_USED.to_owned(), &KeysUsed { used: vec![(tenant, issued.info.id, at_ms)] })
            .await
            .unwrap();
    }
    wait_until("the report is noted", Duration::from_secs(5), || async {
        world.list(tenant, project).await.keys[0].last_used_ms == Some(5_000)
    })
    .await;
    let Verdict::Good(claims) = world.resolve(digest(&issued)).await else { panic!("still good") };
    assert_eq!(claims.version, 1);
}

#[tokio::test]
async fn without_postgres_a_question_is_unavailable_and_later_answered_again() {
    let world = World::start().await;
    let (tenant, project) = tenant_and_project(1);
    let issued = world.issue(tenant, project).await;

    world.gate.shut();
    let away = world.resolve_as(&[digest(&issued)], "local").await;
    assert!(matches!(away, Err(CallError::Unavailable(_))), "{away:?}");
    world.gate.open().await;
    wait_until("license answers again", Duration::from_secs(10), || async {
        world.resolve_as(&[digest(&issued)], "local").await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_key_is_not_issued() {
    let world = World::start().await;
    let (tenant, project) = tenant_and_project(1);
    for (region, name, code) in [("Not A Region", "first", "region"), ("local", "  ", "name")] {
        let question = IssueKey { tenant, project, region: region.to_owned(), name: name.to_owned() };
        let answer: Result<IssuedKey, _> = world.ask(KEYS_ISSUE, &question).await;
        assert!(matches!(answer, Err(CallError::Refused(refusal)) if refusal.code == code));
    }
    assert_eq!(world.list(tenant, project).await.keys, []);
}

async fn sqlx_text(world: &World, sql: &'static str) -> String {
    let pool = sqlx::PgPool::connect(&world.postgres.superuser_url()).await.unwrap();
    sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap()
}
