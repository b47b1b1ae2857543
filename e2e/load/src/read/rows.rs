//! Every item of a range, asked for with SQL and answered line by line.

use std::collections::HashMap;

use anyhow::{Context, bail, ensure};
use reqwest::header::{ACCEPT, AUTHORIZATION, HOST};
use serde_json::{Value, json};

use super::{Reader, windows};
use crate::corpus::{ItemKey, Signal};

impl Reader {
    /// Every item of `[from_ms, to_ms)` with how often the tables hold it. Fails on an incomplete answer.
    pub async fn items(
        &self,
        signal: Signal,
        from_ms: u64,
        to_ms: u64,
    ) -> anyhow::Result<HashMap<ItemKey, u32>> {
        let mut seen = HashMap::new();
        for (from_ms, to_ms) in windows(from_ms, to_ms) {
            let lines = self.lines(statement(signal), from_ms, to_ms).await?;
            count(&lines, &mut seen).with_context(|| format!("rows of {from_ms} to {to_ms}"))?;
        }
        Ok(seen)
    }

    async fn lines(&self, sql: &str, from_ms: u64, to_ms: u64) -> anyhow::Result<String> {
        let path = format!("/api/v1/projects/{}/sql", self.project);
        let response = self
            .client
            .post(format!("{}{path}", self.edge_url))
            .header(HOST, &self.apm_host)
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header(ACCEPT, "application/x-ndjson")
            .json(&json!({ "sql": sql, "from": from_ms.to_string(), "to": to_ms.to_string() }))
            .send()
            .await
            .with_context(|| format!("asking {}{path}", self.apm_host))?;
        let status = response.status();
        let text = response.text().await?;
        ensure!(status.is_success(), "{}{path} answered {status}: {text}", self.apm_host);
        Ok(text)
    }
}

fn statement(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "select trace_id, span_id from spans",
        Signal::Metrics => "select cast(time as bigint) from metric_points",
        Signal::Logs => "select trace_id, span_id from logs",
    }
}

/// Columns, rows, and a line that says whether they are all.
fn count(lines: &str, seen: &mut HashMap<ItemKey, u32>) -> anyhow::Result<()> {
    let mut lines = lines.lines().map(serde_json::from_str::<Value>);
    lines.next().context("an empty answer")??;
    for line in lines {
        match line? {
            Value::Array(row) => *seen.entry(key_of(&row)?).or_default() += 1,
            last => {
                let is_whole = last["truncated"].is_null() && last["incomplete"] == json!([]);
                ensure!(is_whole, "the answer is not whole: {last}");
                return Ok(());
            }
        }
    }
    bail!("the answer was cut off")
}

fn key_of(row: &[Value]) -> anyhow::Result<ItemKey> {
    if let [time] = row {
        return Ok(ItemKey::TimeNs(time.as_u64().context("a time is a whole number")?));
    }
    let [Value::String(trace_id), Value::String(span_id)] = row else { bail!("not two ids: {row:?}") };
    super::ids(trace_id, span_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_not_whole_is_an_error_and_never_fewer_rows() {
        let rows = "{\"columns\":[]}\n[\"0a\",\"0b\"]\n[17]\n";
        let mut seen = HashMap::new();
        let whole = format!("{rows}{{\"truncated\":null,\"incomplete\":[]}}\n");
        count(&whole, &mut seen).unwrap();
        let ids = ItemKey::Ids { trace_id: 10, span_id: 11 };
        assert_eq!(seen, HashMap::from([(ids, 1), (ItemKey::TimeNs(17), 1)]));
        for end in ["", "{\"truncated\":\"rows\",\"incomplete\":[]}", "{\"problem\":{}}"] {
            assert!(count(&format!("{rows}{end}"), &mut HashMap::new()).is_err(), "{end}");
        }
    }
}
