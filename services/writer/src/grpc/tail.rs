//! `DoGet`: one ticket, one snapshot of one table. Every other Flight method is unimplemented.

use std::{pin::Pin, sync::Arc};

use arrow::{
    array::RecordBatch,
    datatypes::{Schema, SchemaRef},
};
use arrow_flight::{
    Action, ActionType, Criteria, Empty, FlightData, FlightDescriptor, FlightInfo, HandshakeRequest,
    HandshakeResponse, PollInfo, PutResult, SchemaResult, Ticket, encode::FlightDataEncoderBuilder,
    flight_service_server::FlightService,
};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use naru_ingest_api::partition_of;
use naru_signal::{Signal, Table};
use naru_writer_api::{TAIL_STATE_KEY, TailState, TailTicket};
use tonic::{Request, Response, Status, Streaming};

use crate::tail::{PartitionTail, SelectError, TableKey, rollup_rows, select, wants};

/// The only ticket version shipped so far.
const TICKET_VERSION: u8 = 1;

type Answer<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[derive(Debug)]
pub(super) struct TailService {
    tails: Arc<[Arc<PartitionTail>]>,
}

impl TailService {
    pub(super) fn new(tails: Arc<[Arc<PartitionTail>]>) -> Self {
        Self { tails }
    }

    async fn read(&self, ticket: TailTicket) -> Result<Answer<FlightData>, Status> {
        let partitions = u16::try_from(self.tails.len()).unwrap_or(u16::MAX);
        let partition = partition_of(ticket.tenant, partitions);
        let tail = self.tails.get(usize::from(partition)).ok_or_else(|| Status::internal("no partitions"))?;
        let tail = Arc::clone(tail);
        let selected = tokio::task::spawn_blocking(move || selected(&tail, &ticket)).await;
        let selected = selected.map_err(|_| Status::internal("selecting rows failed"))?;
        let Some((state, schema, batches)) = selected.map_err(|error| refuse(&error))? else {
            // The reader looks up the owner again, or says that its answer is incomplete.
            return Err(Status::unavailable(format!("partition {partition} is not this writer's")));
        };
        // Columns of no rows tell nothing, and took a third of the time of such an answer.
        let schema = if batches.is_empty() { Arc::new(Schema::empty()) } else { schema };
        let schema = Arc::new(with_state(&schema, &state)?);
        let answer = FlightDataEncoderBuilder::new()
            .with_schema(schema)
            .build(stream::iter(batches).map(Ok))
            .map_err(|error| Status::internal(error.to_string()));
        Ok(Box::pin(answer))
    }
}

/// Where the tail is, and the rows that go with it; `None` while the partition is not ours.
type Selected = Option<(TailState, SchemaRef, Vec<RecordBatch>)>;

fn selected(tail: &PartitionTail, ticket: &TailTicket) -> Result<Selected, SelectError> {
    let signal = match ticket.table {
        Table::Spans => Signal::Traces,
        Table::MetricPoints => Signal::Metrics,
        Table::LogRecords => Signal::Logs,
        Table::RollupDeltas | Table::Rollups10s | Table::Rollups1m | Table::Rollups1h => {
            return rollups(tail, ticket);
        }
    };
    let key = TableKey { tenant: ticket.tenant, project: ticket.project, signal };
    let range_ns = ticket.trace_ids.is_none().then_some((ticket.from_ns, ticket.to_ns));
    let Some(snapshot) = tail.snapshot(&key, range_ns) else { return Ok(None) };
    let (schema, batches) = select(ticket, &snapshot.batches)?;
    Ok(Some((snapshot.state, schema, batches)))
}

