//! Somebody between client and product who does one thing wrong, as a broken build of ours would. What answers too early or
//! counts too much looks the same from outside, wherever it is done.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use tokio::{net::TcpListener, task::JoinHandle};

/// The one thing.
#[derive(Debug, Clone)]
pub(crate) enum Habit {
    /// Says yes, and only then passes the request on, once: a gateway that does not wait for the bus.
    AnswersFirst,
    /// Counts the spans of all that comes, and loses every other answer: a gateway that bills by what it receives.
    CountsAndLosesAnswers,
}

/// Ends with the test that made it.
pub(crate) struct Middleman {
    pub(crate) addr: SocketAddr,
    state: Arc<Inner>,
    serving: JoinHandle<()>,
}

struct Inner {
    habit: Habit,
    upstream: String,
    client: reqwest::Client,
    /// Requests that came.
    requests: AtomicU64,
    /// Spans that came, whatever became of them.
    spans: AtomicU64,
    /// Requests answered and not yet passed on.
    waiting: AtomicU64,
}

impl Middleman {
    /// In front of `upstream`, `http://host:port`.
    pub(crate) async fn before(upstream: &str, habit: Habit) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let state = Arc::new(Inner {
            habit,
            upstream: upstream.trim_end_matches('/').to_owned(),
            client: client.build().unwrap(),
            requests: AtomicU64::new(0),
            spans: AtomicU64::new(0),
            waiting: AtomicU64::new(0),
        });
        let router =
            Router::new().fallback(pass).layer(DefaultBodyLimit::disable()).with_state(Arc::clone(&state));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self { addr, state, serving }
    }

    pub(crate) fn spans(&self) -> u64 {
        self.state.spans.load(Ordering::Relaxed)
    }

    /// Everything that was answered has been passed on, or given up.
    pub(crate) fn is_idle(&self) -> bool {
        self.state.waiting.load(Ordering::Relaxed) == 0
    }
}

impl Drop for Middleman {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn pass(
    State(state): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let turn = state.requests.fetch_add(1, Ordering::Relaxed);
    match &state.habit {
        Habit::AnswersFirst => {
            state.waiting.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                let _ = state.ask(method, &uri, headers, body).await;
                state.waiting.fetch_sub(1, Ordering::Relaxed);
            });
            StatusCode::OK.into_response()
        }
        Habit::CountsAndLosesAnswers => {
            state.spans.fetch_add(spans_of(&body), Ordering::Relaxed);
            let answer = state.ask(method, &uri, headers, body).await;
            if turn.is_multiple_of(2) { StatusCode::SERVICE_UNAVAILABLE.into_response() } else { answer }
        }
    }
}

impl Inner {
    async fn ask(&self, method: Method, uri: &Uri, mut headers: HeaderMap, body: Bytes) -> Response {
        headers.remove(header::CONTENT_LENGTH);
        let asked =
            self.client.request(method, format!("{}{uri}", self.upstream)).headers(headers).body(body);
        let Ok(answer) = asked.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
        let status = answer.status();
        let kept = |name: &HeaderName| {
            [header::CONTENT_TYPE, header::SET_COOKIE, header::LOCATION, header::RETRY_AFTER].contains(name)
        };
        let headers: Vec<_> = answer
            .headers()
            .iter()
            .filter(|(name, _)| kept(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let Ok(body) = answer.bytes().await else { return StatusCode::BAD_GATEWAY.into_response() };
        let mut response = (status, body).into_response();
        response.headers_mut().remove(header::CONTENT_TYPE);
        for (name, value) in headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}

/// Of a compressed export request.
fn spans_of(body: &[u8]) -> u64 {
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut GzDecoder::new(body), &mut bytes).unwrap();
    let request = ExportTraceServiceRequest::decode(bytes.as_slice()).unwrap();
    let scopes = request.resource_spans.iter().flat_map(|resource| &resource.scope_spans);
    scopes.map(|scope| scope.spans.len() as u64).sum()
}
