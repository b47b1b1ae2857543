//! Writers' live tails over Arrow Flight: one ticket, one answer, at most two seconds.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use arrow::array::RecordBatch;
use arrow_flight::{
    Ticket, decode::FlightRecordBatchStream, error::FlightError, flight_service_client::FlightServiceClient,
};
use futures::TryStreamExt;
use naru_writer_api::{TAIL_STATE_KEY, TailState, TailTicket};
use tonic::transport::{Channel, Endpoint};

const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// A writer that let one reader wait in vain is not asked by the next ones for this long.
const SILENCE: Duration = Duration::from_secs(3);
/// One message holds one batch of the tail.
const MESSAGE_BYTES_MAX: usize = 64 << 20;
/// A writer's whole tail budget, once decoded.
const ANSWER_BYTES_MAX: usize = 512 << 20;
/// Writers come and go with new ports; a process that lives long must not keep a channel to each.
const CHANNELS_MAX: usize = 256;

#[derive(Debug, thiserror::Error)]
pub(crate) enum TailError {
    #[error("`{0}` is not where a tail can answer")]
    Url(String),
    #[error("no answer within {} s", ANSWER_TIMEOUT.as_secs())]
    Timeout,
    #[error("no answer to others just now")]
    Silent,
    #[error("asking the tail")]
    Call(#[source] Box<tonic::Status>),
    #[error("reading the tail's answer")]
    Read(#[source] Box<FlightError>),
    #[error("the tail's answer does not say what it covers")]
    NoState,
    #[error("the tail holds more than {ANSWER_BYTES_MAX} bytes of these rows")]
    TooLarge,
}

/// Rows, and what they cover.
#[derive(Debug)]
pub(crate) struct TailRows {
    pub(crate) state: TailState,
    pub(crate) batches: Vec<RecordBatch>,
}

/// One channel per writer, shared by all requests.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    writers: Mutex<HashMap<String, Writer>>,
}

#[derive(Debug)]
struct Writer {
    channel: Channel,
    /// Set by a timeout.
    silent_until: Option<Instant>,
}

impl Tails {
    /// Reads the tail that answers at `url`. Any error but [`TailError::TooLarge`] means that it is away.
    pub(crate) async fn get(&self, url: &str, ticket: &TailTicket) -> Result<TailRows, TailError> {
        let channel = self.channel(url)?;
        let started = Instant::now();
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, read(channel, ticket)).await;
        metrics::histogram!("query_tail_seconds").record(started.elapsed().as_secs_f64());
        answer.unwrap_or_else(|_| {
            if let Some(writer) = self.writers().get_mut(url) {
                writer.silent_until = Some(Instant::now() + SILENCE);
            }
            Err(TailError::Timeout)
        })
    }

    /// Connects with the first request and reconnects by itself.
    fn channel(&self, url: &str) -> Result<Channel, TailError> {
        let mut writers = self.writers();
        if let Some(writer) = writers.get(url) {
            let is_silent = writer.silent_until.is_some_and(|until| Instant::now() < until);
            return if is_silent { Err(TailError::Silent) } else { Ok(writer.channel.clone()) };
        }
        let endpoint = Endpoint::from_shared(url.to_owned()).map_err(|_| TailError::Url(url.to_owned()))?;
        let channel = endpoint.connect_timeout(CONNECT_TIMEOUT).tcp_nodelay(true).connect_lazy();
        if writers.len() >= CHANNELS_MAX {
            writers.clear();
        }
        writers.insert(url.to_owned(), Writer { channel: channel.clone(), silent_until: None });
        Ok(channel)
    }

    fn writers(&self) -> MutexGuard<'_, HashMap<String, Writer>> {
        self.writers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(channel: Channel, ticket: &TailTicket) -> Result<TailRows, TailError> {
    let ticket = serde_json::to_vec(ticket).map_err(|error| {
        TailError::Call(Box::new(tonic::Status::internal(format!("a ticket is not JSON: {error}"))))
    })?;
    let mut client = FlightServiceClient::new(channel).max_decoding_message_size(MESSAGE_BYTES_MAX);
    let answer = client.do_get(Ticket { ticket: ticket.into() }).await;
    let messages = answer.map_err(|status| TailError::Call(Box::new(status)))?.into_inner();
    let messages = messages.map_err(|status| FlightError::Tonic(Box::new(status)));
    let mut rows = FlightRecordBatchStream::new_from_flight_data(messages);
    let (mut batches, mut bytes) = (Vec::new(), 0);
    while let Some(batch) = rows.try_next().await.map_err(|error| TailError::Read(Box::new(error)))? {
        bytes += batch.get_array_memory_size();
        if bytes > ANSWER_BYTES_MAX {
            return Err(TailError::TooLarge);
        }
        batches.push(batch);
    }
    // The schema comes with the first message, also when no row follows.
    let state = rows.schema().and_then(|schema| schema.metadata().get(TAIL_STATE_KEY));
    let state = state.and_then(|state| serde_json::from_str(state).ok()).ok_or(TailError::NoState)?;
    Ok(TailRows { state, batches })
}
