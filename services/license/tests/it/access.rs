//! Row-level security stands, whoever forgets a `where`.

use naru_license::License;
use naru_runtime::Service;
use naru_testkit::postgres;

#[tokio::test]
async fn every_table_with_a_tenant_forces_row_security_and_shows_nothing_without_one() {
    let postgres = postgres().await;
    License::migrate(&postgres.owner_url()).await.unwrap();
    let owner = sqlx::PgPool::connect(&postgres.superuser_url()).await.unwrap();
    let open: Vec<String> = sqlx::query_scalar(
        "select c.relname::text
           from pg_class c
           join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
          where c.relnamespace = 'license'::regnamespace
            and c.relkind = 'r'
            and not (c.relrowsecurity and c.relforcerowsecurity)",
    )
    .fetch_all(&owner)
    .await
    .unwrap();
    assert_eq!(open, Vec::<String>::new());

    sqlx::query(
        "insert into license.key (id, tenant_id, project_id, mac, region, name, hint, retention_days, created_ms)
         values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), decode(repeat('ab', 32), 'hex'), 'local', 'n', 'h', 14, 1)",
    )
    .execute(&owner)
    .await
    .unwrap();
    let service = sqlx::PgPool::connect(&postgres.url_for("naru_license")).await.unwrap();
    let seen: i64 = sqlx::query_scalar("select count(*) from license.key").fetch_one(&service).await.unwrap();
    assert_eq!(seen, 0);
}
