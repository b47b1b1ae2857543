//! Merging loses no row, invents none, and keeps the order.

use arrow::{
    array::{BooleanArray, FixedSizeBinaryArray},
    compute::filter_record_batch,
    row::{RowConverter, SortField},
};

use super::*;
use crate::segment::{logical::Logical, write::numbered};

/// (service, is_entry, start, trace)
pub(super) type Shape = (String, bool, i64, u8);

pub(super) fn rows(shapes: &[Shape]) -> RecordBatch {
    let plain: Vec<_> =
        shapes.iter().map(|(service, entry, start, _)| (service.clone(), *entry, *start)).collect();
    let batch = spans(&plain);
    let mut columns = batch.columns().to_vec();
    let traces = FixedSizeBinaryArray::try_from_iter(shapes.iter().map(|row| [row.3; 16])).unwrap();
    columns[0] = Arc::new(traces);
    // Rows that are equal but for this must not be taken for one.
    let ids = FixedSizeBinaryArray::try_from_iter((0..shapes.len() as u64).map(u64::to_be_bytes)).unwrap();
    columns[1] = Arc::new(ids);
    // Some of the same trace, some of another, some of none.
    let parents = (0..shapes.len() as u64).map(|row| (row % 3 > 0).then(|| (row / 2).to_be_bytes()));
    columns[2] = Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(parents, 8).unwrap());
    let attributes = batch.schema().index_of("attributes").unwrap();
    columns[attributes] = Arc::new(BinaryArray::from_iter_values(shapes.iter().map(sent)));
    RecordBatch::try_new(batch.schema(), columns).unwrap()
}

/// Attributes of several shapes: `a` of two types, in either order with `b`, and some bytes that are none.
fn sent(row: &Shape) -> Vec<u8> {
    attributes(row.3, row.2 as u8)
}

pub(super) fn attributes(shape: u8, time: u8) -> Vec<u8> {
    let text = |key: u8, value: u8| vec![0x0a, 8, 0x0a, 1, key, 0x12, 3, 0x0a, 1, value];
    let int = |key: u8, value: u8| vec![0x0a, 7, 0x0a, 1, key, 0x12, 2, 0x18, value & 0x7f];
    match shape % 5 {
        0 => Vec::new(),
        1 => [text(b'a', b'x'), int(b'b', time)].concat(),
        2 => [int(b'b', time), text(b'a', b'y')].concat(),
        3 => [int(b'a', time), text(b'a', b'z')].concat(),
        _ => vec![9, 9, 9],
    }
}

/// Every row as comparable bytes, sorted.
pub(super) fn multiset(batches: &[RecordBatch]) -> Vec<Vec<u8>> {
    multiset_of(Table::Spans, batches)
}

pub(super) fn multiset_of(table: Table, batches: &[RecordBatch]) -> Vec<Vec<u8>> {
    let schema = schema::of(table);
    let fields = schema.fields().iter().map(|field| SortField::new(field.data_type().clone())).collect();
    let converter = RowConverter::new(fields).unwrap();
    let mut all = Vec::new();
    for batch in batches {
        let columns: Vec<ArrayRef> =
            schema.fields().iter().map(|field| batch.column_by_name(field.name()).unwrap().clone()).collect();
        all.extend(converter.convert_columns(&columns).unwrap().iter().map(|row| row.as_ref().to_vec()));
    }
    all.sort_unstable();
    all
}

/// Segments in a lake of their own.
pub(super) struct Shelf {
    table: Table,
    _dir: tempfile::TempDir,
    store: Store,
    key: TenantKey,
    rows: Vec<SegmentRow>,
}

impl Shelf {
    pub(super) fn new() -> Self {
        Self::of(Table::Spans)
    }

