//! A dashboard shows what was sent: a reader that shares no code with the product counts every exported span again.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use naru_e2e::{Shape, Stack, Tenant, faults::eventually, senders, sign_up};
use naru_load::{
    corpus::{Corpus, Part},
    drive::{Plan, Progress, drive, now_ms},
    figures::{Figures, Transaction},
    fleet::Fleet,
    ledger::{Account, Ledger, Line},
    store::transactions,
};
use serde_json::Value;
use tempfile::TempDir;

/// Nothing is cut while spans come: until the stack is started again, every figure is of the live tail.
const ONE_TAIL: [(&str, &str); 1] = [("NARU_WRITER_CUT_INTERVAL_MS", "600000")];
const HOUR_MS: u64 = 3_600_000;
/// Spans begin so long before their request at most.
const EARLIEST_MS: u64 = 10_000;
/// Half a bucket of a histogram with sixteen to a doubling: 2^(1/32) - 1.
const BUCKET_PERCENT: f64 = 2.19;
/// Percent. Sums of the same numbers in another order.
const ROUNDING: f64 = 1e-9;
/// Of distinct users, the root of the mean square over all subjects; the standard error of one is 1.6 %, so that one alone
/// may be off by three of them.
const USERS_PERCENT: f64 = 2.0;
const USERS_PERCENT_OF_ONE: f64 = 5.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dashboard_shows_what_an_independent_reader_counts_from_the_tail_and_from_the_lake() {
    let stack = Stack::start(Shape::Split, &ONE_TAIL).unwrap();
    let load = Load::send(&stack).await;
    load.wait_until_all_is_shown().await;

    let fresh = load.shown().await;
    stack.restart(&ONE_TAIL).unwrap();
    load.wait_until_all_is_shown().await;
    let stored = load.shown().await;

    // What the stop has cut is all there is.
    let counted = transactions(&load.export(&stack)).unwrap();
    assert_eq!(counted.len() as u64, load.entry_spans);
    for (shown, from) in [(fresh, "the tail"), (stored, "the lake")] {
        assert_equal(&shown, &counted, from);
    }
}

/// What one tenant has sent, and where it is asked for.
struct Load {
    tenant: Tenant,
    /// Its ledger and its export.
    files: TempDir,
    entry_spans: u64,
    /// Unix ms, whole hours.
    from_ms: u64,
    to_ms: u64,
}

/// Answers of one moment.
struct Shown {
    applications: Value,
    project: Value,
    /// By name.
    each: Vec<(String, Value)>,
    asked: Asked,
}

/// Unix ms before the first and after the last of some questions: rates are of the time that had passed between.
#[derive(Debug, Clone, Copy)]
struct Asked {
    before_ms: u64,
    after_ms: u64,
}

impl Asked {
    /// How many there are by a rate of this stretch (unix ms): no fewer, and no more.
    fn counted(self, per_second: f64, (from_ms, to_ms): (f64, f64)) -> (f64, f64) {
        let seconds = |now_ms: u64| {
            let until_ms = if now_ms as f64 > from_ms { to_ms.min(now_ms as f64) } else { to_ms };
            (until_ms - from_ms).max(1_000.0) / 1e3
        };
        (per_second * seconds(self.before_ms), per_second * seconds(self.after_ms))
    }
}

