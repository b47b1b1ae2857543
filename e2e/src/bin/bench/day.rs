//! A day of some hundred services: what a dashboard of 24 hours adds up.

use std::{sync::Arc, time::Duration};

use anyhow::ensure;
use futures::{StreamExt, TryStreamExt, stream};
use naru_e2e::{Stack, Tenant, sign_up};
use naru_load::{
    corpus::{Corpus, Kind, Shape},
    drive::now_ms,
    read::Reader,
    send::{Answer, HttpSender, Sender},
};

use crate::Args;

const SEED: u64 = 24;
const DAY_MS: u64 = 86_400_000;
const SPANS_MAX: u64 = 1_000_000;
const TRACES_PER_REQUEST: usize = 128;
const AT_ONCE: usize = 8;
const STORED_WITHIN: Duration = Duration::from_secs(180);

/// Its requests are those from 0 on.
pub(crate) fn corpus() -> Arc<Corpus> {
    let kind = Kind::HighCardinality;
    let shape = Shape { seed: SEED, traces_per_request: TRACES_PER_REQUEST, kind, ..Shape::default() };
    Arc::new(Corpus::of(shape))
}

/// Sends, as somebody of their own, requests that began at any time of the last 24 hours.
pub(crate) async fn load(stack: &Stack, args: &Args) -> anyhow::Result<Tenant> {
    let status = stack.status()?;
    let tenant = sign_up(&status, "wide-co").await?;
    let corpus = corpus();
    let sender = HttpSender::new(&status.otlp_http, &tenant.license_key, Duration::from_secs(30))?;
    let sender = Sender::Http(sender);
    let requests = (args.spans.min(SPANS_MAX) as f64 / corpus.items_per_request()).ceil() as u64;
    let now = now_ms();
    let send = |number: u64| {
        let body = corpus.body(number, now - DAY_MS + number * DAY_MS / requests);
        let sender = &sender;
        async move {
            let answer = sender.send(&body).await;
            ensure!(answer == Answer::Acknowledged, "a request of the day was not accepted: {answer:?}");
            Ok(u64::from(body.items))
        }
    };
    let sent = stream::iter(0..requests).map(send).buffer_unordered(AT_ONCE);
    let spans: u64 = sent.try_fold(0, |sum, items| async move { Ok(sum + items) }).await?;
    let edge_url = format!("http://{}", status.edge_addr);
    let (apm, console) = (tenant.apm.host(), tenant.console.host());
    let reader = Reader::new(&edge_url, apm, console, &tenant.token, &tenant.project)?;
    let ended = std::time::Instant::now();
    while reader.billed_spans(now - 3_600_000, now + 7 * DAY_MS).await? < spans {
        ensure!(ended.elapsed() < STORED_WITHIN, "the day's spans are not all stored");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(tenant)
}
