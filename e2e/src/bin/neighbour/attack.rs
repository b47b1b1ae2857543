//! The company that does what it should not, as far as its key and its token reach.

use std::{
    collections::BTreeMap,
    io::Write,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use naru_e2e::senders;
use naru_load::{
    corpus::Corpus,
    drive::{Plan, Progress, drive, now_ms},
    fleet::Fleet,
    ledger::Ledger,
};
use prost::encoding;
use serde_json::json;

use crate::apart::Hostile;

/// At a time.
const BOMBS: usize = 4;
const QUESTIONS: usize = 16;
const STATEMENTS: usize = 4;
/// Names that never come again, of spans in one request.
const NAMES: u64 = 20_000;
/// Whoever is told to come back later does, sooner than told.
pub(crate) const PAUSE: Duration = Duration::from_millis(20);
const NEVER: Duration = Duration::from_secs(3_600);

/// By what was tried and how it was answered.
pub(crate) type Answers = BTreeMap<(String, String), u64>;

/// Everything, until it is over.
pub(crate) async fn run(hostile: &Hostile, over: &AtomicBool) -> anyhow::Result<Answers> {
    let answers = Mutex::new(Answers::new());
    let note = |what: &'static str, answer: String| {
        *answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry((what.to_owned(), answer))
            .or_default() += 1;
    };
    let bombs = futures::future::try_join_all((0..BOMBS).map(|_| throw(hostile, over, &note)));
    let asking = (0..QUESTIONS).map(|n| ask(hostile, n, over, &note));
    let stating = (0..STATEMENTS).map(|_| state(hostile, over, &note));
    let (load, ..) = tokio::try_join!(
        load(hostile, over),
        bombs,
        futures::future::try_join_all(asking),
        futures::future::try_join_all(stating),
    )?;
    let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    let of_load =
        [("stored", &load.acknowledged_items), ("rejected", &load.rejected), ("again", &load.resends)];
    for (answer, count) in of_load {
        answers.insert(
            ("spans, and requests resent".to_owned(), answer.to_owned()),
            count.load(Ordering::Relaxed),
        );
    }
    Ok(answers)
}

/// Spans like anybody's, until it is over.
pub(crate) async fn load(hostile: &Hostile, over: &AtomicBool) -> anyhow::Result<Arc<Progress>> {
    let (corpus, timeout) = (Corpus::new(4, 64), Duration::from_secs(10));
    let senders = senders(&hostile.status, &hostile.license_key, timeout)?;
    let requests_per_s = f64::from(hostile.spans_per_s) / corpus.items_per_request();
    let plan = Plan { first_request: now_ms(), requests_per_s, duration: NEVER, settle: Duration::ZERO };
    let (progress, ledger) = (Arc::new(Progress::default()), Arc::new(Ledger::nowhere()));
    let fleet = Arc::new(Fleet::of_one(senders));
    let stop = async {
        while !over.load(Ordering::Relaxed) {
            tokio::time::sleep(PAUSE).await;
        }
        progress.stop.store(true, Ordering::Relaxed);
        anyhow::Ok(())
    };
    tokio::try_join!(drive(plan, Arc::new(corpus), fleet, ledger, Arc::clone(&progress)), stop)?;
    Ok(progress)
}

