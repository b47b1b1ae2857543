//! The servers are real, fresh and killable.

use std::time::Duration;

use naru_testkit::{nats, postgres, redis, wait_until};
use sqlx::{Connection, PgConnection};

#[tokio::test]
async fn every_database_is_fresh_and_roles_cannot_bypass_row_security() {
    let (one, two) = (postgres().await, postgres().await);
    let mut owner = PgConnection::connect(&one.owner_url()).await.unwrap();
    sqlx::query("create table only_here (n int)").execute(&mut owner).await.unwrap();
    let mut other = PgConnection::connect(&two.url_for("naru_console")).await.unwrap();
    assert!(sqlx::query("select * from only_here").execute(&mut other).await.is_err());
    let strong: i64 = sqlx::query_scalar(
        "select count(*) from pg_roles where rolname like 'naru%' and (rolsuper or rolbypassrls)",
    )
    .fetch_one(&mut other)
    .await
    .unwrap();
    assert_eq!(strong, 0);
}

#[tokio::test]
async fn a_killed_server_comes_back_at_the_same_address() {
    let (nats, redis) = (nats().await, redis().await);
    for server in [&*nats, &*redis] {
        let before = server.pid().unwrap();
        server.restart();
        wait_until("another process serves", Duration::from_secs(5), || async {
            server.pid().unwrap() != before
        })
        .await;
    }
}