fn rollups(tail: &PartitionTail, ticket: &TailTicket) -> Result<Selected, SelectError> {
    let wanted = |kind, at_ns| wants(ticket, kind, at_ns);
    let Some((state, summary)) = tail.summaries(ticket.tenant, ticket.project, wanted) else {
        return Ok(None);
    };
    let rows = rollup_rows(ticket, &summary)?;
    // The buckets chose the rows: of a coarse one that begins before the range, the part within it is wanted.
    let whole = TailTicket { from_ns: i64::MIN, to_ns: i64::MAX, ..ticket.clone() };
    let (schema, batches) = select(&whole, std::slice::from_ref(&rows))?;
    Ok(Some((state, schema, batches)))
}

fn with_state(schema: &Schema, state: &TailState) -> Result<Schema, Status> {
    let state = serde_json::to_string(state).map_err(|error| Status::internal(error.to_string()))?;
    Ok(schema.clone().with_metadata([(TAIL_STATE_KEY.to_owned(), state)].into()))
}

fn refuse(error: &SelectError) -> Status {
    match error {
        SelectError::UnknownColumn { .. } | SelectError::TraceId { .. } => {
            Status::invalid_argument(error.to_string())
        }
        SelectError::Arrow(_) => Status::internal(naru_telemetry::chain(error)),
    }
}

fn parse_ticket(ticket: &Ticket) -> Result<TailTicket, Status> {
    let parsed: TailTicket = serde_json::from_slice(&ticket.ticket)
        .map_err(|error| Status::invalid_argument(format!("the ticket is not a tail ticket: {error}")))?;
    if parsed.v != TICKET_VERSION {
        return Err(Status::invalid_argument(format!("ticket version {} is not known here", parsed.v)));
    }
    Ok(parsed)
}

#[tonic::async_trait]
impl FlightService for TailService {
    type HandshakeStream = Answer<HandshakeResponse>;
    type ListFlightsStream = Answer<FlightInfo>;
    type DoGetStream = Answer<FlightData>;
    type DoPutStream = Answer<PutResult>;
    type DoExchangeStream = Answer<FlightData>;
    type DoActionStream = Answer<arrow_flight::Result>;
    type ListActionsStream = Answer<ActionType>;

    async fn do_get(&self, request: Request<Ticket>) -> Result<Response<Self::DoGetStream>, Status> {
        let started = std::time::Instant::now();
        let answer = self.read(parse_ticket(request.get_ref())?).await?;
        metrics::histogram!("writer_tail_read_seconds").record(started.elapsed().as_secs_f64());
        Ok(Response::new(answer))
    }

    async fn handshake(
        &self,
        _: Request<Streaming<HandshakeRequest>>,
    ) -> Result<Response<Self::HandshakeStream>, Status> {
        Err(only_do_get())
    }

    async fn list_flights(&self, _: Request<Criteria>) -> Result<Response<Self::ListFlightsStream>, Status> {
        Err(only_do_get())
    }

    async fn get_flight_info(&self, _: Request<FlightDescriptor>) -> Result<Response<FlightInfo>, Status> {
        Err(only_do_get())
    }

    async fn poll_flight_info(&self, _: Request<FlightDescriptor>) -> Result<Response<PollInfo>, Status> {
        Err(only_do_get())
    }

    async fn get_schema(&self, _: Request<FlightDescriptor>) -> Result<Response<SchemaResult>, Status> {
        Err(only_do_get())
    }

    async fn do_put(&self, _: Request<Streaming<FlightData>>) -> Result<Response<Self::DoPutStream>, Status> {
        Err(only_do_get())
    }

    async fn do_exchange(
        &self,
        _: Request<Streaming<FlightData>>,
    ) -> Result<Response<Self::DoExchangeStream>, Status> {
        Err(only_do_get())
    }

    async fn do_action(&self, _: Request<Action>) -> Result<Response<Self::DoActionStream>, Status> {
        Err(only_do_get())
    }

    async fn list_actions(&self, _: Request<Empty>) -> Result<Response<Self::ListActionsStream>, Status> {
        Err(only_do_get())
    }
}

fn only_do_get() -> Status {
    Status::unimplemented("the tail answers DoGet only")
}
