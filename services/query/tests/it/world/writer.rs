//! A double of the writer that keeps its contract: rows lie in the tail until a cut has put them into a segment and the
//! catalog, and state and rows change in one moment.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    path::Path,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use arrow::{
    array::{AsArray, RecordBatch},
    compute::filter_record_batch,
    datatypes::Schema,
};
use arrow_flight::{
    Action, ActionType, Criteria, Empty, FlightData, FlightDescriptor, FlightInfo, HandshakeRequest,
    HandshakeResponse, PollInfo, PutResult, SchemaResult, Ticket,
    encode::FlightDataEncoderBuilder,
    flight_service_server::{FlightService, FlightServiceServer},
};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use naru_ids::{SegmentId, TenantId, UnixMs};
use naru_lake::{
    KeyRing,
    catalog::{
        SegmentRow,
        commit::{Cut, Outcome, commit},
        compact, lease, read,
    },
    path::{CutName, bundle},
    schema,
    seal::{ExtentKey, TenantKey},
    segment::{self, ExtentReader, SealedObject},
    store::{Options, Store},
};
use naru_postgres::Pool;
use naru_signal::{Signal, Table};
use naru_writer_api::{TAIL_STATE_KEY, TailState, TailTicket};
use object_store::path::Path as ObjectPath;
use tokio::{net::TcpListener, sync::Notify};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, Streaming, transport::Server};

use super::{PARTITIONS, Span, Tenant, batch};

const TTL: Duration = Duration::from_secs(60);

pub(crate) struct Writer {
    pool: Pool,
    store: Store,
    keys: KeyRing,
    tail: Arc<Tail>,
    url: String,
}

type Key = (String, String, Table);

#[derive(Debug)]
struct Tail(Mutex<Held>);

#[derive(Debug)]
struct Held {
    state: TailState,
    rows: HashMap<Key, Vec<RecordBatch>>,
    hangs: bool,
    /// To this tenant, answers begin and never end.
    stalls_for: Option<TenantId>,
    gate: Option<Gate>,
}

/// Holds the next reader of the tail until it is let in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate {
    pub(crate) arrived: Arc<Notify>,
    pub(crate) open: Arc<Notify>,
}

/// Rows in both places.
pub(crate) struct Committed {
    last_seq: u64,
    rows: HashMap<Key, Vec<RecordBatch>>,
}

impl Writer {
    pub(crate) async fn start(postgres_url: &str, lake: &Options, lake_key_file: &Path) -> Self {
        let options = naru_postgres::Options {
            url: postgres_url.to_owned(),
            password_file: None,
            max_connections: 4,
            application_name: "test".to_owned(),
        };
        let pool = Pool::connect(&options).await.unwrap();
        let store = Store::open(lake).unwrap();
        let keys = KeyRing::open(pool.clone(), lake_key_file).unwrap();
        lease::ensure(&pool, PARTITIONS).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = url(listener.local_addr().unwrap());
        let bid = lease::Bid { owner: "writer-1", flight_url: &url, ttl: TTL };
        let taken = lease::take(&pool, 0, &bid).await.unwrap().unwrap();
        let state = TailState {
            v: 1,
            partition: 0,
            epoch: taken.epoch,
            committed_seq: taken.committed_seq,
            through_seq: taken.committed_seq,
            replaying: false,
        };
        let held = Held { state, rows: HashMap::new(), hangs: false, stalls_for: None, gate: None };
        let tail = Arc::new(Tail(Mutex::new(held)));
        let service = FlightServiceServer::new(Answers(Arc::clone(&tail)));
        let serving =
            Server::builder().add_service(service).serve_with_incoming(TcpListenerStream::new(listener));
        tokio::spawn(async move { serving.await.unwrap() });
        Self { pool, store, keys, tail, url }
    }

    /// Rows of one pack: visible at once.
    pub(crate) fn append(&self, tenant: &Tenant, signal: Signal, rows: &[Span]) {
        self.append_batch(tenant, signal.into(), batch(signal, rows));
    }