/// One after the other, again and again.
async fn throw(
    hostile: &Hostile,
    over: &AtomicBool,
    note: &impl Fn(&'static str, String),
) -> anyhow::Result<()> {
    static NEXT_NAME: AtomicU64 = AtomicU64::new(0);
    let bombs = [
        ("8 MiB of empty spans", gzip(&request(&[0x12, 0].repeat(4 << 20)))?),
        ("64 MiB of zeros", gzip(&vec![0; (64 << 20) + 1])?),
        ("200,000 lists in lists", gzip(&request(&nested()))?),
    ];
    let client = reqwest::Client::builder().no_proxy().build()?;
    for (what, body) in bombs.iter().cycle() {
        if over.load(Ordering::Relaxed) {
            break;
        }
        // As they are: to compress them takes longer than all we do with them.
        let names = request(&names(NEXT_NAME.fetch_add(NAMES, Ordering::Relaxed)));
        for (what, encoding, body) in [(*what, "gzip", body.clone()), ("20,000 new names", "identity", names)]
        {
            let sent = client
                .post(format!("{}/v1/traces", hostile.status.otlp_http))
                .header("content-type", "application/x-protobuf")
                .header("content-encoding", encoding)
                .header("x-naru-license", &hostile.license_key)
                .body(body);
            match sent.send().await {
                Ok(answer) => note(what, answer.status().as_u16().to_string()),
                Err(_) => note(what, "cut off".to_owned()),
            }
        }
    }
    Ok(())
}

/// Long lists of a day, again and again.
async fn ask(
    hostile: &Hostile,
    number: usize,
    over: &AtomicBool,
    note: &impl Fn(&'static str, String),
) -> anyhow::Result<()> {
    let apm = hostile.apm()?;
    while !over.load(Ordering::Relaxed) {
        let now = now_ms();
        let range = format!("from={}&to={now}", now - 86_400_000);
        let question = match number % 3 {
            0 => format!("transactions?{range}&sort=-duration&limit=1000"),
            1 => format!("transactions?{range}&attr=shop.coupon=none&limit=1000"),
            _ => format!("heatmap?{range}&scale=linear&max_ms=100"),
        };
        let answer = apm.get(&format!("/api/v1/projects/{}/{question}", hostile.project)).await?;
        note("a list or field of a day", answer.status.to_string());
        if answer.status != 200 {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

/// Statements that count, sort and join all there is.
async fn state(
    hostile: &Hostile,
    over: &AtomicBool,
    note: &impl Fn(&'static str, String),
) -> anyhow::Result<()> {
    const SQL: &str = "select a.operation, count(distinct a.trace_id), max(b.duration_ms) from spans a \
                       join spans b on a.trace_id = b.trace_id group by 1 order by 2 desc limit 100";
    let apm = hostile.apm()?;
    let path = format!("/api/v1/projects/{}/sql", hostile.project);
    while !over.load(Ordering::Relaxed) {
        let answer = apm.post(&path, &json!({ "sql": SQL })).await?;
        note("a statement of SQL", answer.status.to_string());
        if answer.status != 200 {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

/// A request of one group of scopes.
fn request(scope_group: &[u8]) -> Vec<u8> {
    let (mut resource_group, mut request) = (Vec::new(), Vec::new());
    field(2, scope_group, &mut resource_group);
    field(1, &resource_group, &mut request);
    request
}

/// A span whose attribute is a list in a list, and so on.
fn nested() -> Vec<u8> {
    let mut value = vec![0x10, 0x01];
    let mut heads = Vec::new();
    let mut length = value.len();
    // Field 1 of a list and field 5 of a value, by turns, from the inside out.
    for number in [1_u32, 5].into_iter().cycle().take(200_000) {
        let mut head = Vec::new();
        encoding::encode_key(number, encoding::WireType::LengthDelimited, &mut head);
        encoding::encode_varint(length as u64, &mut head);
        length += head.len();
        heads.push(head);
    }
    let mut nested: Vec<u8> = heads.into_iter().rev().flatten().collect();
    nested.append(&mut value);
    let (mut attribute, mut span, mut scope_group) = (Vec::new(), Vec::new(), Vec::new());
    field(2, &nested, &mut attribute);
    field(9, &attribute, &mut span);
    field(2, &span, &mut scope_group);
    scope_group
}

/// Spans of names that nobody has had, from this number on.
fn names(first: u64) -> Vec<u8> {
    let (mut scope_group, now_ns) = (Vec::new(), now_ms() * 1_000_000);
    for number in first..first + NAMES {
        let mut span = Vec::new();
        field(1, &(u128::from(number) + 1).to_be_bytes(), &mut span);
        field(2, &(number + 1).to_be_bytes(), &mut span);
        field(5, format!("name {number}").as_bytes(), &mut span);
        encoding::fixed64::encode(7, &now_ns, &mut span);
        encoding::fixed64::encode(8, &(now_ns + 1), &mut span);
        field(2, &span, &mut scope_group);
    }
    scope_group
}

fn field(number: u32, bytes: &[u8], message: &mut Vec<u8>) {
    encoding::encode_key(number, encoding::WireType::LengthDelimited, message);
    encoding::encode_varint(bytes.len() as u64, message);
    message.extend_from_slice(bytes);
}

fn gzip(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
