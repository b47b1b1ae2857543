//! Answering questions: one queue subscription, several questions at a time, an answer for each, whatever happens.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_nats::{Client, Message};
use futures::{FutureExt, StreamExt};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    sync::Semaphore,
    task::{JoinHandle, JoinSet},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, warn};

use crate::{
    Bus, Error, Refusal,
    call::{AnswerOut, ENVELOPE_VERSION, OutcomeOut, QuestionIn},
};

/// How long a new subscription may take to be confirmed; a server that is away confirms nothing.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(2);
/// Questions of one subject worked on at a time; the rest wait in the subscription's buffer.
const CONCURRENT_MAX: usize = 64;

/// Answers being made get this long to go out when the service stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// The tasks that answer, and the word that ends them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Serving {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Bus {
    /// Answers `subject` with `handler` until [`Bus::drain`], or until the handle is aborted.
    ///
    /// Instances of a service share the work through `queue`. A question that cannot be read gets a refusal
    /// `malformed`, a handler that panics `internal`: nobody waits for a timeout in vain.
    pub async fn serve<Q, A, F, Fut>(
        &self,
        subject: &'static str,
        queue: &'static str,
        handler: F,
    ) -> Result<JoinHandle<()>, Error>
    where
        Q: DeserializeOwned + Send + 'static,
        A: Serialize + Send + 'static,
        F: Fn(Q) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<A, Refusal>> + Send + 'static,
    {
        let subscribe = |source| Error::Subscribe { subject: subject.to_owned(), source };
        let mut questions =
            self.client.queue_subscribe(subject, queue.to_owned()).await.map_err(subscribe)?;
        let client = self.client.clone();
        let handler = Arc::new(handler);
        let places = Arc::new(Semaphore::new(CONCURRENT_MAX));
        // The subscription must have reached the server before anybody is told that we are ready.
        self.settle().await;
        let stop = self.serving.stop.clone();
        Ok(self.serving.tasks.spawn(async move {
            let mut working = JoinSet::new();
            while let Some(Some(message)) = stop.run_until_cancelled(questions.next()).await {
                let place = Arc::clone(&places).acquire_owned().await.expect("nobody closes this semaphore");
                let (client, handler) = (client.clone(), Arc::clone(&handler));
                working.spawn(async move {
                    answer(&client, subject, &*handler, message).await;
                    drop(place);
                });
                while working.try_join_next().is_some() {}
            }
            // From here on other instances get the questions; those that have come here are still answered.
            let _ = questions.unsubscribe().await;
            while working.join_next().await.is_some() {}
        }))
    }

    /// Waits until the server has processed everything sent so far, subscriptions included: it works through one
    /// connection's commands in order, so a message to ourselves comes back after them. Flushing alone only writes.
    async fn settle(&self) {
        let inbox = self.client.new_inbox();
        let echoed = async {
            let mut echo = self.client.subscribe(inbox.clone()).await.ok()?;
            self.client.publish(inbox, "".into()).await.ok()?;
            echo.next().await
        };
        if tokio::time::timeout(SETTLE_TIMEOUT, echoed).await.is_err() {
            warn!(
                "the NATS server did not confirm a subscription in time; questions may find nobody for a moment"
            );
        }
    }

    /// Takes no more questions, lets the answers being made go out, and sends what is buffered. For the end of a
    /// service. The client's own `drain` would close the connection before those answers.
    pub async fn drain(&self) {
        self.serving.stop.cancel();
        self.serving.tasks.close();
        if tokio::time::timeout(DRAIN_TIMEOUT, self.serving.tasks.wait()).await.is_err() {
            warn!("some answers were not made within {} s and are left out", DRAIN_TIMEOUT.as_secs());
        }
        // A connection that is down has nobody to send to.
        let _ = tokio::time::timeout(DRAIN_TIMEOUT, self.client.flush()).await;
    }
}

async fn answer<Q, A, F, Fut>(client: &Client, subject: &str, handler: &F, message: Message)
where
    Q: DeserializeOwned,
    A: Serialize,
    F: Fn(Q) -> Fut,
    Fut: Future<Output = Result<A, Refusal>>,
{
    let Some(reply) = message.reply else {
        warn!(nats.subject = %subject, "a question to {subject} came without a reply subject");
        return;
    };
    let outcome = match read_question(&message.payload) {
        Err(refusal) => {
            warn!(nats.subject = %subject, error = %refusal, "a question to {subject} could not be read");
            OutcomeOut::Error(refusal)
        }
        Ok(question) => match AssertUnwindSafe(handler(question)).catch_unwind().await {
            Ok(Ok(answer)) => OutcomeOut::Ok(answer),
            Ok(Err(refusal)) => OutcomeOut::Error(refusal),
            Err(_) => {
                error!(nats.subject = %subject, "the handler of {subject} panicked");
                OutcomeOut::Error(Refusal::new("internal", "the answer could not be made"))
            }
        },
    };
    match serde_json::to_vec(&AnswerOut { v: ENVELOPE_VERSION, outcome }) {
        Ok(payload) => {
            if let Err(error) = client.publish(reply, payload.into()).await {
                warn!(error = %naru_telemetry::chain(&error), "an answer of {subject} was not sent");
            }
        }
        Err(error) => error!(%error, "an answer of {subject} could not be written as JSON"),
    }
}

fn read_question<Q: DeserializeOwned>(payload: &[u8]) -> Result<Q, Refusal> {
    let question: QuestionIn<Q> =
        serde_json::from_slice(payload).map_err(|error| Refusal::new("malformed", error.to_string()))?;
    if question.v != ENVELOPE_VERSION {
        let text = format!("envelope version {} is not known here", question.v);
        return Err(Refusal::new("unknown_version", text));
    }
    Ok(question.ask)
}