    /// Summaries that go with the rows of a pack: one table in tail and cuts, whatever the reader's grain.
    pub(crate) fn append_rollups(&self, tenant: &Tenant, rows: RecordBatch) {
        self.append_batch(tenant, Table::RollupDeltas, rows);
    }

    pub(crate) fn append_batch(&self, tenant: &Tenant, table: Table, batch: RecordBatch) {
        let key = (tenant.id.to_string(), tenant.project.to_string(), table);
        let mut held = self.tail.0.lock().unwrap();
        held.state.through_seq += 1;
        held.rows.entry(key).or_default().push(batch);
    }

    /// Puts everything so far into segments and the catalog, then lets go of it.
    pub(crate) async fn cut(&self, tenant: &Tenant) {
        let committed = self.commit(tenant).await;
        self.let_go(committed);
    }

    /// The first half of a cut: rows are in the catalog now, and still in the tail.
    pub(crate) async fn commit(&self, tenant: &Tenant) -> Committed {
        let (state, frozen) = {
            let held = self.tail.0.lock().unwrap();
            (held.state.clone(), held.rows.clone())
        };
        let (first_seq, last_seq) = (state.committed_seq + 1, state.through_seq);
        let (mut chunks, mut segments, mut offset) = (Vec::new(), Vec::new(), 0);
        let now = UnixMs(1_700_000_000_000);
        let tenant_key = self.keys.get_or_make(tenant.id).await.unwrap();
        let name =
            CutName { partition: 0, first_seq, last_seq, epoch: state.epoch, attempt: 1, at_ms: now.0 };
        let path = bundle(&name);
        for ((_, _, table), batches) in &frozen {
            let id = SegmentId::new(now);
            let extent = segment::write(id, *table, batches).unwrap().unwrap();
            let key = ExtentKey::generate(tenant.id, id, &mut rand::rng());
            let sealed = key.seal(&extent.chunks);
            let length = sealed.iter().map(|frame| frame.len() as u64).sum();
            segments.push(SegmentRow {
                id,
                tenant: tenant.id,
                project: tenant.project,
                table: *table,
                day: i32::try_from(extent.min_start_ns / 86_400_000_000_000).unwrap(),
                partition: 0,
                first_seq,
                last_seq,
                level: 0,
                path: path.to_string(),
                offset,
                length,
                sealed_key: tenant_key.wrap(tenant.id, id, &key, &mut rand::rng()),
                rows: extent.rows,
                min_start_ns: extent.min_start_ns,
                max_start_ns: extent.max_start_ns,
            });
            offset += length;
            chunks.extend(sealed);
        }
        self.store.create(&path, chunks).await.unwrap();
        let cut = Cut {
            partition: 0,
            epoch: state.epoch,
            prev_seq: state.committed_seq,
            last_seq,
            segments,
            ..Cut::default()
        };
        assert_eq!(commit(&self.pool, &cut).await.unwrap(), Outcome::Committed);
        Committed { last_seq, rows: frozen }
    }

    /// The second half: sequence and rows change in one moment.
    pub(crate) fn let_go(&self, committed: Committed) {
        let mut held = self.tail.0.lock().unwrap();
        held.state.committed_seq = committed.last_seq;
        for (key, batches) in committed.rows {
            held.rows.get_mut(&key).unwrap().drain(..batches.len());
        }
        held.rows.retain(|_, batches| !batches.is_empty());
    }

    /// Merges all segments of each table and day into one, as compaction does.
    pub(crate) async fn merge(&self, tenant: &Tenant) {
        let key = self.keys.get_or_make(tenant.id).await.unwrap();
        for signal in Signal::ALL {
            let mut tx = self.pool.begin_tenant(tenant.id).await.unwrap();
            let all =
                read::segments(&mut tx, tenant.project, &[signal.into()], i64::MIN, i64::MAX).await.unwrap();
            drop(tx);
            let mut days: BTreeMap<i32, Vec<SegmentRow>> = BTreeMap::new();
            for row in all {
                days.entry(row.day).or_default().push(row);
            }
            for inputs in days.into_values() {
                self.merge_day(tenant, signal, &key, inputs).await;
            }
        }
    }