    pub(super) fn of(table: Table) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (store, key) = (Store::on_disk(dir.path()).unwrap(), TenantKey::generate(&mut rand::rng()));
        Self { table, _dir: dir, store, key, rows: Vec::new() }
    }

    pub(super) async fn put(&mut self, extent: &Extent) {
        let path = format!("cuts/{}", self.store.list("cuts").await.unwrap().len());
        let (sealed, row) = stored(&path, 0, extent, &self.key);
        self.store.create(&Path::from(path), sealed).await.unwrap();
        self.rows.push(SegmentRow { table: self.table, ..row });
    }

    pub(super) fn readers(&self) -> Vec<ExtentReader> {
        let reader = |row| ExtentReader::of(self.store.reader(), row, &self.key).unwrap();
        self.rows.iter().map(reader).collect()
    }

    pub(super) async fn read(&self, index: usize) -> Vec<RecordBatch> {
        read_all(self.store.reader(), &self.rows[index], &self.key).await.unwrap()
    }

    /// Merges all there are, and adds the outcome.
    pub(super) async fn merge(&mut self) -> Merged {
        let mut bytes = Vec::new();
        let merged = merge(segment_id(), self.table, &self.readers(), &mut bytes).await.unwrap().unwrap();
        let Merged { rows, min_start_ns, max_start_ns } = merged;
        let length = bytes.len() as u64;
        self.put(&Extent { chunks: vec![bytes.into()], length, rows, min_start_ns, max_start_ns }).await;
        merged
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn merged_segments_hold_every_row_of_their_inputs_and_nothing_else(
        inputs in proptest::collection::vec(
            proptest::collection::vec(("[a-c]{1,2}", any::<bool>(), 0_i64..50, 0_u8..20), 1..60), 1..6,
        ),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut shelf = Shelf::new();
            let batches: Vec<_> = inputs.iter().map(|shapes| rows(shapes)).collect();
            for batch in &batches {
                shelf.put(&write(segment_id(), Table::Spans, std::slice::from_ref(batch)).unwrap().unwrap()).await;
            }
            let merged = shelf.merge().await;
            let read = shelf.read(inputs.len()).await;
            assert_eq!(multiset(&read), multiset(&batches));
            let order: Vec<_> = triples(&read).into_iter().map(|(service, entry, at)| (service, !entry, at)).collect();
            assert!(order.is_sorted());
            let times = inputs.concat().into_iter().map(|row| row.2);
            assert_eq!(merged.min_start_ns, times.clone().min().unwrap());
            assert_eq!(merged.max_start_ns, times.max().unwrap());
            assert_eq!(merged.rows, inputs.concat().len() as u64);
            // All of it once more, cuts and what was merged of them.
            shelf.merge().await;
            let twice: Vec<_> = batches.iter().chain(&batches).cloned().collect();
            assert_eq!(multiset(&shelf.read(inputs.len() + 1).await), multiset(&twice));
        });
    }
}

#[tokio::test]
async fn a_merged_segment_is_merged_again_and_its_traces_are_found() {
    let mut shelf = Shelf::new();
    let shape = |at, trace| ("shop".to_owned(), true, at, trace);
    let batches = [rows(&[shape(9, 8), shape(1, 7)]), rows(&[shape(2, 7)]), rows(&[shape(0, 9)])];
    for batch in &batches[..2] {
        shelf.put(&write(segment_id(), Table::Spans, std::slice::from_ref(batch)).unwrap().unwrap()).await;
    }
    shelf.merge().await;
    shelf.put(&write(segment_id(), Table::Spans, &batches[2..]).unwrap().unwrap()).await;
    shelf.rows.drain(..2);
    let merged = shelf.merge().await;
    assert_eq!((merged.rows, merged.min_start_ns, merged.max_start_ns), (4, 0, 9));
    assert_eq!(multiset(&shelf.read(2).await), multiset(&batches));
    let reader = &shelf.readers()[2];
    let head = reader.head().await.unwrap();
    let table = reader.trace_table(&head).await.unwrap().unwrap();
    let numbers = [9, 7, 8, 6].map(|trace| table.number(&[trace; 16]));
    assert_eq!(numbers, [Some(0), Some(1), Some(2), None], "numbered by their beginnings");
    assert!([7, 8, 9].iter().all(|&trace| head.may_hold(&[trace; 16])));
}

#[tokio::test]
async fn more_rows_than_a_batch_of_each_input_are_merged() {
    let mut shelf = Shelf::new();
    let part = |from: i64| -> Vec<Shape> {
        (0..12_000).map(|n| (format!("s{}", n % 3), n % 2 == 0, from + n * 2, (n % 200) as u8)).collect()
    };
    let batches = [rows(&part(0)), rows(&part(1)), rows(&part(30_000))];
    for batch in &batches {
        shelf.put(&write(segment_id(), Table::Spans, std::slice::from_ref(batch)).unwrap().unwrap()).await;
    }
    assert_eq!(shelf.merge().await.rows, 36_000);
    assert_eq!(multiset(&shelf.read(3).await), multiset(&batches));
}

