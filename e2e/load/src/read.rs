//! The first reader: the public API, as any program with a token uses it.

mod rows;

use std::collections::HashMap;

use anyhow::{Context, ensure};
use reqwest::header::{AUTHORIZATION, HOST};
use serde::{Deserialize, de::DeserializeOwned};

use crate::corpus::ItemKey;

/// A page of the transaction list; the API allows 1,000.
const PAGE: usize = 1_000;
/// A page of a list costs what its whole range holds, and a statement answers a million rows: 200,000 a second.
const WINDOW_MS: usize = 5_000;

/// Where to ask, and as whom. Names under `.localhost` don't resolve outside browsers, so host and address are apart.
#[derive(Debug, Clone)]
pub struct Reader {
    client: reqwest::Client,
    /// `http://127.0.0.1:8080`
    pub edge_url: String,
    pub apm_host: String,
    pub console_host: String,
    pub token: String,
    pub project: String,
}

#[derive(Debug, Deserialize)]
struct Page {
    transactions: Vec<Transaction>,
    next_cursor: Option<String>,
    incomplete: Vec<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Transaction {
    trace_id: String,
    span_id: String,
}

#[derive(Debug, Deserialize)]
struct Usage {
    totals: Billed,
}

/// What metering has totalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Billed {
    pub spans: u64,
    pub metric_points: u64,
    pub log_records: u64,
}

impl Reader {
    pub fn new(
        edge_url: &str,
        apm_host: &str,
        console_host: &str,
        token: &str,
        project: &str,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            client: reqwest::Client::builder().no_proxy().build()?,
            edge_url: edge_url.trim_end_matches('/').to_owned(),
            apm_host: apm_host.to_owned(),
            console_host: console_host.to_owned(),
            token: token.to_owned(),
            project: project.to_owned(),
        })
    }

    /// Every entry span of `[from_ms, to_ms)` with how often the list shows it. Fails on an incomplete answer.
    pub async fn entry_spans(&self, from_ms: u64, to_ms: u64) -> anyhow::Result<HashMap<ItemKey, u32>> {
        let mut seen = HashMap::new();
        for (from_ms, to_ms) in windows(from_ms, to_ms) {
            self.add_entry_spans(from_ms, to_ms, &mut seen).await?;
        }
        Ok(seen)
    }

    async fn add_entry_spans(
        &self,
        from_ms: u64,
        to_ms: u64,
        seen: &mut HashMap<ItemKey, u32>,
    ) -> anyhow::Result<()> {
        let mut cursor = String::new();
        loop {
            let path = format!(
                "/api/v1/projects/{}/transactions?from={from_ms}&to={to_ms}&limit={PAGE}{cursor}",
                self.project
            );
            let page: Page = self.get(&self.apm_host, &path).await?;
            ensure!(page.incomplete.is_empty(), "the list is incomplete: {:?}", page.incomplete);
            for transaction in &page.transactions {
                *seen.entry(ids(&transaction.trace_id, &transaction.span_id)?).or_default() += 1;
            }
            match page.next_cursor {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(()),
            }
        }
    }

    /// Items that metering has totalled for the project in `[from_ms, to_ms)`.
    pub async fn billed(&self, from_ms: u64, to_ms: u64) -> anyhow::Result<Billed> {
        let path = format!("/api/v1/projects/{}/usage?from={from_ms}&to={to_ms}", self.project);
        let usage: Usage = self.get(&self.console_host, &path).await?;
        Ok(usage.totals)
    }

    /// Only the spans of it.
    pub async fn billed_spans(&self, from_ms: u64, to_ms: u64) -> anyhow::Result<u64> {
        Ok(self.billed(from_ms, to_ms).await?.spans)
    }

    async fn get<T: DeserializeOwned>(&self, host: &str, path: &str) -> anyhow::Result<T> {
        let response = self
            .client
            .get(format!("{}{path}", self.edge_url))
            .header(HOST, host)
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .send()
            .await
            .with_context(|| format!("asking {host}{path}"))?;
        let status = response.status();
        let text = response.text().await?;
        ensure!(status.is_success(), "{host}{path} answered {status}: {text}");
        serde_json::from_str(&text).with_context(|| format!("reading the answer of {host}{path}"))
    }
}

fn windows(from_ms: u64, to_ms: u64) -> impl Iterator<Item = (u64, u64)> {
    (from_ms..to_ms).step_by(WINDOW_MS).map(move |from_ms| (from_ms, to_ms.min(from_ms + WINDOW_MS as u64)))
}

fn ids(trace_id: &str, span_id: &str) -> anyhow::Result<ItemKey> {
    Ok(ItemKey::Ids {
        trace_id: u128::from_str_radix(trace_id, 16).context("a trace id in hex")?,
        span_id: u64::from_str_radix(span_id, 16).context("a span id in hex")?,
    })
}
