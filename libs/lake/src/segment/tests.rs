//! Rows in, rows out.

mod candidates;
mod golden;
mod merge;
mod merge_tables;
mod received;
mod trace_rows;

use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray, BinaryArray, RecordBatch, StringArray, new_null_array},
    datatypes::{DataType, Int64Type, Schema},
};
use bytes::Bytes;
use naru_ids::{ProjectId, SegmentId, TenantId, UnixMs};
use naru_signal::Table;
use object_store::path::Path;
use parquet::{
    arrow::{arrow_reader::ArrowReaderOptions, async_reader::AsyncFileReader},
    file::metadata::PageIndexPolicy,
};
use proptest::prelude::*;

use super::*;
use crate::{
    Error,
    catalog::SegmentRow,
    schema,
    seal::{ExtentKey, TenantKey},
    store::Store,
};

/// Rows with these (service, is_entry, start); every other cell is empty or a filler.
fn spans(rows: &[(String, bool, i64)]) -> RecordBatch {
    let filler = |field: &arrow::datatypes::FieldRef| -> ArrayRef {
        let length = rows.len();
        match (field.name().as_str(), field.data_type()) {
            ("service_name", _) => Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.0))),
            ("is_entry", _) => {
                Arc::new(arrow::array::BooleanArray::from_iter(rows.iter().map(|row| Some(row.1))))
            }
            ("start_ns", _) => {
                Arc::new(arrow::array::Int64Array::from_iter_values(rows.iter().map(|row| row.2)))
            }
            (_, data_type) if field.is_nullable() => new_null_array(data_type, length),
            (_, DataType::Utf8) => Arc::new(StringArray::from(vec!["text"; length])),
            (_, DataType::Binary) => Arc::new(BinaryArray::from(vec![b"\x0a\x00".as_slice(); length])),
            (_, DataType::Int64) => Arc::new(arrow::array::Int64Array::from(vec![5; length])),
            (_, DataType::UInt8) => Arc::new(arrow::array::UInt8Array::from(vec![1; length])),
            (_, DataType::FixedSizeBinary(size)) => {
                let id = vec![1_u8; usize::try_from(*size).unwrap()];
                Arc::new(
                    arrow::array::FixedSizeBinaryArray::try_from_iter(vec![id; length].into_iter()).unwrap(),
                )
            }
            (name, data_type) => panic!("no filler for {name}: {data_type}"),
        }
    };
    let columns = schema::spans().fields().iter().map(filler).collect();
    RecordBatch::try_new(schema::spans(), columns).unwrap()
}

fn segment_id() -> SegmentId {
    SegmentId::from_uuid(uuid::Uuid::from_u128(7))
}

/// An extent as it lies in an object: sealed, and the row that says where.
fn stored(path: &str, offset: u64, extent: &Extent, tenant_key: &TenantKey) -> (Vec<Bytes>, SegmentRow) {
    let (tenant, mut rng) = (TenantId::new(UnixMs(1)), rand::rng());
    let key = ExtentKey::generate(tenant, segment_id(), &mut rng);
    let sealed = key.seal(&extent.chunks);
    let row = SegmentRow {
        id: segment_id(),
        tenant,
        sealed_key: tenant_key.wrap(tenant, segment_id(), &key, &mut rng),
        project: ProjectId::new(UnixMs(1)),
        table: Table::Spans,
        day: 0,
        partition: 0,
        first_seq: 1,
        last_seq: 1,
        level: 0,
        path: path.to_owned(),
        offset,
        length: sealed.iter().map(|frame| frame.len() as u64).sum(),
        rows: extent.rows,
        min_start_ns: extent.min_start_ns,
        max_start_ns: extent.max_start_ns,
    };
    (sealed, row)
}

fn triples(batches: &[RecordBatch]) -> Vec<(String, bool, i64)> {
    let mut rows = Vec::new();
    for batch in batches {
        let service = batch.column_by_name("service_name").unwrap().as_string::<i32>();
        let is_entry = batch.column_by_name("is_entry").unwrap().as_boolean();
        let start = batch.column_by_name("start_ns").unwrap().as_primitive::<Int64Type>();
        rows.extend(
            (0..batch.num_rows())
                .map(|row| (service.value(row).to_owned(), is_entry.value(row), start.value(row))),
        );
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_row_in_is_a_row_out_in_the_order_of_the_sort(
        rows in proptest::collection::vec(("[a-c]{1,2}", any::<bool>(), any::<i64>()), 1..200),
        split in 0_usize..200,
    ) {
        let (left, right) = rows.split_at(split.min(rows.len()));
        let batches: Vec<_> = [left, right].iter().filter(|part| !part.is_empty()).map(|part| spans(part)).collect();
        let extent = write(segment_id(), Table::Spans, &batches).unwrap().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::on_disk(dir.path()).unwrap();
            // Neighbours before and behind must not show through.
            let noise = Bytes::from_static(b"another tenant's extent");
            let path = Path::from("cuts/a.bundle");
            let key = TenantKey::generate(&mut rand::rng());
            let (sealed, row) = stored("cuts/a.bundle", noise.len() as u64, &extent, &key);
            let chunks = [vec![noise.clone()], sealed, vec![noise.clone()]].concat();
            store.create(&path, chunks).await.unwrap();
            read_all(store.reader(), &row, &key).await.unwrap()
        });
        let mut expected = rows.clone();
        expected.sort_by(|a, b| (&a.0, !a.1, a.2).cmp(&(&b.0, !b.1, b.2)));
        prop_assert_eq!(triples(&read), expected);
        prop_assert_eq!(extent.min_start_ns, rows.iter().map(|row| row.2).min().unwrap());
        prop_assert_eq!(extent.max_start_ns, rows.iter().map(|row| row.2).max().unwrap());
    }
}

