//! Sign-up: every reason to refuse, and one winner per name.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::bench::{Bench, sign_up};

fn with(slug: &str, field: &str, value: &str) -> Value {
    let mut form = sign_up(slug);
    form[field] = json!(value);
    form
}

#[tokio::test]
async fn each_wrong_field_is_named_with_its_reason() {
    let bench = Bench::start().await;
    bench.tenant("acme-tools").await;
    let mut browser = bench.browser();
    let long = "a".repeat(41);
    let table = [
        ("tenant", "www", "reserved"),
        ("tenant", "c0nsole", "confusable"),
        ("tenant", "acrne-tools", "confusable"),
        ("tenant", "acme-too1s", "confusable"),
        ("tenant", "acme-tools", "taken"),
        ("tenant", "xn--acme", "punycode"),
        ("tenant", "ab", "too_short"),
        ("tenant", long.as_str(), "too_long"),
        ("tenant", "Acme", "invalid"),
        ("tenant", "", "required"),
        ("email", "owner@acme-tools.example.com", "taken"),
        ("email", "OWNER@acme-tools.EXAMPLE.com", "taken"),
        ("email", "nobody", "invalid"),
        ("email", "", "required"),
        ("password", "short", "too_short"),
        ("password", "password1234", "common"),
        ("password", "owner@free.example.com", "same_as_email"),
        ("password", "", "required"),
        ("name", " ", "required"),
        ("name", "a\nb", "invalid"),
        ("company", "", "required"),
        ("region", "atlantis", "unknown"),
        ("locale", "xx", "unsupported"),
    ];
    for (field, value, code) in table {
        let answer = browser.post("/api/v1/signup", with("free", field, value)).await;
        assert_eq!(answer.status, 422, "{field}={value:?}: {}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.field_codes(), [format!("{field}:{code}")], "{value:?}");
    }
    let everything = browser.post("/api/v1/signup", json!({"tenant": "acme-tools"})).await.field_codes();
    let expected = [
        "company:required",
        "email:required",
        "name:required",
        "password:required",
        "region:required",
        "tenant:taken",
    ];
    assert_eq!(everything, expected);
    bench.stop().await;
}

#[tokio::test]
async fn availability_says_what_sign_up_would_say() {
    let bench = Bench::start().await;
    bench.tenant("acme").await;
    let mut browser = bench.browser();
    for (name, code) in
        [("acme", "taken"), ("acrne", "confusable"), ("admin", "reserved"), ("x", "too_short")]
    {
        let answer = browser.get(&format!("/api/v1/signup/availability?tenant={name}")).await.json();
        assert_eq!((&answer["available"], &answer["code"]), (&json!(false), &json!(code)), "{name}");
    }
    let free = browser.get("/api/v1/signup/availability?tenant=globex").await;
    assert_eq!(free.json(), json!({"tenant": "globex", "available": true}));
    assert_eq!(browser.get("/api/v1/signup/availability").await.status, 422);
    bench.stop().await;
}

#[tokio::test]
async fn of_twenty_who_race_for_a_name_one_wins_and_nothing_is_half_made() {
    let bench = Bench::start().await;
    let race = (0..20).map(|number| {
        let mut browser = bench.browser();
        let form = with("acme", "email", &format!("racer{number}@example.com"));
        async move { browser.post("/api/v1/signup", form).await }
    });
    let answers = join_all(race).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(
            (answer.status, answer.field_codes()),
            (422, vec!["tenant:taken".to_owned()]),
            "{}",
            answer.text
        );
    }

    let race = (0..20).map(|number| {
        let mut browser = bench.browser();
        let form = with(&format!("globex-{number}"), "email", "same@example.com");
        async move { browser.post("/api/v1/signup", form).await }
    });
    let answers = join_all(race).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);

    let pool = sqlx::PgPool::connect(&bench.postgres.superuser_url()).await.unwrap();
    for table in ["tenant", "person", "member", "session"] {
        let count: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from console.{table}")))
                .fetch_one(&pool)
                .await
                .unwrap();
        assert_eq!(count, 2, "{table}");
    }
    pool.close().await;
    bench.stop().await;
}

#[tokio::test]
async fn a_mail_server_that_is_away_delays_a_mail_and_loses_none() {
    let bench = Bench::start().await;
    // A file where the folder should be: nothing can be written there.
    std::fs::remove_dir_all(bench.mails.path()).unwrap();
    std::fs::write(bench.mails.path(), "").unwrap();
    bench.tenant("acme").await;
    let pool = sqlx::PgPool::connect(&bench.postgres.superuser_url()).await.unwrap();
    let attempts = async || -> i32 {
        sqlx::query_scalar("select coalesce(max(attempts), 0) from console.mail_outbox")
            .fetch_one(&pool)
            .await
            .unwrap()
    };
    naru_testkit::wait_until("sending was tried", std::time::Duration::from_secs(10), || async {
        attempts().await > 0
    })
    .await;

    std::fs::remove_file(bench.mails.path()).unwrap();
    std::fs::create_dir(bench.mails.path()).unwrap();
    bench.advance(std::time::Duration::from_secs(900));
    let mail = crate::mailbox::mail_to(bench.mails.path(), "owner@acme.example.com", 1).await;
    assert!(mail.contains("/verify?token="));
    pool.close().await;
    bench.stop().await;
}
