//! A trace's rows are found without a look at the others, and all of them.

use arrow::{compute::filter_record_batch, datatypes::UInt32Type};

use super::{
    merge::{Shape, Shelf, multiset, rows},
    *,
};

/// Enough for several pages a column. A trace's rows lie in five places, and its last comes late.
fn shapes() -> Vec<Shape> {
    let shape = |at: i64| {
        let trace = if at % 997 == 0 { 3 } else { at / 200 };
        (format!("shop-{}", at % 5), at % 3 == 0, at, trace as u8)
    };
    (0..45_000).map(shape).collect()
}

async fn found(reader: &ExtentReader, trace: u8, services: &[String]) -> Vec<RecordBatch> {
    let head = reader.head().await.unwrap();
    let footer = reader.footer(&head).await.unwrap();
    let table = reader.trace_table(&head).await.unwrap().unwrap();
    let number = table.number(&[trace; 16]).unwrap();
    let (mut rows, mut batches) =
        (reader.rows_of_traces(&footer, &schema::spans(), vec![number], services).unwrap(), Vec::new());
    while let Some(batch) = rows.next().await.unwrap() {
        let numbers = batch.column(0).as_primitive::<UInt32Type>();
        assert!(numbers.iter().all(|found| found == Some(number)));
        let ids = trace_ids(numbers, Some(&table)).unwrap();
        let mut columns = batch.columns().to_vec();
        columns[0] = Arc::new(ids);
        batches.push(RecordBatch::try_new(schema::spans(), columns).unwrap());
    }
    batches
}

#[tokio::test]
async fn rows_of_a_trace_are_those_that_a_scan_finds() {
    let mut shelf = Shelf::new();
    let (all, mut batches) = (shapes(), Vec::new());
    for half in all.chunks(30_000) {
        batches.push(rows(half));
        shelf.put(&write(segment_id(), Table::Spans, &batches[batches.len() - 1..]).unwrap().unwrap()).await;
    }
    shelf.merge().await;
    let readers = shelf.readers();
    for trace in [0_u8, 3, 77, 149] {
        let of_trace = |batch: &RecordBatch| {
            let ids = batch.column(0).as_fixed_size_binary();
            let keep = ids.iter().map(|id| Some(id == Some([trace; 16].as_slice()))).collect();
            filter_record_batch(batch, &keep).unwrap()
        };
        let expected = multiset(&batches.iter().map(of_trace).collect::<Vec<_>>());
        assert_eq!(multiset(&found(&readers[2], trace, &[]).await), expected, "trace {trace}, merged");
        let expected = multiset(&[of_trace(&batches[0])]);
        assert_eq!(multiset(&found(&readers[0], trace, &[]).await), expected, "trace {trace}, as it was cut");
    }
}

#[tokio::test]
async fn rows_of_some_services_in_a_trace_are_whole_and_few_others_are_read() {
    let mut shelf = Shelf::new();
    let batch = rows(&shapes());
    shelf.put(&write(segment_id(), Table::Spans, &[batch]).unwrap().unwrap()).await;
    shelf.merge().await;
    let services = ["shop-4".to_owned()];
    let of_services = |batch: &RecordBatch| {
        let names = batch.column_by_name("service_name").unwrap().as_string::<i32>();
        let keep =
            names.iter().map(|name| Some(services.iter().any(|service| name == Some(service)))).collect();
        filter_record_batch(batch, &keep).unwrap()
    };
    let count = |batches: &[RecordBatch]| batches.iter().map(RecordBatch::num_rows).sum::<usize>();
    for reader in shelf.readers() {
        let all = found(&reader, 3, &[]).await;
        let some = found(&reader, 3, &services).await;
        let wanted = |batches: &[RecordBatch]| multiset(&batches.iter().map(of_services).collect::<Vec<_>>());
        assert_eq!(wanted(&some), wanted(&all));
        assert!(count(&some) < count(&all), "{} of {}", count(&some), count(&all));
    }
}