    async fn merge_day(&self, tenant: &Tenant, signal: Signal, key: &TenantKey, inputs: Vec<SegmentRow>) {
        let Some((first_seq, last_seq)) = compact::range(&inputs) else { return };
        let readers: Vec<_> =
            inputs.iter().map(|row| ExtentReader::of(self.store.reader(), row, key).unwrap()).collect();
        let id = SegmentId::new(UnixMs(1_700_000_000_000));
        let extent_key = ExtentKey::generate(tenant.id, id, &mut rand::rng());
        let sealed_key = key.wrap(tenant.id, id, &extent_key, &mut rand::rng());
        let path = ObjectPath::from(format!("tenants/{}", id.hex()));
        let mut object = SealedObject::new(self.store.begin(&path).unwrap(), extent_key);
        let merged = segment::merge(id, signal.into(), &readers, &mut object).await.unwrap().unwrap();
        let (length, path) = (object.finish().await.unwrap(), path.to_string());
        let first = inputs[0].clone();
        let output = SegmentRow {
            id,
            first_seq,
            last_seq,
            level: 1,
            path,
            offset: 0,
            length,
            sealed_key,
            rows: merged.rows,
            min_start_ns: merged.min_start_ns,
            max_start_ns: merged.max_start_ns,
            ..first
        };
        let swapped = compact::swap(&self.pool, &inputs, std::slice::from_ref(&output)).await.unwrap();
        assert_eq!(swapped, compact::Swapped::Done);
    }

    /// A gate before the next read of the tail.
    pub(crate) fn gate(&self) -> Gate {
        let gate = Gate::default();
        self.tail.0.lock().unwrap().gate = Some(gate.clone());
        gate
    }

    /// The process is there and does not answer, as one that is stopped or swapped out.
    pub(crate) fn hangs(&self) {
        self.tail.0.lock().unwrap().hangs = true;
    }

    /// One tenant asks for more than can be sent in time.
    pub(crate) fn stalls_for(&self, tenant: &Tenant) {
        self.tail.0.lock().unwrap().stalls_for = Some(tenant.id);
    }

    /// Lets go of the partition; nobody takes it.
    pub(crate) async fn lets_go(&self) {
        let epoch = self.tail.0.lock().unwrap().state.epoch;
        lease::release(&self.pool, 0, epoch).await.unwrap();
    }

    /// Another writer takes the partition, while this one still answers under its old epoch.
    pub(crate) async fn is_taken_over(&self) {
        self.lets_go().await;
        let bid = lease::Bid { owner: "writer-2", flight_url: &self.url, ttl: TTL };
        lease::take(&self.pool, 0, &bid).await.unwrap().unwrap();
    }