#[test]
fn no_rows_make_no_segment() {
    assert!(write(segment_id(), Table::Spans, &[]).unwrap().is_none());
    assert!(write(segment_id(), Table::Spans, &[RecordBatch::new_empty(schema::spans())]).unwrap().is_none());
}

#[tokio::test]
async fn a_segment_reads_back_with_the_lake_s_schema_page_index_and_traces() {
    let rows: Vec<_> = (0..1_000).map(|n| ("shop".to_owned(), n % 7 == 0, n)).collect();
    let batch = spans(&rows);
    // The tail holds resources as a dictionary; readers must not notice.
    let index = batch.schema().index_of("resource").unwrap();
    let data_type = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Binary));
    let mut columns = batch.columns().to_vec();
    columns[index] = arrow::compute::cast(&columns[index], &data_type).unwrap();
    let mut fields: Vec<_> = batch.schema().fields().iter().map(|field| field.as_ref().clone()).collect();
    fields[index] = fields[index].clone().with_data_type(data_type);
    let held = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let extent = write(segment_id(), Table::Spans, &[held]).unwrap().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let store = Store::on_disk(dir.path()).unwrap();
    let key = TenantKey::generate(&mut rand::rng());
    let (sealed, row) = stored("a", 0, &extent, &key);
    store.create(&Path::from("a"), sealed.clone()).await.unwrap();

    let mut reader = ExtentReader::of(store.reader(), &row, &key).unwrap();
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
    let metadata = reader.get_metadata(Some(&options)).await.unwrap();
    assert!(metadata.column_index().is_some() && metadata.offset_index().is_some());
    assert!(reader.get_bytes(0..extent.length + 1).await.is_err());
    let head = reader.head().await.unwrap();
    assert!(head.may_hold(&[1; 16]) && (0..100).any(|other| !head.may_hold(&[other + 2; 16])));
    let table = reader.trace_table(&head).await.unwrap().unwrap();
    assert_eq!((table.len(), table.number(&[1; 16]), table.number(&[2; 16])), (1, Some(0), None));

    let types = |schema: &Schema| -> BTreeMap<String, (DataType, bool)> {
        let of = |field: &arrow::datatypes::FieldRef| (field.data_type().clone(), field.is_nullable());
        schema.fields().iter().map(|field| (field.name().clone(), of(field))).collect()
    };
    let read = read_all(store.reader(), &row, &key).await.unwrap();
    assert_eq!(types(&read[0].schema()), types(&schema::spans()));
    let key_values = metadata.file_metadata().key_value_metadata().unwrap();
    let id = key_values.iter().find(|pair| pair.key == SEGMENT_KEY).unwrap();
    assert_eq!(id.value, Some(segment_id().to_string()));
}

#[tokio::test]
async fn pages_are_short_where_rows_are_looked_for_and_long_where_they_hold_keys_or_nothing() {
    let rows: Vec<_> = (0..4_096).map(|n| ("shop".to_owned(), true, n)).collect();
    let extent = write(segment_id(), Table::Spans, &[spans(&rows)]).unwrap().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let store = Store::on_disk(dir.path()).unwrap();
    let key = TenantKey::generate(&mut rand::rng());
    let (sealed, row) = stored("a", 0, &extent, &key);
    store.create(&Path::from("a"), sealed).await.unwrap();

    let reader = ExtentReader::of(store.reader(), &row, &key).unwrap();
    let footer = reader.footer(&reader.head().await.unwrap()).await.unwrap();
    let pages = |column: &str| {
        let at = footer.file().schema().index_of(column).unwrap();
        footer.metadata().offset_index().unwrap()[0][at].page_locations().len()
    };
    for column in ["service_name", "is_entry", "start_ns", "span_id"] {
        assert_eq!(pages(column), 2, "{column}");
    }
    // The last has no value at all.
    for column in ["name", "kind", "operation", "resource", "links"] {
        assert_eq!(pages(column), 1, "{column}");
    }
}

#[tokio::test]
async fn damage_and_foreign_keys_are_errors_and_never_rows() {
    let rows: Vec<_> = (0..5_000).map(|n| ("shop".to_owned(), n % 7 == 0, n)).collect();
    let extent = write(segment_id(), Table::Spans, &[spans(&rows)]).unwrap().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let store = Store::on_disk(dir.path()).unwrap();
    let key = TenantKey::generate(&mut rand::rng());
    let (sealed, row) = stored("whole", 0, &extent, &key);
    let whole = sealed.concat();
    let put = async |path: &str, bytes: Vec<u8>| {
        store.create(&Path::from(path), vec![bytes.into()]).await.unwrap();
        SegmentRow { path: path.to_owned(), ..row.clone() }
    };
    let mut flipped = whole.clone();
    flipped[100] ^= 1;
    let flipped = put("flipped", flipped).await;
    let cut = put("cut", whole[..whole.len() - 40].to_vec()).await;
    let cut = SegmentRow { length: row.length - 40, ..cut };
    let moved = SegmentRow { id: SegmentId::new(UnixMs(9)), ..put("moved", whole).await };
    for damaged in [&flipped, &cut, &moved] {
        let read = read_all(store.reader(), damaged, &key).await;
        assert!(read.is_err(), "{}", damaged.path);
    }
    let other = TenantKey::generate(&mut rand::rng());
    assert!(matches!(read_all(store.reader(), &row, &other).await, Err(Error::Sealed { .. })));
}
