//! The company that does nothing out of the ordinary: it sends a little, watches its live points, and asks what the page
//! of an application asks.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use naru_e2e::{Client, Status, Tenant, freshness};
use naru_load::{
    corpus::Corpus,
    drive::{Plan, Progress, drive, now_ms},
    fleet::Fleet,
    latency::Latency,
    ledger::Ledger,
    send::{HttpSender, Sender},
};

/// Between questions: a page is looked at, not hammered.
const PAUSE: Duration = Duration::from_millis(50);
const PROBES_PER_S: u64 = 3;

/// What it noticed.
pub(crate) struct Watched {
    sent: Arc<Progress>,
    shown: freshness::Freshness,
    asked: Latency,
    /// Requests and questions that were answered with anything but success, and resends.
    pub(crate) refused: u64,
}

impl Watched {
    /// What, percentile and ms.
    pub(crate) fn figures(&self) -> [(&'static str, u32, f64); 6] {
        let of = |quantile: f64| {
            let figures = [
                ("sending, from when it is due", self.sent.latency.quantile_ms(quantile)),
                ("live after the answer", self.shown.quantile_ms(quantile)),
                ("a question answered", self.asked.quantile_ms(quantile)),
            ];
            figures.map(|(what, ms)| (what, (quantile * 100.0) as u32, ms))
        };
        let ([a, b, c], [d, e, f]) = (of(0.5), of(0.99));
        [a, d, b, e, c, f]
    }
}

/// Sets `over` at the end.
pub(crate) async fn run(
    status: &Status,
    tenant: &Tenant,
    spans_per_s: u32,
    watch: Duration,
    over: &AtomicBool,
) -> anyhow::Result<Watched> {
    let (sent, asked) = (Arc::new(Progress::default()), Latency::default());
    let apm = tenant.apm.with_token(&tenant.token);
    let watched = async {
        tokio::try_join!(
            send(status, tenant, spans_per_s, watch, &sent),
            freshness::after_answer(status, tenant, watch.as_secs() * PROBES_PER_S),
            ask(&apm, &tenant.project, watch, &asked),
        )
    };
    let watched = watched.await;
    over.store(true, Ordering::Relaxed);
    let ((), shown, refused) = watched?;
    let refused = refused + sent.rejected.load(Ordering::Relaxed) + sent.resends.load(Ordering::Relaxed);
    Ok(Watched { sent, shown, asked, refused })
}

async fn send(
    status: &Status,
    tenant: &Tenant,
    spans_per_s: u32,
    duration: Duration,
    progress: &Arc<Progress>,
) -> anyhow::Result<()> {
    let corpus = Corpus::new(3, 2);
    let sender = HttpSender::new(&status.otlp_http, &tenant.license_key, Duration::from_secs(10))?;
    let requests_per_s = f64::from(spans_per_s) / corpus.items_per_request();
    let plan = Plan { first_request: now_ms(), requests_per_s, duration, settle: Duration::from_secs(5) };
    let (fleet, ledger) = (Fleet::of_one(vec![Sender::Http(sender)]), Ledger::nowhere());
    drive(plan, Arc::new(corpus), Arc::new(fleet), Arc::new(ledger), Arc::clone(progress)).await
}

/// One question after the other; answers how many were refused.
async fn ask(apm: &Client, project: &str, watch: Duration, asked: &Latency) -> anyhow::Result<u64> {
    let (end, mut refused) = (Instant::now() + watch, 0);
    let mut trace = None;
    while Instant::now() < end {
        let now = now_ms();
        let range = format!("from={}&to={now}", now / 10_000 * 10_000 - 300_000);
        let mut questions = vec![
            format!("applications?{range}"),
            format!("heatmap?{range}&step_ms=10000"),
            format!("dashboard?{range}"),
            format!("transactions?{range}&min_ms=10&limit=100"),
        ];
        questions.extend(trace.iter().map(|id| format!("traces/{id}")));
        for question in questions {
            let started = Instant::now();
            let answer = apm.get(&format!("/api/v1/projects/{project}/{question}")).await?;
            asked.add(started.elapsed());
            refused += u64::from(answer.status != 200);
            if question.starts_with("transactions") && answer.status == 200 {
                let id = answer.json()?["transactions"][0]["trace_id"].as_str().map(str::to_owned);
                trace = id.or(trace);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(refused)
}
