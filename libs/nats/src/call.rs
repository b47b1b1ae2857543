//! Asking another service: one question, one answer or one refusal, within a time.
//!
//! On the wire: `{"v":1,"ask":…}` → `{"v":1,"ok":…}` or `{"v":1,"error":{"code":…,"message":…}}`.

use std::{fmt, time::Duration};

use async_nats::{Request, RequestErrorKind, connection::State};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::Bus;

/// The only envelope version shipped so far. A reader accepts this one and refuses later ones by name.
pub(crate) const ENVELOPE_VERSION: u8 = 1;

/// Code of a refusal that says nothing about the question: the other side cannot answer now.
pub const UNAVAILABLE: &str = "unavailable";

/// "No", and why: `code` for the program, `message` for a person. Both may be shown to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub code: String,
    pub message: String,
}

impl Refusal {
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }

    /// "Ask again later": the caller sees [`CallError::Unavailable`], as if nobody had answered.
    #[must_use]
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(UNAVAILABLE, message)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The other service answered and said no.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// Timeout, nobody listening, connection down, or the other service says that it cannot answer now.
    #[error("unavailable: {0}")]
    Unavailable(String),
    #[error("question or answer is not what the contract says: {0}")]
    Codec(String),
}

#[derive(Serialize)]
pub(crate) struct QuestionOut<'a, Q> {
    pub v: u8,
    pub ask: &'a Q,
}

#[derive(Deserialize)]
pub(crate) struct QuestionIn<Q> {
    pub v: u8,
    pub ask: Q,
}

#[derive(Serialize)]
pub(crate) struct AnswerOut<A> {
    pub v: u8,
    #[serde(flatten)]
    pub outcome: OutcomeOut<A>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutcomeOut<A> {
    Ok(A),
    Error(Refusal),
}

/// Read in two steps: a version we don't know is named, whatever else the answer holds.
#[derive(Deserialize)]
struct AnswerIn {
    v: u8,
    #[serde(default)]
    ok: Option<serde_json::Value>,
    #[serde(default)]
    error: Option<Refusal>,
}

impl Bus {
    /// Asks `subject` and waits up to `timeout`. At once `Unavailable` while the connection is down.
    pub async fn request<Q: Serialize, A: DeserializeOwned>(
        &self,
        subject: &str,
        question: &Q,
        timeout: Duration,
    ) -> Result<A, CallError> {
        if self.client.connection_state() == State::Disconnected {
            return Err(CallError::Unavailable(format!("{subject}: the NATS connection is down")));
        }
        let payload = serde_json::to_vec(&QuestionOut { v: ENVELOPE_VERSION, ask: question })
            .map_err(|error| CallError::Codec(format!("{subject}: {error}")))?;
        let request = Request::new().payload(payload.into()).timeout(Some(timeout));
        let message =
            self.client.send_request(subject.to_owned(), request).await.map_err(|error| {
                match error.kind() {
                    RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
                        CallError::Codec(format!("{subject}: {error}"))
                    }
                    _ => CallError::Unavailable(format!("{subject}: {error}")),
                }
            })?;
        read_answer(&message.payload).map_err(|error| match error {
            CallError::Codec(problem) => CallError::Codec(format!("{subject}: {problem}")),
            other => other,
        })
    }
}

fn read_answer<A: DeserializeOwned>(payload: &[u8]) -> Result<A, CallError> {
    let answer: AnswerIn =
        serde_json::from_slice(payload).map_err(|error| CallError::Codec(error.to_string()))?;
    if answer.v != ENVELOPE_VERSION {
        return Err(CallError::Codec(format!("answer has envelope version {}", answer.v)));
    }
    if let Some(refusal) = answer.error {
        return Err(if refusal.code == UNAVAILABLE {
            CallError::Unavailable(refusal.message)
        } else {
            CallError::Refused(refusal)
        });
    }
    serde_json::from_value(answer.ok.unwrap_or_default()).map_err(|error| CallError::Codec(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_a_refusal_and_an_unknown_version_are_told_apart() {
        assert_eq!(read_answer::<u32>(br#"{"v":1,"ok":7}"#).unwrap(), 7);
        assert_eq!(read_answer::<Option<u32>>(br#"{"v":1,"ok":null}"#).unwrap(), None);
        let refused = read_answer::<u32>(br#"{"v":1,"error":{"code":"taken","message":"x"}}"#);
        assert!(matches!(refused, Err(CallError::Refused(Refusal { code, .. })) if code == "taken"));
        let away = read_answer::<u32>(br#"{"v":1,"error":{"code":"unavailable","message":"x"}}"#);
        assert!(matches!(away, Err(CallError::Unavailable(_))));
        assert!(
            matches!(read_answer::<u32>(br#"{"v":2,"ok":7}"#), Err(CallError::Codec(p)) if p.contains('2'))
        );
        assert!(matches!(read_answer::<u32>(b"nonsense"), Err(CallError::Codec(_))));
    }

    #[test]
    fn what_serve_writes_request_reads() {
        let ok = serde_json::to_vec(&AnswerOut { v: 1, outcome: OutcomeOut::Ok(vec![1, 2]) }).unwrap();
        assert_eq!(read_answer::<Vec<u8>>(&ok).unwrap(), [1, 2]);
        let no = AnswerOut::<()> { v: 1, outcome: OutcomeOut::Error(Refusal::new("a", "b")) };
        assert!(matches!(read_answer::<()>(&serde_json::to_vec(&no).unwrap()), Err(CallError::Refused(_))));
    }
}