impl Load {
    /// Some ten thousand spans of the shop's corpus.
    async fn send(stack: &Stack) -> Self {
        let status = stack.status().unwrap();
        let tenant = sign_up(&status, "figures-co").await.unwrap();
        let corpus = Arc::new(Corpus::new(4, 64));
        let files = tempfile::tempdir().unwrap();
        let path = files.path().join("ledger.jsonl");
        let ledger = Ledger::open(&path).unwrap();
        ledger.write(&Line::Corpus(corpus.shape().clone())).unwrap();
        let first_ms = now_ms();
        let plan = Plan {
            first_request: 0,
            requests_per_s: 8.0,
            duration: Duration::from_secs(4),
            settle: Duration::from_secs(30),
        };
        let fleet = senders(&status, &tenant.license_key, Duration::from_secs(10)).unwrap();
        let (fleet, progress) = (Arc::new(Fleet::of_one(fleet)), Arc::new(Progress::default()));
        drive(plan, Arc::clone(&corpus), fleet, Arc::new(ledger), progress).await.unwrap();
        let account = Account::read(&path).unwrap();
        let sent: u64 = account.requests.values().map(|entry| u64::from(entry.items)).sum();
        assert_eq!(account.acknowledged_items(), sent);
        let entries = |number| corpus.keys(number, 0, Part::EntrySpans).len() as u64;
        let entry_spans = account.requests.keys().map(|&number| entries(number)).sum();
        Self {
            tenant,
            files,
            entry_spans,
            from_ms: (first_ms - EARLIEST_MS) / HOUR_MS * HOUR_MS,
            to_ms: now_ms() / HOUR_MS * HOUR_MS + HOUR_MS,
        }
    }

    async fn wait_until_all_is_shown(&self) {
        eventually("the dashboard has every transaction", || async {
            let dashboard = self.ask("dashboard", "").await;
            dashboard.is_some_and(|dashboard| {
                is_whole(&dashboard) && dashboard["totals"]["transactions"].as_u64() == Some(self.entry_spans)
            })
        })
        .await
        .unwrap();
    }

    async fn shown(&self) -> Shown {
        let before_ms = now_ms();
        let applications = self.ask("applications", "").await.unwrap();
        let project = self.ask("dashboard", "").await.unwrap();
        let mut each = Vec::new();
        for application in applications["applications"].as_array().unwrap() {
            let name = application["name"].as_str().unwrap().to_owned();
            let dashboard = self.ask("dashboard", &format!("&application={name}")).await.unwrap();
            each.push((name, dashboard));
        }
        Shown { applications, project, each, asked: Asked { before_ms, after_ms: now_ms() } }
    }

    /// `None` while query or somebody it needs is not there.
    async fn ask(&self, what: &str, more: &str) -> Option<Value> {
        let Self { tenant, from_ms, to_ms, .. } = self;
        let path = format!("/api/v1/projects/{}/{what}?from={from_ms}&to={to_ms}{more}", tenant.project);
        let answer = tenant.apm.with_token(&tenant.token).get(&path).await.ok()?;
        (answer.status == 200).then(|| answer.json().unwrap())
    }

    fn export(&self, stack: &Stack) -> PathBuf {
        let out = self.files.path().join("export");
        let mut export = stack.command("writer").unwrap();
        export.args(["export", "--tenant", &self.tenant.id, "--out"]).arg(&out);
        let done = export.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        out
    }
}

fn is_whole(answer: &Value) -> bool {
    answer["incomplete"].as_array().is_some_and(Vec::is_empty)
}

fn assert_equal(shown: &Shown, counted: &[Transaction], from: &str) {
    let names: BTreeSet<&str> = counted.iter().map(|one| one.application.as_str()).collect();
    let shown_names: BTreeSet<&str> = shown.each.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(shown_names, names, "applications from {from}");
    let mut users_off =
        vec![assert_dashboard(&shown.project, counted, shown.asked, &format!("the project from {from}"))];
    for (name, dashboard) in &shown.each {
        let of = format!("{name} from {from}");
        let own: Vec<Transaction> = counted.iter().filter(|one| one.application == *name).cloned().collect();
        users_off.push(assert_dashboard(dashboard, &own, shown.asked, &of));
        let listed = shown.applications["applications"].as_array().unwrap();
        let listed = listed.iter().find(|listed| listed["name"] == name.as_str()).unwrap();
        assert_totals(listed, &shown.applications, &Figures::of(own.iter()).unwrap(), shown.asked, &of);
    }
    let squares: f64 = users_off.iter().map(|percent| percent * percent).sum();
    let off = (squares / users_off.len() as f64).sqrt();
    assert!(off <= USERS_PERCENT, "users from {from} are {off} % off: {users_off:?}");
}