    pub(crate) fn replays(&self) {
        self.tail.0.lock().unwrap().state.replaying = true;
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

struct Answers(Arc<Tail>);

type Answer<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl Answers {
    fn read(&self, ticket: &TailTicket) -> (Arc<Schema>, Vec<RecordBatch>) {
        let held = self.0.0.lock().unwrap();
        let table = if ticket.table.is_rollup() { Table::RollupDeltas } else { ticket.table };
        let key = (ticket.tenant.to_string(), ticket.project.to_string(), table);
        let full = schema::of(table);
        let indices: Vec<usize> = match ticket.columns.is_empty() {
            true => (0..full.fields().len()).collect(),
            false => ticket.columns.iter().map(|name| full.index_of(name).unwrap()).collect(),
        };
        let state = serde_json::to_string(&held.state).unwrap();
        let metadata = [(TAIL_STATE_KEY.to_owned(), state)].into();
        let schema = Arc::new(full.project(&indices).unwrap().with_metadata(metadata));
        let of_traces = |rows: &RecordBatch| {
            let Some(traces) = &ticket.trace_ids else { return rows.clone() };
            let ids = rows["trace_id"].as_fixed_size_binary();
            let keep = ids.iter().map(|id| Some(id.is_some_and(|id| traces.contains(&hex::encode(id)))));
            filter_record_batch(rows, &keep.collect()).unwrap()
        };
        let rows = held.rows.get(&key).into_iter().flatten().map(of_traces);
        let rows = rows.map(|rows| rows.project(&indices).unwrap().with_schema(Arc::clone(&schema)).unwrap());
        let rows = rows.collect();
        (schema, rows)
    }
}

#[tonic::async_trait]
impl FlightService for Answers {
    type HandshakeStream = Answer<HandshakeResponse>;
    type ListFlightsStream = Answer<FlightInfo>;
    type DoGetStream = Answer<FlightData>;
    type DoPutStream = Answer<PutResult>;
    type DoExchangeStream = Answer<FlightData>;
    type DoActionStream = Answer<arrow_flight::Result>;
    type ListActionsStream = Answer<ActionType>;

    async fn do_get(&self, request: Request<Ticket>) -> Result<Response<Self::DoGetStream>, Status> {
        let ticket: TailTicket = serde_json::from_slice(&request.get_ref().ticket).unwrap();
        let gate = self.0.0.lock().unwrap().gate.take();
        if let Some(gate) = gate {
            gate.arrived.notify_one();
            gate.open.notified().await;
        }
        if self.0.0.lock().unwrap().hangs {
            std::future::pending::<()>().await;
        }
        let (schema, rows) = self.read(&ticket);
        let stalls = self.0.0.lock().unwrap().stalls_for == Some(ticket.tenant);
        let rows = match stalls {
            true => stream::pending().boxed(),
            false => stream::iter(rows).map(Ok).boxed(),
        };
        let encoded = FlightDataEncoderBuilder::new().with_schema(schema).build(rows);
        Ok(Response::new(Box::pin(encoded.map_err(|error| Status::internal(error.to_string())))))
    }

    async fn handshake(
        &self,
        _: Request<Streaming<HandshakeRequest>>,
    ) -> Result<Response<Self::HandshakeStream>, Status> {
        Err(Status::unimplemented("only DoGet"))
    }

    async fn list_flights(&self, _: Request<Criteria>) -> Result<Response<Self::ListFlightsStream>, Status> {
        Err(Status::unimplemented("only DoGet"))
    }

    async fn get_flight_info(&self, _: Request<FlightDescriptor>) -> Result<Response<FlightInfo>, Status> {
        Err(Status::unimplemented("only DoGet"))
    }

    async fn poll_flight_info(&self, _: Request<FlightDescriptor>) -> Result<Response<PollInfo>, Status> {
        Err(Status::unimplemented("only DoGet"))
    }

    async fn get_schema(&self, _: Request<FlightDescriptor>) -> Result<Response<SchemaResult>, Status> {
        Err(Status::unimplemented("only DoGet"))
    }

    async fn do_put(&self, _: Request<Streaming<FlightData>>) -> Result<Response<Self::DoPutStream>, Status> {
        Err(Status::unimplemented("only DoGet"))
    }

    async fn do_exchange(
        &self,
        _: Request<Streaming<FlightData>>,
    ) -> Result<Response<Self::DoExchangeStream>, Status> {
        Err(Status::unimplemented("only DoGet"))
    }

    async fn do_action(&self, _: Request<Action>) -> Result<Response<Self::DoActionStream>, Status> {
        Err(Status::unimplemented("only DoGet"))
    }

    async fn list_actions(&self, _: Request<Empty>) -> Result<Response<Self::ListActionsStream>, Status> {
        Err(Status::unimplemented("only DoGet"))
    }
}
