//! Segments that were once written are readable for ever.
//!
//! `golden/` holds, for each version and table, an extent as it lay in an object, what opens it, and its rows. A new
//! version adds files (`cargo test -p naru-lake write_golden -- --ignored`); nothing ever changes those that are there.

use std::path::{Path as FsPath, PathBuf};

use arrow::json::{ArrayWriter, ReaderBuilder};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::*;
use crate::{
    rollup::{Grain, Identity, Kind, RowKey, Sample, Summary, Sums},
    seal::{KeyFile, WrappedKey},
};

/// Everything a reader needs to have. Bytes are hex.
#[derive(Serialize, Deserialize)]
struct Golden {
    version: u16,
    table: Table,
    tenant: uuid::Uuid,
    segment: uuid::Uuid,
    key_file: String,
    wrapped_by: String,
    tenant_key: String,
    extent_key: String,
    extent: String,
    /// As Arrow writes them, in the order of their own text.
    rows: Vec<Value>,
}

/// A golden segment as readers find it.
struct Stored {
    _dir: tempfile::TempDir,
    store: Store,
    row: SegmentRow,
    key: TenantKey,
}

/// Those whose segments are merged and get a new layout then. Sums are added up instead, and written as a cut writes them.
const MERGED: [Table; 3] = [Table::Spans, Table::MetricPoints, Table::LogRecords];
const SUMS: [Table; 4] = [Table::RollupDeltas, Table::Rollups10s, Table::Rollups1m, Table::Rollups1h];

const KEY_FILE: &str = "golden-secret-golden-secret-golden-secret-golden";

fn dir() -> PathBuf {
    FsPath::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn key_file(text: &str) -> KeyFile {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key");
    std::fs::write(&path, text).unwrap();
    KeyFile::read(&path).unwrap()
}

fn in_order(mut rows: Vec<Value>) -> Vec<Value> {
    rows.sort_by_key(Value::to_string);
    rows
}

fn to_json(batches: &[RecordBatch]) -> Vec<Value> {
    let mut writer = ArrayWriter::new(Vec::new());
    writer.write_batches(&batches.iter().collect::<Vec<_>>()).unwrap();
    writer.finish().unwrap();
    in_order(serde_json::from_slice(&writer.into_inner()).unwrap())
}

fn from_json(table: Table, rows: &[Value]) -> RecordBatch {
    let mut decoder = ReaderBuilder::new(schema::of(table)).build_decoder().unwrap();
    decoder.serialize(rows).unwrap();
    decoder.flush().unwrap().unwrap()
}

impl Golden {
    async fn read(&self) -> Vec<Value> {
        to_json(&self.batches().await)
    }

    async fn batches(&self) -> Vec<RecordBatch> {
        let lies = self.stored().await;
        read_all(lies.store.reader(), &lies.row, &lies.key).await.unwrap()
    }

    /// Its bytes in a lake of their own.
    async fn stored(&self) -> Stored {
        let (tenant, id) = (TenantId::from_uuid(self.tenant), SegmentId::from_uuid(self.segment));
        let wrapped = |text: &str| WrappedKey(hex::decode(text).unwrap());
        let key =
            key_file(&self.key_file).unwrap(tenant, &self.wrapped_by, &wrapped(&self.tenant_key)).unwrap();
        let bytes = hex::decode(&self.extent).unwrap();
        let (dir, path) = (tempfile::tempdir().unwrap(), Path::from("golden"));
        let store = Store::on_disk(dir.path()).unwrap();
        let row = SegmentRow {
            id,
            tenant,
            project: ProjectId::new(UnixMs(1)),
            table: self.table,
            day: 0,
            partition: 0,
            first_seq: 1,
            last_seq: 1,
            level: 0,
            path: path.to_string(),
            offset: 0,
            length: bytes.len() as u64,
            sealed_key: wrapped(&self.extent_key),
            rows: self.rows.len() as u64,
            min_start_ns: 0,
            max_start_ns: 0,
        };
        store.create(&path, vec![bytes.into()]).await.unwrap();
        Stored { _dir: dir, store, row, key }
    }
}

fn all() -> Vec<(String, Golden)> {
    let mut all: Vec<_> = std::fs::read_dir(dir())
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let golden = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            (path.display().to_string(), golden)
        })
        .collect();
    all.sort_by(|a: &(String, Golden), b| a.0.cmp(&b.0));
    all
}

