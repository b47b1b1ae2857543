use naru_postgres::{Error, check_schema, migrate};
use naru_testkit::postgres;
use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

use crate::pool;

fn migrator(steps: &[(i64, &'static str)]) -> Migrator {
    let step = |&(version, sql): &(i64, &'static str)| {
        Migration::new(version, "step".into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(steps.iter().map(step).collect())
}

const ONE: (i64, &str) = (1, "create table bread (n int)");
const TWO: (i64, &str) = (2, "alter table bread add crust int");

#[tokio::test]
async fn a_service_refuses_a_schema_that_is_missing_older_newer_or_other() {
    let postgres = postgres().await;
    let pool = pool(&postgres, "naru_license", 1).await;
    let current = migrator(&[ONE, TWO]);
    assert!(matches!(check_schema(&pool, "bakery", &current).await, Err(Error::ReadVersions { .. })));

    migrate(&postgres.owner_url(), "bakery", &migrator(&[ONE])).await.unwrap();
    grant_usage(&postgres).await;
    assert!(matches!(check_schema(&pool, "bakery", &current).await, Err(Error::Behind { version: 2, .. })));

    migrate(&postgres.owner_url(), "bakery", &current).await.unwrap();
    migrate(&postgres.owner_url(), "bakery", &current).await.unwrap();
    check_schema(&pool, "bakery", &current).await.unwrap();
    assert!(matches!(
        check_schema(&pool, "bakery", &migrator(&[ONE])).await,
        Err(Error::Ahead { version: 2, .. })
    ));
    let other = migrator(&[ONE, (2, "alter table bread add crumb int")]);
    assert!(matches!(check_schema(&pool, "bakery", &other).await, Err(Error::Changed { version: 2, .. })));
}

#[tokio::test]
async fn two_migrations_at_once_and_two_schemas_do_not_meet() {
    let postgres = postgres().await;
    let url = postgres.owner_url();
    let current = migrator(&[ONE, TWO]);
    let (a, b, c) = tokio::join!(
        migrate(&url, "bakery", &current),
        migrate(&url, "bakery", &current),
        migrate(&url, "cellar", &current)
    );
    a.unwrap();
    b.unwrap();
    c.unwrap();
}

/// What a service's first migration does for its own login role.
async fn grant_usage(postgres: &naru_testkit::Postgres) {
    let owner = crate::owner_pool(postgres, 1).await;
    sqlx::query("grant usage on schema bakery to naru_license").execute(owner.executor()).await.unwrap();
}