/// A long text that all rows share is stored once, and is as long in every row that is read.
#[tokio::test]
async fn rows_of_long_texts_are_read_and_merged_a_few_at_a_time() {
    const ROWS: usize = 300;
    const BYTES: usize = 100_000;
    let mut shelf = Shelf::new();
    let shapes: Vec<Shape> = (0..ROWS).map(|n| ("shop".to_owned(), true, n as i64, n as u8)).collect();
    let batch = rows(&shapes);
    let mut columns = batch.columns().to_vec();
    let name = batch.schema().index_of("name").unwrap();
    columns[name] = Arc::new(StringArray::from(vec!["x".repeat(BYTES); ROWS]));
    let batch = RecordBatch::try_new(batch.schema(), columns).unwrap();
    shelf.put(&write(segment_id(), Table::Spans, std::slice::from_ref(&batch)).unwrap().unwrap()).await;
    assert!(shelf.rows[0].length < 100_000, "{} bytes are stored", shelf.rows[0].length);
    assert_eq!(shelf.merge().await.rows, ROWS as u64);
    for (place, reader) in shelf.readers().iter().enumerate() {
        let logical = numbered(&schema::spans());
        let mut read = Logical::open(reader, &logical, 2_048).await.unwrap();
        let (mut most, mut all) = (0, 0);
        while let Some(rows) = read.next().await.unwrap() {
            (most, all) = (most.max(rows.num_rows()), all + rows.num_rows());
        }
        assert_eq!(all, ROWS);
        assert!(most * BYTES <= 4 << 20, "segment {place} is read {most} rows at a time");
    }
}

#[tokio::test]
async fn erased_rows_are_gone_with_their_traces_and_the_hours_they_touched_are_named() {
    let mut shelf = Shelf::new();
    let hour = 3_600_000_000_000;
    // Traces 1 and 2 have text `a`, "x" and "y"; trace 0 has nothing.
    let shape = |at, trace| ("shop".to_owned(), true, at, trace);
    let batch = rows(&[shape(1, 0), shape(2, 1), shape(hour + 3, 1), shape(4, 2)]);
    shelf.put(&write(segment_id(), Table::Spans, &[batch]).unwrap().unwrap()).await;
    let matching = |value: &str| Matching { key: "a".to_owned(), value: value.to_owned() };
    let mut bytes = Vec::new();

    let (merged, erased) =
        merge_without(segment_id(), Table::Spans, &shelf.readers(), &matching("x"), &mut bytes)
            .await
            .unwrap();

    assert_eq!(erased, Erased { rows: 2, hours_ns: [0, hour].into() });
    let Merged { rows, min_start_ns, max_start_ns } = merged.unwrap();
    assert_eq!((rows, min_start_ns, max_start_ns), (2, 1, 4));
    let length = bytes.len() as u64;
    shelf.put(&Extent { chunks: vec![bytes.into()], length, rows, min_start_ns, max_start_ns }).await;
    assert_eq!(triples(&shelf.read(1).await).iter().map(|row| row.2).collect::<Vec<_>>(), [1, 4]);
    let reader = &shelf.readers()[1];
    let table = reader.trace_table(&reader.head().await.unwrap()).await.unwrap().unwrap();
    assert_eq!((table.len(), table.number(&[1; 16])), (2, None));

    let mut nothing = Vec::new();
    let (merged, erased) =
        merge_without(segment_id(), Table::Spans, &shelf.readers()[1..], &matching("x"), &mut nothing)
            .await
            .unwrap();
    assert_eq!((merged, erased.rows, nothing.len()), (None, 0, 0), "what has no such row stays as it is");
}

#[tokio::test]
async fn rows_are_erased_from_more_than_is_kept_in_memory() {
    let mut shelf = Shelf::new();
    // Every fifth row has text `a` "x", in two inputs whose times overlap, over several slices.
    let shape = |at: i64| ("shop".to_owned(), at % 2 == 0, at, (at % 5) as u8);
    let batches = [0..9_000, 4_000..12_000].map(|times| rows(&times.map(shape).collect::<Vec<_>>()));
    for batch in &batches {
        shelf.put(&write(segment_id(), Table::Spans, std::slice::from_ref(batch)).unwrap().unwrap()).await;
    }
    let matching = Matching { key: "a".to_owned(), value: "x".to_owned() };
    let mut bytes = Vec::new();

    let (merged, erased) =
        merge_without(segment_id(), Table::Spans, &shelf.readers(), &matching, &mut bytes).await.unwrap();

    let left = batches.map(|batch| {
        let times = batch["start_ns"].as_primitive::<Int64Type>();
        let stays = times.values().iter().map(|at| Some(at % 5 != 1)).collect::<BooleanArray>();
        filter_record_batch(&batch, &stays).unwrap()
    });
    let Merged { rows, min_start_ns, max_start_ns } = merged.unwrap();
    assert_eq!((rows, erased.rows), (13_600, 3_400));
    let length = bytes.len() as u64;
    shelf.put(&Extent { chunks: vec![bytes.into()], length, rows, min_start_ns, max_start_ns }).await;
    assert_eq!(multiset(&shelf.read(2).await), multiset(&left));
}