#[tokio::test]
async fn every_segment_ever_written_is_read_row_by_row() {
    let all = all();
    let of = |version| all.iter().filter(|(_, golden)| golden.version == version).count();
    assert_eq!((of(1), of(2), of(3)), (7, 3, 3), "a version without its files");
    for (name, golden) in &all {
        assert_eq!(golden.read().await, golden.rows, "{name}");
    }
}

/// A sidecar that no longer knows its rows loses them as surely as one that is gone: filters are asked before rows are read.
#[tokio::test]
async fn every_filter_and_table_ever_written_knows_its_rows_and_few_others() {
    for (name, golden) in all() {
        let lies = golden.stored().await;
        let reader = ExtentReader::of(lies.store.reader(), &lies.row, &lies.key).unwrap();
        let head = reader.head().await.unwrap();
        let traces = golden.rows.iter().filter_map(|row| row.get("trace_id")?.as_str());
        let traces: Vec<[u8; 16]> = traces.map(|id| hex::decode(id).unwrap().try_into().unwrap()).collect();
        if !traces.is_empty() {
            let table = reader.trace_table(&head).await.unwrap().unwrap();
            assert!(traces.iter().all(|id| head.may_hold(id) && table.number(id).is_some()), "{name}");
            let others = (0..100_u8).map(|other| [other | 0x80; 16]);
            let held = others.filter(|id| head.may_hold(id) || table.number(id).is_some()).count();
            assert!(held < 10, "{name}: {held} of 100 others");
        }
        if golden.version > 1 && !golden.table.is_rollup() {
            let pairs = reader.pair_filter(&head).await.unwrap().unwrap();
            assert!(pairs.may_hold(0, "thread", "main") && pairs.may_hold(0, "a", "9"), "{name}");
            let held = (0..100).filter(|other| pairs.may_hold(0, "thread", &format!("pool-{other}"))).count();
            // Golden spans have a resource of which nobody can tell the keys: their filters must leave nothing out.
            let expected = if golden.table == Table::Spans { 100..=100 } else { 0..=9 };
            assert!(expected.contains(&held), "{name}: {held} of 100 others");
        }
    }
}

#[tokio::test]
async fn old_rows_written_today_are_the_same_rows() {
    for (name, golden) in all() {
        let again = made(golden.version, golden.table, &golden.rows).await;
        assert_eq!(again.read().await, golden.rows, "{name}");
    }
}

#[tokio::test]
async fn every_sum_ever_written_says_what_it_said() {
    for (name, golden) in all().iter().filter(|(_, golden)| golden.table.is_rollup()) {
        let mut read = Sums::default();
        golden.batches().await.iter().for_each(|batch| read.add(batch).unwrap());
        assert_eq!(read, sums_of(golden.table), "{name}");
    }
}

/// Every kind, with everything that a summary holds.
fn sums_of(table: Table) -> Sums {
    const AT_NS: i64 = 1_795_244_400_000_000_000;
    let mut sums = Sums::default();
    for (number, kind) in (0_u8..).zip(Kind::ALL) {
        for late_s in [0, 25] {
            let (start_ns, duration_ns) = (AT_NS + late_s * 1_000_000_000, u64::from(number) * 700_000 + 900);
            let mut summary = Summary::default();
            summary.count(duration_ns, false);
            summary.count(duration_ns * 3_000, number % 2 == 0);
            summary.satisfaction.add(duration_ns, false, 500_000_000);
            summary.satisfaction.add(duration_ns * 3_000, false, 500_000_000);
            summary.people.add(u64::from(number) << 56 | 0x1234_5678);
            let (trace_id, span_id) = ([number; 16], [number + 1; 8]);
            summary.samples.add(Sample {
                rank: duration_ns,
                trace_id,
                span_id,
                start_ns,
                duration_ns,
                is_error: late_s > 0,
            });
            summary.merge_text((kind == Kind::Statement).then_some("select ? from 주문"));
            let name = if kind == Kind::Users { Identity::Session.as_str() } else { "GET /items/{id}" };
            let key = RowKey {
                kind,
                at_ns: Grain::TenSeconds.floor(start_ns),
                service: "shop".into(),
                name: name.into(),
            };
            sums.merge(key, summary);
        }
    }
    sums.in_buckets(Grain::of(table))
}

