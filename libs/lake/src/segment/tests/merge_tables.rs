//! Merging keeps every row of every signal, whatever its cells are.

use arrow::array::{
    BooleanArray, FixedSizeBinaryBuilder, Float64Array, Int32Array, Int64Array, UInt8Array, UInt64Array,
};
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::{
    merge::{Shelf, attributes, multiset_of},
    *,
};
use crate::segment::order::Order;

/// Rows with any cells their columns may have.
fn rows(table: Table, count: usize, rng: &mut StdRng) -> RecordBatch {
    let schema = schema::of(table);
    let columns = schema.fields().iter().map(|field| {
        let nulls = if field.is_nullable() { [0.0, 0.3, 1.0][rng.random_range(0..3)] } else { 0.0 };
        cells(field.name(), field.data_type(), count, nulls, rng)
    });
    RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap()
}

fn cells(name: &str, data_type: &DataType, count: usize, nulls: f64, rng: &mut StdRng) -> ArrayRef {
    let is_null: Vec<bool> = (0..count).map(|_| rng.random_bool(nulls)).collect();
    macro_rules! some {
        ($value:expr) => {
            is_null.iter().map(|is_null| (!is_null).then(|| $value)).collect::<Vec<_>>()
        };
    }
    match data_type {
        DataType::Boolean => Arc::new(BooleanArray::from(some!(rng.random()))),
        DataType::UInt8 => Arc::new(UInt8Array::from(some!(rng.random()))),
        DataType::Int32 => Arc::new(Int32Array::from(some!(rng.random()))),
        DataType::UInt64 => Arc::new(UInt64Array::from(some!(rng.random()))),
        DataType::Float64 => Arc::new(Float64Array::from(some!(f64::from(rng.random::<i32>()) / 7.0))),
        // Some at the same time, so that an order must be found otherwise, or is none.
        DataType::Int64 => Arc::new(Int64Array::from(some!(rng.random_range(-5_i64..40) * 1_000_000_007))),
        DataType::Utf8 => {
            Arc::new(StringArray::from_iter(some!(format!("{name} 가 {}", rng.random_range(0..30)))))
        }
        DataType::Binary if name == "attributes" => {
            Arc::new(BinaryArray::from_iter(some!(attributes(rng.random(), rng.random()))))
        }
        DataType::Binary => Arc::new(BinaryArray::from_iter(some!(vec![rng.random::<u8>(); 3]))),
        DataType::FixedSizeBinary(size) => {
            let mut ids = FixedSizeBinaryBuilder::new(*size);
            let length = usize::try_from(*size).unwrap();
            some!(vec![rng.random_range(1_u8..9); length]).into_iter().for_each(|id| match id {
                Some(id) => ids.append_value(id).unwrap(),
                None => ids.append_null(),
            });
            Arc::new(ids.finish())
        }
        data_type => panic!("no cells of {data_type}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn merged_points_and_records_are_those_that_were_stored_in_their_order(
        table in prop_oneof![Just(Table::MetricPoints), Just(Table::LogRecords)],
        counts in proptest::collection::vec(1_usize..150, 1..6),
        seed in any::<u64>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut shelf, mut rng) = (Shelf::of(table), StdRng::seed_from_u64(seed));
            let batches: Vec<_> = counts.iter().map(|&count| rows(table, count, &mut rng)).collect();
            for batch in &batches {
                shelf.put(&write(segment_id(), table, std::slice::from_ref(batch)).unwrap().unwrap()).await;
            }
            let merged = shelf.merge().await;
            let read = shelf.read(counts.len()).await;
            assert_eq!(merged.rows, counts.iter().sum::<usize>() as u64);
            assert_eq!(multiset_of(table, &read), multiset_of(table, &batches));
            let mut before = None;
            for batch in &read {
                let keys = Order::of(table, &batch.schema()).unwrap().keys(batch).unwrap();
                for key in &keys {
                    let key = key.owned();
                    assert!(before.as_ref().is_none_or(|before| *before <= key));
                    before = Some(key);
                }
            }
            // All of it once more, cuts and what was merged of them.
            shelf.merge().await;
            let twice: Vec<_> = batches.iter().chain(&batches).cloned().collect();
            assert_eq!(multiset_of(table, &shelf.read(counts.len() + 1).await), multiset_of(table, &twice));
        });
    }
}
