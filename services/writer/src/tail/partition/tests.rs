use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch},
    datatypes::{DataType, Field, Schema},
};
use naru_ids::{ProjectId, TenantId, UnixMs};
use naru_signal::Signal;

use super::*;
use crate::summarize::WaitingRoom;

fn key() -> TableKey {
    TableKey { tenant: TenantId::new(UnixMs(1)), project: ProjectId::new(UnixMs(1)), signal: Signal::Metrics }
}

fn rows(time_ns: i64) -> RecordBatch {
    let schema = Schema::new(vec![Field::new("time_ns", DataType::Int64, false)]);
    let column: ArrayRef = Arc::new(Int64Array::from(vec![time_ns]));
    RecordBatch::try_new(Arc::new(schema), vec![column]).unwrap()
}

fn tail() -> (PartitionTail, Arc<Budget>) {
    let budget = Arc::new(Budget::new(1 << 20, 8));
    let tail = PartitionTail::new(3, Arc::clone(&budget));
    tail.open(
        7,
        100,
        false,
        Summaries::new(500_000_000, Arc::new(WaitingRoom::without_end()), Arc::default()),
    );
    (tail, budget)
}

fn count(tail: &PartitionTail, key: &TableKey) -> usize {
    tail.snapshot(key, None).unwrap().batches.iter().map(RecordBatch::num_rows).sum()
}

#[test]
fn committed_rows_leave_and_later_ones_stay() {
    let ((tail, budget), key) = (tail(), key());
    (101..=103).for_each(|seq| tail.append(seq, vec![(key, rows(1))]));
    let frozen = tail.freeze().unwrap();
    tail.append(104, vec![(key, rows(1))]);
    assert_eq!((frozen.epoch, frozen.prev_seq, frozen.last_seq, frozen.tables[0].1.len()), (7, 100, 103, 3));
    assert_eq!(count(&tail, &key), 4);

    tail.committed(103);

    let state = tail.state().unwrap();
    assert_eq!((state.committed_seq, state.through_seq, count(&tail, &key)), (103, 104, 1));
    tail.close();
    assert_eq!(budget.used(), 0);
    assert!(tail.snapshot(&key, None).is_none());
}

#[test]
fn coalescing_never_mixes_rows_of_a_cut_with_later_ones() {
    let ((tail, budget), key) = (tail(), key());
    (101..=110).for_each(|seq| tail.append(seq, vec![(key, rows(1))]));
    let frozen = tail.freeze().unwrap();
    (111..=200).for_each(|seq| tail.append(seq, vec![(key, rows(1))]));
    assert!(tail.snapshot(&key, None).unwrap().batches.len() < 40);

    tail.committed(frozen.last_seq);

    assert_eq!(count(&tail, &key), 90);
    assert_eq!(budget.used(), tail.bytes());
}

#[test]
fn a_pack_without_rows_still_moves_the_sequence_and_can_be_cut() {
    let (tail, _) = tail();
    assert!(tail.freeze().is_none());
    tail.append(101, vec![]);
    assert_eq!(tail.freeze().unwrap().last_seq, 101);
}

#[test]
fn a_range_leaves_out_batches_that_cannot_touch_it() {
    let ((tail, _), key) = (tail(), key());
    tail.append(101, vec![(key, rows(10))]);
    tail.append(102, vec![(key, rows(20))]);
    let touched = |from, to| tail.snapshot(&key, Some((from, to))).unwrap().batches.len();
    assert_eq!((touched(0, 10), touched(10, 11), touched(0, 21), touched(21, 99)), (0, 1, 2, 0));
}
