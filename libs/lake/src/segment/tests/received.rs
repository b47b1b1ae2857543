//! Who wants the rows received last reads their row groups and no others.

use arrow::array::Int64Array;
use arrow::datatypes::Int64Type;

use super::{merge::*, *};

/// As many rows as make some slices, each received a millisecond after it began.
fn batch(rows_count: i64) -> RecordBatch {
    let shapes: Vec<Shape> = (0..rows_count)
        .map(|n| ("shop".to_owned(), n % 3 == 0, n * 1_000_000, u8::try_from(n % 7).unwrap()))
        .collect();
    let batch = rows(&shapes);
    let at = batch.schema().index_of("received_ms").unwrap();
    let mut columns = batch.columns().to_vec();
    columns[at] = Arc::new(Int64Array::from_iter_values((0..rows_count).map(|n| n + 1)));
    RecordBatch::try_new(batch.schema(), columns).unwrap()
}

async fn read(reader: &ExtentReader, columns: &[&str], groups: Option<Vec<usize>>) -> Vec<RecordBatch> {
    let mut rows = GroupColumns::open(reader, Table::Spans, columns, groups).await.unwrap();
    let mut batches = Vec::new();
    while let Some(batch) = rows.next().await.unwrap() {
        batches.push(batch);
    }
    batches
}

#[tokio::test]
async fn rows_received_last_are_found_without_a_look_at_others() {
    const ROWS: i64 = 10_000;
    let mut shelf = Shelf::new();
    shelf.put(&write(segment_id(), Table::Spans, &[batch(ROWS)]).unwrap().unwrap()).await;
    let fresh = shelf.readers().remove(0);
    let footer = fresh.footer(&fresh.head().await.unwrap()).await.unwrap();

    let all = footer.received_since(0);
    assert_eq!(all.iter().map(|group| group.number).collect::<Vec<_>>(), [2, 1, 0], "the newest first");
    assert_eq!(all.iter().map(|group| group.rows).sum::<u64>(), ROWS as u64);
    let last = footer.received_since(ROWS);
    assert_eq!(last.len(), 1, "one row of ten thousand");
    assert_eq!(footer.received_since(ROWS + 1), []);

    let columns = ["received_ms", "trace_id", "parent_span_id", "service_name"];
    let found = read(&fresh, &columns, Some(vec![last[0].number])).await;
    assert_eq!(found.iter().map(RecordBatch::num_rows).sum::<usize>() as u64, last[0].rows);
    let newest =
        found.iter().flat_map(|rows| rows["received_ms"].as_primitive::<Int64Type>().values().to_vec());
    assert_eq!(newest.max(), Some(ROWS));
    let names: Vec<String> = found[0].schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, columns);
}

#[tokio::test]
async fn columns_of_row_groups_are_those_of_the_whole() {
    let mut shelf = Shelf::new();
    shelf.put(&write(segment_id(), Table::Spans, &[batch(9_000)]).unwrap().unwrap()).await;
    shelf.merge().await;
    let columns = ["trace_id", "span_id", "parent_span_id"];
    let of = |batches: &[RecordBatch]| -> Vec<String> {
        let mut all = Vec::new();
        for batch in batches {
            for row in 0..batch.num_rows() {
                let cell = |name: &str| {
                    batch[name].as_fixed_size_binary().iter().nth(row).flatten().map(hex::encode)
                };
                all.push(format!("{:?}", columns.map(cell)));
            }
        }
        all.sort_unstable();
        all
    };
    let expected = of(&shelf.read(0).await);
    // Merged, parents are places.
    for reader in shelf.readers() {
        assert_eq!(of(&read(&reader, &columns, None).await), expected);
        assert_eq!(of(&read(&reader, &columns, Some(vec![0, 1, 2])).await), expected);
    }
}
