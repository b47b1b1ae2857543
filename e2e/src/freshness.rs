//! How old a request is when it can be seen, on the clock of this one machine.

use std::{fmt, time::Duration};

use anyhow::{Context, ensure};
use naru_load::{
    corpus::Corpus,
    drive::now_ms,
    send::{Answer, HttpSender, Sender},
};
use reqwest::header::{AUTHORIZATION, HOST};
use serde_json::Value;

use crate::{Client, Stack, Status, Tenant};

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How long spans took to show.
#[derive(Debug)]
pub struct Freshness {
    sorted_ms: Vec<f64>,
}

impl Freshness {
    fn of(mut ms: Vec<f64>) -> Self {
        ms.sort_by(f64::total_cmp);
        Self { sorted_ms: ms }
    }

    /// 0 of none.
    #[must_use]
    pub fn quantile_ms(&self, quantile: f64) -> f64 {
        let index = (self.sorted_ms.len() as f64 * quantile) as usize;
        self.sorted_ms.get(index.min(self.sorted_ms.len().saturating_sub(1))).copied().unwrap_or(0.0)
    }
}

impl fmt::Display for Freshness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p95, max] = [0.5, 0.95, 1.0].map(|quantile| self.quantile_ms(quantile));
        write!(f, "{p50:.0} / {p95:.0} / {max:.0} ms of {}", self.sorted_ms.len())
    }
}

/// Sends single traces; each is timed from the gateway's answer to its point in the stream.
pub async fn after_answer(status: &Status, tenant: &Tenant, count: u64) -> anyhow::Result<Freshness> {
    let corpus = Corpus::new(77, 1);
    let sender =
        Sender::Http(HttpSender::new(&status.otlp_http, &tenant.license_key, Duration::from_secs(10))?);
    let mut live = Live::open(status, tenant.apm.host(), &tenant.token, &tenant.project).await?;
    let mut ms = Vec::new();
    for number in 0..count {
        let body = corpus.body(number, now_ms());
        let answer = sender.send(&body).await;
        ensure!(answer == Answer::Acknowledged, "a probe was not accepted: {answer:?}");
        let answered_ms = now_ms();
        let trace_id = corpus.first_trace(number).context("a request of traces has one")?;
        let trace_id = format!("{trace_id:032x}");
        while !live.next_points().await?.iter().any(|point| point["trace_id"] == trace_id.as_str()) {}
        ms.push(now_ms().saturating_sub(answered_ms) as f64);
        // An odd pause, so that probes meet every phase of timers along the path.
        tokio::time::sleep(Duration::from_millis(37 + number * 13 % 90)).await;
    }
    Ok(Freshness::of(ms))
}

/// Sends single traces; each is timed from the gateway's answer until `query` answers for it by its id.
pub async fn by_trace(
    status: &Status,
    query: &Client,
    tenant: &Tenant,
    count: u64,
) -> anyhow::Result<Freshness> {
    let corpus = Corpus::new(78, 1);
    let sender =
        Sender::Http(HttpSender::new(&status.otlp_http, &tenant.license_key, Duration::from_secs(10))?);
    let mut ms = Vec::new();
    for number in 0..count {
        let answer = sender.send(&corpus.body(number, now_ms())).await;
        ensure!(answer == Answer::Acknowledged, "a probe was not accepted: {answer:?}");
        let answered = tokio::time::Instant::now();
        let trace_id = corpus.first_trace(number).context("a request of traces has one")?;
        let path = format!("/api/v1/projects/{}/traces/{trace_id:032x}", tenant.project);
        loop {
            match query.get(&path).await?.status {
                200 => break,
                404 => tokio::time::sleep(LOOK_EVERY).await,
                status => anyhow::bail!("{path} was answered {status}"),
            }
        }
        ms.push(answered.elapsed().as_secs_f64() * 1e3);
        tokio::time::sleep(Duration::from_millis(37 + number * 13 % 90)).await;
    }
    Ok(Freshness::of(ms))
}

/// Watches the demo shop: stock agents with the settings of our snippets. Timed from the end of each request.
pub async fn of_demo(stack: &Stack, watch: Duration) -> anyhow::Result<Freshness> {
    let status = stack.status()?;
    let demo = stack.demo()?;
    let mut live = Live::open(&status, &demo.apm_host, &demo.token, &demo.project).await?;
    // The first answers of a service that has just started are not what a user waits for.
    live.next_points().await?;
    let end = tokio::time::Instant::now() + watch;
    let mut ms = Vec::new();
    while let Ok(points) = tokio::time::timeout_at(end, live.next_points()).await {
        let now = now_ms() as f64;
        for point in points? {
            let (start, duration) = (point["start_ms"].as_f64(), point["duration_ms"].as_f64());
            ms.push(now - start.context("start_ms")? - duration.context("duration_ms")?);
        }
    }
    Ok(Freshness::of(ms))
}

/// The live stream, read as it comes.
struct Live {
    response: reqwest::Response,
    buffer: String,
}

impl Live {
    async fn open(status: &Status, host: &str, token: &str, project: &str) -> anyhow::Result<Self> {
        let response = reqwest::Client::builder()
            .no_proxy()
            .build()?
            .get(format!("http://{}/api/v1/projects/{project}/live", status.edge_addr))
            .header(HOST, host)
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .send()
            .await?
            .error_for_status()?;
        let mut live = Self { response, buffer: String::new() };
        while live.next_event().await?.0 != "hello" {}
        Ok(live)
    }

    async fn next_points(&mut self) -> anyhow::Result<Vec<Value>> {
        loop {
            let (event, data) = self.next_event().await?;
            if event == "transactions" {
                let batch: Value = serde_json::from_str(&data)?;
                return Ok(batch["points"].as_array().cloned().unwrap_or_default());
            }
        }
    }

    async fn next_event(&mut self) -> anyhow::Result<(String, String)> {
        loop {
            if let Some(at) = self.buffer.find("\n\n") {
                let block: String = self.buffer.drain(..at + 2).collect();
                let field = |name: &str| {
                    block.lines().find_map(|line| line.strip_prefix(name)).map(|v| v.trim().to_owned())
                };
                if let (Some(event), Some(data)) = (field("event:"), field("data:")) {
                    return Ok((event, data));
                }
                continue;
            }
            let chunk = self.response.chunk().await?.context("the live stream ended")?;
            self.buffer.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}
