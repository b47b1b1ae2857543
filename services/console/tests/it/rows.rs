//! Row-level security as Postgres itself sees it.

use sqlx::PgPool;

use crate::bench::{Bench, new_project};

#[tokio::test]
async fn every_table_with_a_tenant_forces_row_security_and_the_role_cannot_step_around_it() {
    let bench = Bench::start().await;
    let pool = PgPool::connect(&bench.postgres.superuser_url()).await.unwrap();
    let tables: Vec<(String, bool, bool, bool)> = sqlx::query_as(
        "select relname::text, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) = 'naru_console'
           from pg_class
          where relnamespace = 'console'::regnamespace
            and relkind = 'r'
            and relname <> '_sqlx_migrations'
          order by relname",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(tables.len(), 10, "{tables:?}");
    for (table, enabled, forced, owned) in tables {
        assert!(enabled && forced && !owned, "{table}");
    }
    let (superuser, bypass): (bool, bool) =
        sqlx::query_as("select rolsuper, rolbypassrls from pg_roles where rolname = 'naru_console'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert!(!superuser && !bypass);
    // Foreign keys and primary keys of tenants' tables begin with the tenant.
    let keys: Vec<(String, String)> = sqlx::query_as(
        "select conrelid::regclass::text, pg_get_constraintdef(oid)
           from pg_constraint
          where connamespace = 'console'::regnamespace
            and contype in ('p', 'f')
            and exists (select 1 from pg_attribute where attrelid = conrelid and attname = 'tenant_id')",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    for (table, key) in keys {
        assert!(
            key.contains("(tenant_id") || key.contains("REFERENCES console.person(id)"),
            "{table}: {key}"
        );
    }
    pool.close().await;
    bench.stop().await;
}

#[tokio::test]
async fn the_role_sees_nothing_without_a_tenant_and_only_what_a_look_up_names() {
    let bench = Bench::start().await;
    for slug in ["acme", "globex"] {
        let mut tenant = bench.tenant(slug).await;
        assert_eq!(tenant.post("/api/v1/projects", new_project(slug)).await.status, 201);
        assert_eq!(tenant.post("/api/v1/tokens", serde_json::json!({"name": slug})).await.status, 201);
    }
    let pool = PgPool::connect(&bench.postgres.url_for("naru_console")).await.unwrap();
    let count = async |setting: &str, value: &str, table: &str| -> i64 {
        let mut tx = pool.begin().await.unwrap();
        sqlx::query("select set_config($1, $2, true)")
            .bind(setting)
            .bind(value)
            .execute(&mut *tx)
            .await
            .unwrap();
        let sql = format!("select count(*) from console.{table}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *tx).await.unwrap()
    };
    let tables = [
        "tenant",
        "person",
        "member",
        "session",
        "hand_over",
        "email_verification",
        "project",
        "api_token",
        "audit",
    ];
    for table in tables {
        for (setting, value) in [("app.tenant_id", ""), ("app.job", "other"), ("app.lookup_session", "")] {
            assert_eq!(count(setting, value, table).await, 0, "{table} with {setting}");
        }
    }
    assert_eq!(count("app.lookup_slug", "acme", "tenant").await, 1);
    assert_eq!(count("app.lookup_slug", "acme", "project").await, 0);
    assert_eq!(count("app.lookup_email", "owner@acme.example.com", "person").await, 1);
    assert_eq!(count("app.lookup_token", &"00".repeat(32), "api_token").await, 0);
    assert_eq!(count("app.job", "expire", "session").await, 2);
    assert_eq!(count("app.job", "expire", "project").await, 0);

    let superuser = PgPool::connect(&bench.postgres.superuser_url()).await.unwrap();
    let acme: uuid::Uuid = sqlx::query_scalar("select id from console.tenant where slug = 'acme'")
        .fetch_one(&superuser)
        .await
        .unwrap();
    for table in ["tenant", "person", "member", "project", "api_token"] {
        assert_eq!(count("app.tenant_id", &acme.to_string(), table).await, 1, "{table}");
    }
    // Writing for another tenant is refused, not only reading.
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("select set_config('app.tenant_id', $1, true)")
        .bind(uuid::Uuid::nil().to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
    let written = sqlx::query(
        "insert into console.project (tenant_id, id, name, platform, region, group_name, created_ms)
         values ($1, $1, 'x', 'go', 'local', 'x', 0)",
    )
    .bind(acme)
    .execute(&mut *tx)
    .await;
    assert!(written.unwrap_err().to_string().contains("row-level security"));
    drop(tx);
    // Secrets are nowhere in the tables.
    let dump: Vec<String> = sqlx::query_scalar("select to_jsonb(session)::text from console.session")
        .fetch_all(&superuser)
        .await
        .unwrap();
    assert!(dump.iter().all(|row| !row.contains("ncs_")));
    superuser.close().await;
    pool.close().await;
    bench.stop().await;
}

#[tokio::test]
async fn what_ended_is_deleted_a_day_later_and_what_lives_stays() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    acme.navigate("acme.apm.local.localhost", "/auth/start").await;
    let hand_over = format!("/auth/hand-over?host=acme.apm.local.localhost&nonce_digest={}", "0".repeat(64));
    assert_eq!(acme.navigate(crate::browser::CONSOLE, &hand_over).await.0.status, 303);
    crate::mailbox::mail_to(bench.mails.path(), "owner@acme.example.com", 1).await;
    let expire = || naru_console::jobs::expire::round(&bench.app);

    assert_eq!(expire().await.unwrap(), 0);
    bench.advance(std::time::Duration::from_secs(86_400 + 61));
    assert_eq!(expire().await.unwrap(), 1, "the code");
    bench.advance(std::time::Duration::from_secs(7 * 86_400));
    assert_eq!(expire().await.unwrap(), 1, "the link");
    bench.advance(std::time::Duration::from_secs(7 * 86_400));
    assert_eq!(expire().await.unwrap(), 1, "the session");
    bench.stop().await;
}

#[tokio::test]
async fn every_change_is_written_down_with_who_and_from_where() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    let project = acme.post("/api/v1/projects", new_project("shop")).await.json();
    let project = project["id"].as_str().unwrap();
    acme.post(&format!("/api/v1/projects/{project}/license-keys"), serde_json::json!({})).await;
    let token = acme.post("/api/v1/tokens", serde_json::json!({"name": "ci"})).await.json();
    acme.delete(&format!("/api/v1/tokens/{}", token["id"].as_str().unwrap())).await;
    acme.delete("/api/v1/sessions/current").await;

    let pool = PgPool::connect(&bench.postgres.superuser_url()).await.unwrap();
    let entries: Vec<(String, String, String, String)> =
        sqlx::query_as("select action, actor, subject, address from console.audit order by at_ms, id")
            .fetch_all(&pool)
            .await
            .unwrap();
    let mut actions: Vec<&str> = entries.iter().map(|entry| entry.0.as_str()).collect();
    actions.sort_unstable();
    let expected = [
        "key.issue",
        "key.request",
        "project.create",
        "session.close",
        "tenant.create",
        "token.create",
        "token.revoke",
    ];
    assert_eq!(actions, expected);
    assert!(
        entries.iter().all(|entry| entry.1.starts_with("usr_") && entry.3 == "198.51.100.7"),
        "{entries:?}"
    );
    assert!(entries.iter().any(|entry| entry.2 == project));
    pool.close().await;
    bench.stop().await;
}