/// Answers how far off the number of users is, percent.
fn assert_dashboard(dashboard: &Value, counted: &[Transaction], asked: Asked, of: &str) -> f64 {
    assert!(is_whole(dashboard), "{of}: {dashboard}");
    let figures = Figures::of(counted.iter()).unwrap();
    assert_totals(&dashboard["totals"], dashboard, &figures, asked, of);
    assert_columns(dashboard, counted, asked, of);
    assert_eq!(dashboard["totals"]["apdex"]["t_ms"], 500, "{of}");
    let percent = percent_off(&dashboard["users"]["total"], figures.users as f64);
    assert!(percent <= USERS_PERCENT_OF_ONE, "{of}: {percent} % of {} users", figures.users);
    percent
}

/// `answer` says which range it is of.
fn assert_totals(totals: &Value, answer: &Value, figures: &Figures, asked: Asked, of: &str) {
    let range_ms = (number(&answer["from_ms"]), number(&answer["to_ms"]));
    let Figures { transactions, errors, .. } = *figures;
    assert_eq!(
        (totals["transactions"].as_u64(), totals["errors"].as_u64()),
        (Some(transactions), Some(errors)),
        "{of}"
    );
    let (transactions, errors) = (transactions as f64, errors as f64);
    for (name, expected, percent_max) in [
        ("error_rate", errors / transactions, ROUNDING),
        ("mean_ms", figures.mean_ms, ROUNDING),
        ("max_ms", figures.max_ms, ROUNDING),
        ("p50_ms", figures.p50_ms, BUCKET_PERCENT),
        ("p95_ms", figures.p95_ms, BUCKET_PERCENT),
        ("p99_ms", figures.p99_ms, BUCKET_PERCENT),
    ] {
        let percent = percent_off(&totals[name], expected);
        assert!(percent <= percent_max, "{name} of {of} is {} and should be {expected}", totals[name]);
    }
    assert_rate(&totals["tps"], transactions, (asked, range_ms), of);
    for bound in ["score", "at_least", "at_most"] {
        let apdex = &totals["apdex"][bound];
        let percent = percent_off(apdex, figures.apdex);
        assert!(percent <= ROUNDING, "APDEX of {of} is {apdex} and should be {}", figures.apdex);
    }
}

/// Each column counts the transactions that began in it, and together they are all.
fn assert_columns(dashboard: &Value, counted: &[Transaction], asked: Asked, of: &str) {
    let [from_ms, step_ms] = ["from_ms", "step_ms"].map(|name| number(&dashboard[name]));
    let columns = dashboard["tps"].as_array().unwrap();
    let errors = dashboard["errors"].as_array().unwrap();
    for (column, (tps, errors)) in columns.iter().zip(errors).enumerate() {
        let begins_ms = from_ms + column as f64 * step_ms;
        let is_in = |one: &&Transaction| {
            let at_ms = (one.start_ns / 1_000_000) as f64;
            begins_ms <= at_ms && at_ms < begins_ms + step_ms
        };
        let own = || counted.iter().filter(is_in);
        let stretch_ms = (begins_ms, begins_ms + step_ms);
        assert_rate(tps, own().count() as f64, (asked, stretch_ms), &format!("column {column} of {of}"));
        let failed = own().filter(|one| one.is_error).count() as f64;
        assert!((number(errors) - failed).abs() < 1e-6, "errors in column {column} of {of}");
    }
}

fn assert_rate(per_second: &Value, expected: f64, (asked, stretch_ms): (Asked, (f64, f64)), of: &str) {
    let (least, most) = asked.counted(number(per_second), stretch_ms);
    assert!(least - 1e-6 <= expected && expected <= most + 1e-6, "{of}: {least} to {most}, {expected}");
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn percent_off(shown: &Value, expected: f64) -> f64 {
    let off = (number(shown) - expected).abs();
    if off == 0.0 { 0.0 } else { off * 100.0 / expected }
}
