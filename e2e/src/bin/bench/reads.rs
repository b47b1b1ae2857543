//! Questions, one after the other, at query's own port, while the tenant's spans go on coming.

use std::time::Instant;

use anyhow::ensure;
use naru_e2e::{Answer, Client, Stack, Tenant};
use naru_load::{corpus::Kind, drive::now_ms};
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::{
    Args, day,
    load::Loaded,
    row::{ATTRIBUTE, DRAG, HEATMAP, LIST, Measured, TRACE_MISS, TRACE_WARM},
    trickle::Trickle,
};

/// Of each kind.
pub(crate) const QUESTIONS: usize = 100;
const APPLICATIONS: [&str; 4] = ["storefront", "gateway", "catalog", "search"];
const OPERATIONS: [&str; 4] = ["GET /", "GET /items", "GET /cart", "GET /orders/{id}"];

pub(crate) async fn run(
    stack: &Stack,
    tenant: &Tenant,
    loaded: &Loaded,
    args: &Args,
    notes: &mut Vec<String>,
) -> anyhow::Result<Vec<Measured>> {
    let parts = args.parts.as_slice();
    if ![TRACE_WARM, ATTRIBUTE, LIST, HEATMAP].iter().any(|row| row.is_wanted(parts)) {
        return Ok(Vec::new());
    }
    let trickle = Trickle::begin(stack, tenant, &loaded.corpus, 1).await?;
    let mut asker = Asker::new(stack, tenant, 7)?;
    let mut measured = Vec::new();
    if TRACE_WARM.is_wanted(parts) {
        measured.push(TRACE_WARM.at(asker.traces_again(loaded).await?));
        asker.strange_traces(QUESTIONS).await?;
        measured.push(TRACE_MISS.at(at(asker.strange_traces(QUESTIONS).await?, 0.5)));
    }
    // Nobody has coupons elsewhere.
    if ATTRIBUTE.is_wanted(parts) && args.corpus == Kind::Shop {
        measured.push(ATTRIBUTE.at(at(asker.coupons(loaded).await?, 0.5)));
    }
    if LIST.is_wanted(parts) {
        measured.push(LIST.at(at(asker.twice(Asker::list).await?, 0.95)));
        measured.push(DRAG.at(at(asker.boxes(loaded).await?, 0.5)));
    }
    if HEATMAP.is_wanted(parts) {
        measured.push(HEATMAP.at(at(asker.twice(Asker::heatmap).await?, 0.5)));
    }
    let spans = trickle.end().await?;
    notes.push(format!(
        "While questions were asked, {spans} spans of the same company went on coming into the live tail."
    ));
    Ok(measured)
}

/// Median ms of all services' figures of 24 hours.
pub(crate) async fn red(stack: &Stack, tenant: &Tenant, notes: &mut Vec<String>) -> anyhow::Result<f64> {
    let trickle = Trickle::begin(stack, tenant, &day::corpus(), 1).await?;
    let mut asker = Asker::new(stack, tenant, 9)?;
    let path = asker.day();
    let answer = asker.query.get(&asker.path(&path)).await?.json()?;
    let services = answer["applications"].as_array().map_or(0, Vec::len);
    notes.push(format!("RED over 24 hours was of {services} services."));
    let ms = at(asker.twice(|asker| asker.day()).await?, 0.5);
    trickle.end().await?;
    Ok(ms)
}

/// Asks query past the proxy.
pub(crate) struct Asker {
    query: Client,
    project: String,
    rng: StdRng,
}

impl Asker {
    pub(crate) fn new(stack: &Stack, tenant: &Tenant, seed: u64) -> anyhow::Result<Self> {
        Ok(Self {
            query: crate::query(stack, tenant)?,
            project: tenant.project.clone(),
            rng: StdRng::seed_from_u64(seed),
        })
    }

    pub(crate) fn any_trace(&mut self, loaded: &Loaded) -> Option<u128> {
        let request = self.rng.random_range(0..loaded.requests + loaded.past.len() as u64);
        if let Some(before) = request.checked_sub(loaded.requests) {
            return loaded.past.get(usize::try_from(before).ok()?).copied();
        }
        loaded.corpus.first_trace(request)
    }

    /// Median ms of traces that are asked for a second time.
    pub(crate) async fn traces_again(&mut self, loaded: &Loaded) -> anyhow::Result<f64> {
        let ids: Vec<u128> = (0..QUESTIONS).filter_map(|_| self.any_trace(loaded)).collect();
        self.traces(&ids, 200).await?;
        Ok(at(self.traces(&ids, 200).await?, 0.5))
    }

