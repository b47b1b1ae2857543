//! Negative controls: a harness that cannot catch a broken build is no harness. Each of the breaks is real to
//! whoever looks from outside, and each must be seen by the oracle, the matrix or the recount that would have to see it.
//!
//! No binary of ours can be built broken: what a broken gateway would do is done by a [`Middleman`], what a broken writer
//! would leave in the catalog by a trigger there, and what a statement without its filter would read by a view.

use std::{panic::AssertUnwindSafe, path::PathBuf, sync::Arc, time::Duration};

use futures::FutureExt;
use naru_e2e::{
    Shape, Stack, Tenant,
    faults::{eventually, lake, reader, recount},
    sign_up,
};
use naru_ids::TenantId;
use naru_load::{
    corpus::{Corpus, Part, Signal},
    drive::{Plan, Progress, drive, now_ms},
    fleet::Fleet,
    ledger::{Account, Ledger, Line},
    oracle::{Verdict, judge},
    send::{HttpSender, Sender},
};
use nix::{sys::signal, unistd::Pid};
use sqlx::{Connection, PgConnection};

use crate::{
    isolation::{Needs, World, at_globexs_host, at_the_console},
    middleman::{Habit, Middleman},
};

const ENV: [(&str, &str); 1] = [("NARU_WRITER_CUT_INTERVAL_MS", "1000")];
const HOUR_MS: u64 = 3_600_000;
const SPANS: Signal = Signal::Traces;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_broken_builds_are_caught() {
    let stack = Stack::start(Shape::OneProcess, &ENV).unwrap();
    a_gateway_that_answers_before_the_bus_has_it(&stack).await;
    a_writer_that_acknowledges_what_it_never_commits(&stack).await;
    a_gateway_that_counts_usage(&stack).await;
    a_query_without_its_tenant_filter(&stack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sums_that_do_not_count_all_rows_are_caught() {
    let stack = Stack::start(Shape::Split, &ENV).unwrap();
    a_writer_that_loses_sums(&stack).await;
}

/// Caught by the ledger: acknowledged spans are lost.
async fn a_gateway_that_answers_before_the_bus_has_it(stack: &Stack) {
    let status = stack.status().unwrap();
    let middleman = Middleman::before(&status.otlp_http, Habit::AnswersFirst).await;
    let mut load = Load::begin(stack, "hasty-co").await;
    let gateway = status.services["ingest"].pid.unwrap();
    let hasty = format!("http://{}", middleman.addr);
    let sending = load.send(&hasty);
    let killing = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        signal::kill(Pid::from_raw(gateway), signal::SIGKILL).unwrap();
    };
    tokio::join!(sending, killing);
    eventually("the gateway is back, and the middleman has passed on what it had", || async {
        middleman.is_idle() && stack.status().is_ok_and(|status| status.state == "ready")
    })
    .await
    .unwrap();
    load.wait_until_all_before_is_stored().await;

    let verdict = load.judge().await;
    assert!(verdict.lost > 0 && !verdict.holds(), "not caught: {verdict}");
}

/// Caught by the ledger: what was counted as stored is not there. The trigger leaves in the catalog what such a writer
/// leaves when it dies after its acknowledgement: an offset that has moved, and no rows.
async fn a_writer_that_acknowledges_what_it_never_commits(stack: &Stack) {
    let mut load = Load::begin(stack, "early-co").await;
    let mut catalog = superuser(stack).await;
    let id = load.tenant_id();
    let is_lost = format!("new.tenant_id = '{id}' and new.holds = 1");
    lose_rows(&mut catalog, "lake.segment", &is_lost).await;
    load.send(&stack.status().unwrap().otlp_http).await;
    let sent = load.acknowledged();
    load.wait_until_billed(sent).await;
    keep_rows(&mut catalog).await;

    let verdict = load.judge().await;
    assert!(verdict.lost > 0 && !verdict.holds(), "not caught: {verdict}");
    assert_ne!(load.billed().await, verdict.found, "the bill disagrees, too");
}

/// Caught by the bill: what came twice is stored once and billed twice.
async fn a_gateway_that_counts_usage(stack: &Stack) {
    let status = stack.status().unwrap();
    let middleman = Middleman::before(&status.otlp_http, Habit::CountsAndLosesAnswers).await;
    let mut load = Load::begin(stack, "eager-co").await;
    let mut catalog = superuser(stack).await;
    let id = load.tenant_id();
    // The writer's own count does not count.
    let is_lost = format!("new.tenant_id = '{id}' and current_user = 'naru_writer'");
    lose_rows(&mut catalog, "lake.usage_outbox", &is_lost).await;
    load.send(&format!("http://{}", middleman.addr)).await;
    let counted = i64::try_from(middleman.spans()).unwrap();
    sqlx::query(
        "insert into lake.usage_outbox (id, tenant_id, project_id, signal, hour, items, bytes)
         values (gen_random_uuid(), $1, $2, 1, date_trunc('hour', now()), $3, 1)",
    )
    .bind(id)
    .bind(load.project_id())
    .bind(counted)
    .execute(&mut catalog)
    .await
    .unwrap();
    load.wait_until_billed(middleman.spans()).await;
    keep_rows(&mut catalog).await;

    let verdict = load.judge().await;
    assert!(verdict.holds(), "resent bytes are stored once all the same: {verdict}");
    let billed = load.billed().await;
    assert!(billed > verdict.found, "not caught: {billed} billed, {verdict}");
}

/// Caught by the recount alone: every span is stored and billed, and dashboards lack some.
async fn a_writer_that_loses_sums(stack: &Stack) {
    let mut load = Load::begin(stack, "lossy-co").await;
    let mut catalog = superuser(stack).await;
    let otlp_http = stack.status().unwrap().otlp_http;
    let recounted = |load: &Load<'_>| recount(stack, &load.tenant, load.first_ms, now_ms()).unwrap();
    load.send(&otlp_http).await;
    load.wait_until_billed(load.acknowledged()).await;
    let whole = recounted(&load);
    assert!(whole.holds(), "{whole}");

    lose_rows(
        &mut catalog,
        "lake.segment",
        &format!("new.tenant_id = '{}' and new.holds = 4", load.tenant_id()),
    )
    .await;
    load.send(&otlp_http).await;
    load.wait_until_billed(load.acknowledged()).await;
    keep_rows(&mut catalog).await;

    let verdict = load.judge().await;
    assert!(verdict.holds(), "no span is lost: {verdict}");
    let recount = recounted(&load);
    assert!(recount.differences > 0 && !recount.holds(), "not caught: {recount}");
}

/// Caught by the matrix: globex is shown a project of acme's, and query takes acme's project for one of globex's.
///
/// The view stands for statements that leave the tenant out, where row-level security has a hole, too: console reads every
/// row as the asker's own. What it then tells of projects is what query goes by.
async fn a_query_without_its_tenant_filter(stack: &Stack) {
    let world = World::found(&stack.status().unwrap()).await;
    let shown = ("GET", "/api/v1/projects/{id}", Needs::Owner);
    let asked = ("GET", "/api/v1/projects/{id}/applications", Needs::Owner);
    let probe_all = || async {
        let at_the_console = panic_of(world.probe(world.console(), &shown, &at_the_console())).await;
        (at_the_console, panic_of(world.probe(world.globexs_host(), &asked, &at_globexs_host())).await)
    };
    assert_eq!(probe_all().await, (None, None), "whole");

    let mut catalog = superuser(stack).await;
    let without_filter = "alter table console.project rename to project_of_somebody;
        create view console.project as
        select nullif(current_setting('app.tenant_id', true), '')::uuid as tenant_id,
               id, name, platform, region, group_name, created_ms, first_data_ms
          from console.project_of_somebody;
        grant select on console.project to naru_console";
    sqlx::raw_sql(without_filter).execute(&mut catalog).await.unwrap();
    let (at_the_console, at_globexs_host) = probe_all().await;
    let as_before = "drop view console.project; alter table console.project_of_somebody rename to project";
    sqlx::raw_sql(as_before).execute(&mut catalog).await.unwrap();

    let said = at_the_console.expect("a shown project must be caught");
    assert!(
        said.contains("leaked") && said.contains("globex's session"),
        "caught for another reason: {said}"
    );
    let said = at_globexs_host.expect("an answer about another's project must be caught");
    assert!(said.contains("globex's session: 200"), "caught for another reason: {said}");
    // Query remembers for a second who calls.
    eventually("globex is refused again", || async { probe_all().await == (None, None) }).await.unwrap();
}

/// What a probe that fails says; `None` of one that finds nothing.
async fn panic_of(probing: impl Future<Output = usize>) -> Option<String> {
    let panic = AssertUnwindSafe(probing).catch_unwind().await.err()?;
    Some(panic.downcast_ref::<String>().cloned().unwrap_or_default())
}

/// From now on rows for which this holds never come to be, and whoever inserts them is told that they did.
async fn lose_rows(catalog: &mut PgConnection, table: &str, is_lost: &str) {
    let statements = format!(
        "create function lake.lose_row() returns trigger language plpgsql as $$ begin
           if {is_lost} then return null; end if;
           return new;
         end $$;
         create trigger lose_row before insert on {table} for each row execute function lake.lose_row()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(catalog).await.unwrap();
}

async fn keep_rows(catalog: &mut PgConnection) {
    sqlx::raw_sql("drop function lake.lose_row cascade").execute(catalog).await.unwrap();
}

async fn superuser(stack: &Stack) -> PgConnection {
    let url = std::fs::read_to_string(stack.data().join("secrets/superuser-url")).unwrap();
    PgConnection::connect(url.trim()).await.unwrap()
}

/// What a tenant sends, and its ledger.
struct Load<'a> {
    stack: &'a Stack,
    tenant: Tenant,
    corpus: Arc<Corpus>,
    ledger: PathBuf,
    first_ms: u64,
}

impl<'a> Load<'a> {
    async fn begin(stack: &'a Stack, slug: &str) -> Self {
        let tenant = sign_up(&stack.status().unwrap(), slug).await.unwrap();
        let corpus = Arc::new(Corpus::new(11, 4));
        let ledger = stack.data().join(format!("{slug}.jsonl"));
        Ledger::open(&ledger).unwrap().write(&Line::Corpus(corpus.shape().clone())).unwrap();
        Self { stack, tenant, corpus, ledger, first_ms: now_ms() }
    }

    /// A few seconds of requests to this address.
    async fn send(&mut self, otlp_http: &str) {
        self.drive(otlp_http, 20.0, Duration::from_secs(3)).await;
    }

    async fn drive(&mut self, otlp_http: &str, requests_per_s: f64, duration: Duration) {
        let sender = HttpSender::new(otlp_http, &self.tenant.license_key, Duration::from_secs(10)).unwrap();
        let first_request = self.account().next_request();
        let plan = Plan { first_request, requests_per_s, duration, settle: Duration::from_secs(60) };
        let fleet = Fleet::of_one(vec![Sender::Http(sender)]);
        let ledger = Ledger::open(&self.ledger).unwrap();
        let (corpus, progress) = (Arc::clone(&self.corpus), Arc::new(Progress::default()));
        drive(plan, corpus, Arc::new(fleet), Arc::new(ledger), progress).await.unwrap();
    }

    /// One request straight to the gateway: when it is stored, so is all that its partition had before.
    async fn wait_until_all_before_is_stored(&mut self) {
        let number = self.account().next_request();
        self.drive(&self.stack.status().unwrap().otlp_http, 1.0, Duration::from_millis(500)).await;
        let lake = lake(self.stack).await.unwrap();
        let key = self.corpus.keys(number, 0, Part::All(SPANS))[0];
        eventually("the last request is stored", || async {
            lake.items(self.tenant_id(), SPANS).await.is_ok_and(|spans| spans.contains_key(&key))
        })
        .await
        .unwrap();
    }

    async fn wait_until_billed(&self, spans: u64) {
        eventually("usage is totalled", || async { self.billed().await >= spans }).await.unwrap();
    }

    async fn billed(&self) -> u64 {
        let reader = reader(self.stack, &self.tenant).unwrap();
        reader.billed_spans(self.first_ms - HOUR_MS, now_ms() + HOUR_MS).await.unwrap()
    }

    async fn judge(&self) -> Verdict {
        let lake = lake(self.stack).await.unwrap();
        let found = lake.items(self.tenant_id(), SPANS).await.unwrap();
        judge(&self.account(), &self.corpus, &found, Part::All(SPANS))
    }

    fn acknowledged(&self) -> u64 {
        self.account().acknowledged_items()
    }

    fn account(&self) -> Account {
        Account::read(&self.ledger).unwrap()
    }

    fn tenant_id(&self) -> uuid::Uuid {
        self.tenant.id.parse::<TenantId>().unwrap().uuid()
    }

    fn project_id(&self) -> uuid::Uuid {
        self.tenant.project.parse::<naru_ids::ProjectId>().unwrap().uuid()
    }
}
