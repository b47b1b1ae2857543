//! What is there may be there, and most of what is not is known not to be.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, BinaryArray, RecordBatch},
    datatypes::{DataType, Field, Schema},
};

use super::*;
use crate::segment::attributes::{Plain, put};

fn rows(messages: &[(Vec<u8>, Vec<u8>)]) -> RecordBatch {
    let fields = ["attributes", "resource"].map(|name| Field::new(name, DataType::Binary, false));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(BinaryArray::from_iter_values(messages.iter().map(|row| &row.0))),
        Arc::new(BinaryArray::from_iter_values(messages.iter().map(|row| &row.1))),
    ];
    RecordBatch::try_new(Arc::new(Schema::new(fields.to_vec())), columns).unwrap()
}

fn message(key: &str, value: Plain<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(&mut bytes, key, value);
    bytes
}

fn filter(groups: &[RecordBatch]) -> PairFilter {
    let mut pairs = Pairs::default();
    for group in groups {
        pairs.add(group);
        pairs.end_group();
    }
    PairFilter::new(pairs.finish().unwrap()).unwrap()
}

#[test]
fn a_group_knows_what_it_does_not_hold() {
    let resource = message("host.name", Plain::Text("node-1"));
    let of = |from: i64| -> Vec<_> {
        (from..from + 5_000).map(|n| (message("order", Plain::Int(n)), resource.clone())).collect()
    };
    let filter = filter(&[rows(&of(0)), rows(&of(5_000))]);
    assert_eq!(filter.len(), 2);
    // More orders than rows × 0.8: the key is left out, and host.name is not.
    assert!(filter.may_hold(0, "order", "7000"));
    assert!((0..2).all(|group| filter.may_hold(group, "host.name", "node-1")));
    assert!(!filter.may_hold(0, "host.name", "node-2"));
    assert!(filter.may_hold(9, "host.name", "node-2"), "a group nobody told of");
}

#[test]
fn values_are_found_as_text_whatever_their_type() {
    let values = [
        ("text", Plain::Text("a"), "a"),
        ("int", Plain::Int(-200), "-200"),
        ("bool", Plain::Bool(true), "true"),
        ("double", Plain::Double(0.5), "0.5"),
    ];
    let held: Vec<_> = values.iter().map(|(key, value, _)| (message(key, *value), Vec::new())).collect();
    let filter = filter(&[rows(&held)]);
    for (key, _, text) in values {
        assert!(filter.may_hold(0, key, text), "{key}");
    }
    let wrong = (0..1_000).filter(|n| filter.may_hold(0, "text", &n.to_string())).count();
    assert!(wrong < 30, "{wrong} of 1,000");
}

#[test]
fn a_key_with_a_list_may_hold_anything_and_bytes_that_are_no_attribute_make_all_unclear() {
    let list = vec![0x0a, 7, 0x0a, 1, b'a', 0x12, 2, 0x2a, 0];
    let plain = message("b", Plain::Int(1));
    let one = filter(&[rows(&[(list, plain.clone())])]);
    assert!(one.may_hold(0, "a", "x") && one.may_hold(0, "b", "1") && !one.may_hold(0, "b", "2"));
    let two = filter(&[rows(&[(vec![9, 9], plain)])]);
    assert!(two.may_hold(0, "b", "2"));
}

#[test]
fn a_filter_that_was_cut_is_refused() {
    let mut pairs = Pairs::default();
    pairs.add(&rows(&[(message("b", Plain::Int(1)), Vec::new())]));
    let bytes = pairs.finish().unwrap();
    assert_eq!(PairFilter::new(bytes.slice(..bytes.len() - 1)).unwrap_err(), Damage::Truncated);
}
