use std::{future::poll_fn, task::Poll};

use naru_ids::{TenantId, UnixMs};
use naru_postgres::{Error, Pool};
use naru_testkit::postgres;

use crate::{owner_pool, pool};

async fn is_inside_a_transaction(pool: &Pool) -> bool {
    // Outside a transaction, each statement has a transaction start of its own.
    let mut connection = pool.executor().acquire().await.unwrap();
    let first: String = sqlx::query_scalar("select now()::text").fetch_one(&mut *connection).await.unwrap();
    let second: String = sqlx::query_scalar("select now()::text").fetch_one(&mut *connection).await.unwrap();
    first == second
}

/// Polls `future` up to so many times and drops it where it then waits, as a server does with a client that hangs up.
async fn cut_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let (mut future, mut left) = (Box::pin(future), polls);
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_aborted_request_leaves_no_open_transaction_in_the_pool() {
    let postgres = postgres().await;
    let pool = owner_pool(&postgres, 2).await;
    sqlx::query("create table written (n int)").execute(pool.executor()).await.unwrap();
    let tenant = TenantId::new(UnixMs(1));

    // Cut the request off at every point where it waits; with the driver's own begin() this fails. Late cuts first,
    // since a transaction that is complete and rolls back would heal what an earlier cut had left open.
    for polls in (0..8).rev() {
        for _ in 0..10 {
            drop(cut_after(polls, pool.begin_tenant(tenant)).await);
        }
    }

    for n in 0..20 {
        assert!(!is_inside_a_transaction(&pool).await);
        sqlx::query("insert into written values ($1)").bind(n).execute(pool.executor()).await.unwrap();
    }
    pool.close().await;
    let fresh = owner_pool(&postgres, 1).await;
    let kept: i64 =
        sqlx::query_scalar("select count(*) from written").fetch_one(fresh.executor()).await.unwrap();
    assert_eq!(kept, 20, "a write vanished with somebody else's transaction");
}

#[tokio::test]
async fn committing_an_aborted_transaction_is_an_error() {
    let postgres = postgres().await;
    let pool = owner_pool(&postgres, 1).await;
    sqlx::query("create table written (n int primary key)").execute(pool.executor()).await.unwrap();
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("insert into written values (1)").execute(&mut *tx).await.unwrap();
    let twice = sqlx::query("insert into written values (1)").execute(&mut *tx).await;
    assert!(twice.is_err());

    assert!(matches!(tx.commit().await, Err(Error::Aborted(_))));

    let kept: i64 =
        sqlx::query_scalar("select count(*) from written").fetch_one(pool.executor()).await.unwrap();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn a_dropped_transaction_writes_nothing_and_a_committed_one_stays() {
    let postgres = postgres().await;
    let pool = owner_pool(&postgres, 1).await;
    sqlx::query("create table written (n int)").execute(pool.executor()).await.unwrap();
    for (n, commit) in [(1, false), (2, true)] {
        let mut tx = pool.begin().await.unwrap();
        sqlx::query("insert into written values ($1)").bind(n).execute(&mut *tx).await.unwrap();
        if commit {
            tx.commit().await.unwrap();
        }
    }
    let kept: Vec<i32> =
        sqlx::query_scalar("select n from written").fetch_all(pool.executor()).await.unwrap();
    assert_eq!(kept, [2]);
}

#[tokio::test]
async fn a_tenant_sees_its_own_rows_only_and_no_connection_remembers_it() {
    let postgres = postgres().await;
    let owner = owner_pool(&postgres, 1).await;
    sqlx::raw_sql(
        "create table note (tenant_id uuid not null, text text not null);
         alter table note enable row level security;
         alter table note force row level security;
         create policy tenant on note
             using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
             with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
         create schema seen; grant usage on schema public to naru_console;
         grant select, insert on note to naru_console;",
    )
    .execute(owner.executor())
    .await
    .unwrap();
    let pool = pool(&postgres, "naru_console", 1).await;
    let (acme, globex) = (TenantId::new(UnixMs(1)), TenantId::new(UnixMs(2)));
    for tenant in [acme, globex] {
        let mut tx = pool.begin_tenant(tenant).await.unwrap();
        assert_eq!(tx.tenant(), tenant);
        sqlx::query("insert into note values ($1, 'mine')")
            .bind(tenant.uuid())
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    let mut tx = pool.begin_tenant(acme).await.unwrap();
    let seen: Vec<(sqlx::types::Uuid,)> =
        sqlx::query_as("select tenant_id from note").fetch_all(&mut *tx).await.unwrap();
    assert_eq!(seen, [(acme.uuid(),)]);
    let foreign =
        sqlx::query("insert into note values ($1, 'theirs')").bind(globex.uuid()).execute(&mut *tx).await;
    assert!(foreign.is_err(), "a row of another tenant was written");
    drop(tx);
    let outside: i64 =
        sqlx::query_scalar("select count(*) from note").fetch_one(pool.executor()).await.unwrap();
    assert_eq!(outside, 0, "the connection still carries a tenant");
}
