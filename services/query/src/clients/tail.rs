//! Writers' live tails over Arrow Flight: one ticket, one answer, which begins within two seconds.
//!
//! A writer that does not even begin is away for everybody; one that has much to send to one reader is not.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use arrow::array::RecordBatch;
use arrow_flight::{
    FlightData, Ticket, decode::FlightRecordBatchStream, error::FlightError,
    flight_service_client::FlightServiceClient,
};
use datafusion::{
    common::utils::memory::RecordBatchMemoryCounter, execution::memory_pool::MemoryReservation,
};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use naru_writer_api::{TAIL_STATE_KEY, TailState, TailTicket};
use tonic::transport::{Channel, Endpoint};

/// Until the first message. It holds no row, so it says how the writer is and not how much was asked.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
/// From there to the last. A question takes two tails at most, one after the other, and has 25 s.
const TRANSFER_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// A writer that let one reader wait in vain is not asked by the next ones for this long.
const SILENCE: Duration = Duration::from_secs(3);
/// One message holds one batch of the tail.
const MESSAGE_BYTES_MAX: usize = 64 << 20;
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
    #[error("no end of the answer within {} s", TRANSFER_TIMEOUT.as_secs())]
    Slow,
    #[error("asking the tail")]
    Call(#[source] Box<tonic::Status>),
    #[error("reading the tail's answer")]
    Read(#[source] Box<FlightError>),
    #[error("the tail's answer does not say what it covers")]
    NoState,
    #[error("the tail holds more of these rows than there is memory")]
    TooLarge,
}

/// The messages of one answer.
type Messages = BoxStream<'static, Result<FlightData, FlightError>>;

/// Rows, and what they cover.
#[derive(Debug)]
pub(crate) struct TailRows {
    pub(crate) state: TailState,
    pub(crate) batches: Vec<RecordBatch>,
    /// Accounts for `batches` for as long as they are held.
    pub(crate) memory: MemoryReservation,
}

/// One channel per writer, shared by all requests.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    writers: Mutex<HashMap<String, Writer>>,
}

#[derive(Debug)]
struct Writer {
    channel: Channel,
    /// Set when an answer does not begin in time.
    silent_until: Option<Instant>,
}

impl Tails {
    /// Reads the tail that answers at `url`; each batch is taken into `memory` before the next is fetched. Any error but
    /// [`TailError::TooLarge`] and [`TailError::Slow`] means that the writer is away.
    pub(crate) async fn get(
        &self,
        url: &str,
        ticket: &TailTicket,
        memory: MemoryReservation,
    ) -> Result<TailRows, TailError> {
        let channel = self.channel(url)?;
        let started = Instant::now();
        let Ok(messages) = tokio::time::timeout(ANSWER_TIMEOUT, ask(channel, ticket)).await else {
            if let Some(writer) = self.writers().get_mut(url) {
                writer.silent_until = Some(Instant::now() + SILENCE);
            }
            return Err(TailError::Timeout);
        };
        let rows = tokio::time::timeout(TRANSFER_TIMEOUT, read(messages?, memory)).await;
        metrics::histogram!("query_tail_seconds").record(started.elapsed().as_secs_f64());
        rows.unwrap_or(Err(TailError::Slow))
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

/// The answer, once its first message is here.
async fn ask(channel: Channel, ticket: &TailTicket) -> Result<Messages, TailError> {
    let ticket = serde_json::to_vec(ticket).map_err(|error| {
        TailError::Call(Box::new(tonic::Status::internal(format!("a ticket is not JSON: {error}"))))
    })?;
    let mut client = FlightServiceClient::new(channel).max_decoding_message_size(MESSAGE_BYTES_MAX);
    let answer = client.do_get(Ticket { ticket: ticket.into() }).await;
    let messages = answer.map_err(|status| TailError::Call(Box::new(status)))?.into_inner();
    let messages = messages.map_err(|status| FlightError::Tonic(Box::new(status)));
    let mut messages = Box::pin(messages.peekable());
    // Looked at and left where it is.
    let _ = messages.as_mut().peek().await;
    Ok(messages)
}

async fn read(messages: Messages, memory: MemoryReservation) -> Result<TailRows, TailError> {
    let mut rows = FlightRecordBatchStream::new_from_flight_data(messages);
    let mut batches = Vec::new();
    // Columns of a batch share the one buffer of its message.
    let mut counter = RecordBatchMemoryCounter::new();
    while let Some(batch) = rows.try_next().await.map_err(|error| TailError::Read(Box::new(error)))? {
        memory.try_grow(counter.count_batch(&batch)).map_err(|_| TailError::TooLarge)?;
        batches.push(batch);
    }
    // The schema comes with the first message, also when no row follows.
    let state = rows.schema().and_then(|schema| schema.metadata().get(TAIL_STATE_KEY));
    let state = state.and_then(|state| serde_json::from_str(state).ok()).ok_or(TailError::NoState)?;
    Ok(TailRows { state, batches, memory })
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use arrow::{
        array::{ArrayRef, Int64Array},
        datatypes::{DataType, Field, Schema},
    };
    use arrow_flight::encode::FlightDataEncoderBuilder;
    use datafusion::execution::memory_pool::{GreedyMemoryPool, MemoryConsumer, MemoryPool};
    use futures::stream;

    use super::*;

    const COLUMNS: usize = 16;
    const ROWS: usize = 1_024;
    const BATCH_BYTES: usize = COLUMNS * ROWS * 8;

    /// An answer of so many batches, and how many of them were fetched.
    fn answer(batches: usize) -> (Messages, Arc<AtomicUsize>) {
        let state = r#"{"v":1,"partition":0,"epoch":1,"committed_seq":0,"through_seq":1,"replaying":false}"#;
        let fields: Vec<Field> =
            (0..COLUMNS).map(|n| Field::new(format!("c{n}"), DataType::Int64, false)).collect();
        let metadata = [(TAIL_STATE_KEY.to_owned(), state.to_owned())].into();
        let schema = Arc::new(Schema::new(fields).with_metadata(metadata));
        let column: ArrayRef = Arc::new(Int64Array::from(vec![7; ROWS]));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column; COLUMNS]).unwrap();
        let fetched = Arc::new(AtomicUsize::new(0));
        let counting = Arc::clone(&fetched);
        let rows = stream::repeat(batch).take(batches).map(move |batch| {
            counting.fetch_add(1, Ordering::Relaxed);
            Ok(batch)
        });
        (FlightDataEncoderBuilder::new().with_schema(schema).build(rows).boxed(), fetched)
    }

    fn reservation(bytes: usize) -> MemoryReservation {
        let pool: Arc<dyn MemoryPool> = Arc::new(GreedyMemoryPool::new(bytes));
        MemoryConsumer::new("test").register(&pool)
    }

    #[tokio::test]
    async fn an_answer_is_fetched_only_as_far_as_memory_goes() {
        let (messages, fetched) = answer(1_000);
        let refused = read(messages, reservation(4 * BATCH_BYTES)).await;
        assert!(matches!(refused, Err(TailError::TooLarge)));
        assert!(fetched.load(Ordering::Relaxed) < 10, "{fetched:?}");
    }

    #[tokio::test]
    async fn a_batch_counts_once_however_many_columns_share_its_buffer() {
        let (messages, _) = answer(10);
        let rows = read(messages, reservation(usize::MAX)).await.unwrap();
        assert_eq!(rows.batches.len(), 10);
        let bytes = rows.memory.size();
        assert!((10 * BATCH_BYTES..20 * BATCH_BYTES).contains(&bytes), "{bytes} for {BATCH_BYTES} each");
    }
}
