//! Reading as query does: the tail first, the catalog second.

use std::{collections::BTreeMap, sync::Arc};

use arrow::array::{AsArray, RecordBatch};
use arrow_flight::{
    Ticket, decode::FlightRecordBatchStream, error::FlightError, flight_service_client::FlightServiceClient,
};
use futures::TryStreamExt;
use naru_lake::{
    KeyRing,
    catalog::{self, SegmentRow},
    rollup::Sums,
    seal::TenantKey,
    segment, store,
};
use naru_signal::Table;
use naru_writer_api::{TAIL_STATE_KEY, TailState, TailTicket, USAGE_STREAM, UsageRecord};
use tonic::transport::Endpoint;
use uuid::Uuid;

use super::{Serves, World};

pub(crate) struct Tail {
    pub(crate) state: TailState,
    pub(crate) rows: Vec<RecordBatch>,
}

/// Span id → how often it was answered.
pub(crate) type Spans = BTreeMap<u64, u32>;

impl World {
    /// `None` while the writer does not have the partition.
    pub(crate) async fn tail(&self, running: &impl Serves) -> Option<Tail> {
        let ticket = TailTicket {
            v: 1,
            tenant: self.tenant,
            project: self.project,
            table: Table::Spans,
            kinds: Vec::new(),
            from_ns: 0,
            to_ns: i64::MAX,
            trace_ids: None,
            columns: vec!["span_id".to_owned(), "start_ns".to_owned()],
        };
        read_tail(running, &ticket).await
    }

    pub(crate) async fn segments(&self) -> Vec<SegmentRow> {
        let mut tx = self.catalog.begin_tenant(self.tenant).await.unwrap();
        catalog::read::segments(&mut tx, self.project, &[Table::Spans], 0, i64::MAX).await.unwrap()
    }

    /// Every row of stored rollups, merged by key.
    pub(crate) async fn rollups(&self) -> Sums {
        self.rollups_of(&[Table::RollupDeltas, Table::Rollups10s]).await
    }

    pub(crate) async fn rollups_of(&self, tables: &[Table]) -> Sums {
        let mut tx = self.catalog.begin_tenant(self.tenant).await.unwrap();
        let rows = catalog::read::segments(&mut tx, self.project, tables, 0, i64::MAX).await.unwrap();
        drop(tx);
        if rows.is_empty() {
            return Sums::default();
        }
        let keys = KeyRing::open(self.catalog.clone(), &self.lake_key_file()).unwrap();
        let key = keys.get(self.tenant).await.unwrap().unwrap();
        let store = store::open_read(&self.config().lake()).unwrap();
        let mut sums = Sums::default();
        for row in rows {
            let batches = segment::read_all(Arc::clone(&store), &row, &key).await.unwrap();
            batches.iter().for_each(|batch| sums.add(batch).unwrap());
        }
        sums
    }

    /// Spans of the segments through `seq`.
    pub(crate) async fn stored(&self, seq: u64) -> Spans {
        self.read(self.segments().await.iter().filter(|row| row.last_seq <= seq)).await
    }

    /// Spans of these segments.
    pub(crate) async fn read(&self, segments: impl Iterator<Item = &SegmentRow>) -> Spans {
        let mut spans = Spans::new();
        let Some(key) = self.key().await else { return spans };
        for row in segments {
            let store = store::open_read(&self.config().lake()).unwrap();
            count(&segment::read_all(store, row, &key).await.unwrap(), &mut spans);
        }
        spans
    }

    /// Everything there is, at one moment. `None` also when a merge came between the two reads.
    pub(crate) async fn snapshot(&self, running: &impl Serves) -> Option<(TailState, Spans)> {
        let tail = self.tail(running).await?;
        let committed_seq = tail.state.committed_seq;
        let segments = self.segments().await;
        if segments.iter().any(|row| row.first_seq <= committed_seq && row.last_seq > committed_seq) {
            return None;
        }
        let mut spans = self.read(segments.iter().filter(|row| row.last_seq <= committed_seq)).await;
        count(&tail.rows, &mut spans);
        Some((tail.state, spans))
    }

    pub(crate) async fn key(&self) -> Option<TenantKey> {
        let keys = KeyRing::open(self.catalog.clone(), &self.lake_key_file()).unwrap();
        keys.get(self.tenant).await.unwrap()
    }

    /// What usage says was stored: spans. A row may lie in the outbox and on the bus at once; its id counts once.
    pub(crate) async fn billed(&self) -> u64 {
        let pool = super::pool(&self.postgres.superuser_url()).await;
        let outbox: Vec<(Uuid, i64)> = sqlx::query_as("select id, items from lake.usage_outbox")
            .fetch_all(pool.executor())
            .await
            .unwrap();
        let mut items: BTreeMap<Uuid, u64> =
            outbox.into_iter().map(|(id, items)| (id, u64::try_from(items).unwrap())).collect();
        let stream = self.bus.jetstream.get_stream(USAGE_STREAM).await.unwrap();
        let state = &stream.cached_info().state;
        for seq in state.first_sequence.max(1)..=state.last_sequence {
            let message = stream.get_raw_message(seq).await.unwrap();
            let record: UsageRecord = serde_json::from_slice(&message.payload).unwrap();
            items.insert(record.id.uuid(), record.items);
        }
        items.values().sum()
    }
}

pub(crate) async fn read_tail(running: &impl Serves, ticket: &TailTicket) -> Option<Tail> {
    let endpoint = Endpoint::try_from(format!("http://{}", running.flight())).unwrap();
    let channel = endpoint.connect().await.ok()?;
    let mut client = FlightServiceClient::new(channel);
    let ticket = Ticket { ticket: serde_json::to_vec(ticket).unwrap().into() };
    let answer =
        client.do_get(ticket).await.ok()?.into_inner().map_err(|status| FlightError::Tonic(Box::new(status)));
    let mut stream = FlightRecordBatchStream::new_from_flight_data(answer);
    let mut rows = Vec::new();
    while let Some(batch) = stream.try_next().await.unwrap() {
        rows.push(batch);
    }
    let state = serde_json::from_str(&stream.schema()?.metadata()[TAIL_STATE_KEY]).unwrap();
    Some(Tail { state, rows })
}

fn count(batches: &[RecordBatch], spans: &mut Spans) {
    for batch in batches {
        for id in batch.column_by_name("span_id").unwrap().as_fixed_size_binary().iter().flatten() {
            *spans.entry(u64::from_be_bytes(id.try_into().unwrap())).or_default() += 1;
        }
    }
}

/// Each of the ids `1..=last`, once.
pub(crate) fn each_once(last: u64) -> Spans {
    (1..=last).map(|id| (id, 1)).collect()
}