    /// Ids that are nowhere.
    pub(crate) async fn strange_traces(&mut self, count: usize) -> anyhow::Result<Vec<f64>> {
        let ids: Vec<u128> = (0..count).map(|_| self.rng.random()).collect();
        self.traces(&ids, 404).await
    }

    /// Each of one transaction among all, by an attribute that has no column.
    async fn coupons(&mut self, loaded: &Loaded) -> anyhow::Result<Vec<f64>> {
        let mut ms = Vec::new();
        while ms.len() < QUESTIONS {
            let request = self.rng.random_range(0..loaded.requests);
            let Some(coupon) = loaded.corpus.unique_texts(request).next() else { continue };
            let now = now_ms();
            let range = format!("from={}&to={now}", now - 86_400_000);
            let question = format!("transactions?{range}&attr=shop.coupon={coupon}&limit=100");
            let (took_ms, answer) = self.ask(&question, 200).await?;
            let found = rows(&answer)?;
            ensure!(found == 1, "{question} found {found} transactions, not the one that has it");
            ms.push(took_ms);
        }
        Ok(ms)
    }

    /// Boxes of up to a minute around requests that were sent, twice: a box that is drawn is looked at again.
    async fn boxes(&mut self, loaded: &Loaded) -> anyhow::Result<Vec<f64>> {
        let mut ms = Vec::new();
        while ms.len() < QUESTIONS {
            let from = self.rng.random_range(loaded.began_ms.clone());
            let (to, min_ms) = (from + 60_000, self.rng.random_range(5..100));
            let question =
                format!("transactions?from={from}&to={to}&min_ms={min_ms}&max_ms={}&limit=200", min_ms * 4);
            let (_, first) = self.ask(&question, 200).await?;
            // At the very end of the load a box may be empty: that would be another question.
            if rows(&first)? > 0 {
                ms.push(self.ask(&question, 200).await?.0);
            }
        }
        Ok(ms)
    }

    fn day(&mut self) -> String {
        let now = now_ms();
        format!("applications?from={}&to={now}", now - 86_400_000)
    }

    pub(crate) async fn traces(&self, ids: &[u128], status: u16) -> anyhow::Result<Vec<f64>> {
        let mut ms = Vec::new();
        for id in ids {
            ms.push(self.ask(&format!("traces/{id:032x}"), status).await?.0);
        }
        Ok(ms)
    }

    /// The second round is what counts: a page that is looked at is looked at again.
    async fn twice(&mut self, question: fn(&mut Self) -> String) -> anyhow::Result<Vec<f64>> {
        let mut ms = Vec::new();
        for _ in 0..2 {
            ms.clear();
            for _ in 0..QUESTIONS {
                let path = question(self);
                ms.push(self.ask(&path, 200).await?.0);
            }
        }
        Ok(ms)
    }

    /// Application, operation and duration, 24 hours, the newest 100.
    fn list(&mut self) -> String {
        let application = APPLICATIONS[self.rng.random_range(0..APPLICATIONS.len())];
        let operation = OPERATIONS[self.rng.random_range(0..OPERATIONS.len())];
        let operation = operation.replace(' ', "%20").replace('{', "%7B").replace('}', "%7D");
        let (now, min_ms) = (now_ms(), self.rng.random_range(5..500));
        format!(
            "transactions?from={}&to={now}&application={application}&operation={operation}&min_ms={min_ms}&limit=100",
            now - 86_400_000
        )
    }

    fn heatmap(&mut self) -> String {
        let (now, application) = (now_ms(), APPLICATIONS[self.rng.random_range(0..APPLICATIONS.len())]);
        format!("heatmap?from={}&to={now}&step_ms=10000&application={application}", now - 3_600_000)
    }

    fn path(&self, path: &str) -> String {
        format!("/api/v1/projects/{}/{path}", self.project)
    }

    /// The milliseconds until the whole answer was there, and the answer.
    async fn ask(&self, path: &str, status: u16) -> anyhow::Result<(f64, Answer)> {
        let started = Instant::now();
        let answer = self.query.get(&self.path(path)).await?;
        let ms = started.elapsed().as_secs_f64() * 1e3;
        ensure!(answer.status == status, "{path} answered {}: {}", answer.status, answer.text);
        Ok((ms, answer))
    }
}

fn rows(answer: &Answer) -> anyhow::Result<usize> {
    Ok(answer.json()?["transactions"].as_array().map_or(0, Vec::len))
}

/// 0 of none.
pub(crate) fn at(mut ms: Vec<f64>, quantile: f64) -> f64 {
    ms.sort_by(f64::total_cmp);
    let index = (ms.len() as f64 * quantile) as usize;
    ms.get(index.min(ms.len().saturating_sub(1))).copied().unwrap_or(0.0)
}