/// Attributes in every way that columns must bring back.
fn sent(number: usize) -> String {
    let text = |key: &str, value: &str| {
        let value = [&[0x0a, value.len() as u8][..], value.as_bytes()].concat();
        let key = [&[0x0a, key.len() as u8][..], key.as_bytes(), &[0x12, value.len() as u8], &value].concat();
        [&[0x0a, key.len() as u8][..], &key].concat()
    };
    let int = |key: u8, value: u8| vec![0x0a, 7, 0x0a, 1, key, 0x12, 2, 0x18, value];
    let bytes = match number % 4 {
        0 => [text("http.route", "/items/{id}"), int(b'a', 7), text("thread", "main")].concat(),
        1 => [text("thread", "worker"), text("http.route", "/else"), int(b'a', 9)].concat(),
        2 => [int(b'a', 1), int(b'a', 2), text("a", "three")].concat(),
        _ => Vec::new(),
    };
    hex::encode(bytes)
}

fn rows_of(table: Table) -> Vec<Value> {
    if table.is_rollup() {
        return to_json(&[sums_of(table).rows().unwrap()]);
    }
    let row = |number: usize| match table {
        Table::Spans => json!({
            "trace_id": format!("{:032x}", number / 3 + 1), "span_id": format!("{:016x}", number + 1),
            "parent_span_id": (!number.is_multiple_of(3)).then(|| format!("{number:016x}")), "is_entry": number.is_multiple_of(3),
            "start_ns": 1_795_244_400_000_000_000_i64 + number as i64, "duration_ns": number * 1_000,
            "name": format!("GET {number}"), "kind": 2, "status_code": number % 3, "service_name": "shop",
            "http_route": "/items/{id}", "http_status_code": 200, "operation": "주문", "attributes": sent(number),
            "resource": "0a00", "events": (number == 4).then_some("0a021001"), "received_ms": 1_795_244_400_001_i64,
        }),
        Table::LogRecords => json!({
            "time_ns": 1_795_244_400_000_000_000_i64 + number as i64, "severity_number": 9, "body": "paid",
            "trace_id": number.is_multiple_of(2).then(|| format!("{number:032x}")), "service_name": "shop",
            "attributes": sent(number), "resource": "", "received_ms": 1_795_244_400_001_i64,
        }),
        _ => json!({
            "time_ns": 1_795_244_400_000_000_000_i64 + number as i64, "name": "orders", "kind": "sum",
            "value": number as f64 / 3.0, "count": number, "is_monotonic": true, "service_name": "shop",
            "attributes": sent(number), "resource": "", "received_ms": 1_795_244_400_001_i64,
        }),
    };
    to_json(&[from_json(table, &(0..12).map(row).collect::<Vec<_>>())])
}

/// A golden file as today's writers make it.
async fn made(version: u16, table: Table, rows: &[Value]) -> Golden {
    let mut rng = rand::rng();
    let (tenant, id, file) = (TenantId::new(UnixMs(1)), SegmentId::new(UnixMs(2)), key_file(KEY_FILE));
    let tenant_key = TenantKey::generate(&mut rng);
    let fresh = write(id, table, &[from_json(table, rows)]).unwrap().unwrap();
    let chunks = match version {
        1 => fresh.chunks,
        _ => {
            let (dir, path) = (tempfile::tempdir().unwrap(), Path::from("fresh"));
            let store = Store::on_disk(dir.path()).unwrap();
            let (sealed, row) = stored("fresh", 0, &fresh, &tenant_key);
            store.create(&path, sealed).await.unwrap();
            let reader = ExtentReader::of(store.reader(), &row, &tenant_key).unwrap();
            let mut bytes = Vec::new();
            merge(id, table, &[reader], &mut bytes).await.unwrap().unwrap();
            vec![bytes.into()]
        }
    };
    let key = ExtentKey::generate(tenant, id, &mut rng);
    Golden {
        version,
        table,
        tenant: tenant.uuid(),
        segment: id.uuid(),
        key_file: KEY_FILE.to_owned(),
        wrapped_by: file.newest().to_owned(),
        tenant_key: hex::encode(file.wrap(tenant, &tenant_key, &mut rng).0),
        extent_key: hex::encode(tenant_key.wrap(tenant, id, &key, &mut rng).0),
        extent: hex::encode(key.seal(&chunks).concat()),
        rows: rows.to_vec(),
    }
}

#[tokio::test]
#[ignore = "writes files of versions that have none yet"]
async fn write_golden() {
    for (version, tables) in [(1, [&MERGED[..], &SUMS].concat()), (3, MERGED.to_vec())] {
        for table in tables {
            let path = dir().join(format!("segment-{version}-{table}.json"));
            if !path.exists() {
                let golden = made(version, table, &rows_of(table)).await;
                std::fs::write(path, serde_json::to_string_pretty(&golden).unwrap() + "\n").unwrap();
            }
        }
    }
}
