//! Any attributes come back byte for byte.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, BinaryArray, Int32Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, UInt16Type},
};
use naru_signal::Table;
use proptest::prelude::*;

use super::{
    wire::{Plain, put},
    *,
};

/// Rows with two typed columns and these attributes.
fn rows(cells: &[(Option<&str>, Option<i32>, Vec<u8>)]) -> RecordBatch {
    let schema = Schema::new(vec![
        Field::new("http_route", DataType::Utf8, true),
        Field::new("http_status_code", DataType::Int32, true),
        Field::new(ATTRIBUTES, DataType::Binary, false),
    ]);
    let columns: Vec<arrow::array::ArrayRef> = vec![
        Arc::new(StringArray::from_iter(cells.iter().map(|row| row.0))),
        Arc::new(Int32Array::from_iter(cells.iter().map(|row| row.1))),
        Arc::new(BinaryArray::from_iter_values(cells.iter().map(|row| &row.2))),
    ];
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

fn attributes(list: &[(&str, Plain<'_>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    list.iter().for_each(|(key, value)| put(&mut bytes, key, *value));
    bytes
}

/// What is stored of `rows`, and the shapes as a reader finds them.
fn stored(rows: &RecordBatch) -> Option<(RecordBatch, Shapes)> {
    let mut census = Census::new(Table::Spans);
    census.count(rows);
    let mut promotion = census.finish()?;
    let shapes = Shapes::parse(&promotion.shapes(&rows.schema()).text()).unwrap();
    Some((promotion.apply(rows).unwrap(), shapes))
}

fn restored(stored: &RecordBatch, shapes: &Shapes) -> BinaryArray {
    let columns: Vec<_> = shapes.columns().map(|name| stored.column_by_name(name).unwrap().clone()).collect();
    shapes.restore(stored[SHAPE].as_primitive::<UInt16Type>(), stored[REST].as_binary(), &columns).unwrap()
}

fn any_attributes() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        "[a-c]{0,2}".prop_map(|text| (0, text)),
        (0_i64..600).prop_map(|number| (1, number.to_string())),
        any::<bool>().prop_map(|yes| (2, yes.to_string())),
        (-2..2_i32).prop_map(|number| (3, number.to_string())),
        Just((4, String::new())),
    ];
    let key = prop_oneof![Just("http.route"), Just("http.status_code"), Just("a"), Just("b"), Just("c")];
    proptest::collection::vec((key, value), 0..7).prop_map(|list| {
        let mut bytes = Vec::new();
        for (key, (kind, text)) in list {
            match kind {
                0 => put(&mut bytes, key, Plain::Text(&text)),
                1 => put(&mut bytes, key, Plain::Int(text.parse().unwrap())),
                2 => put(&mut bytes, key, Plain::Bool(text == "true")),
                3 => put(&mut bytes, key, Plain::Double(text.parse().unwrap())),
                // An array of nothing.
                _ => bytes.extend_from_slice(&[0x0a, 7, 0x0a, 1, b'a', 0x12, 2, 0x2a, 0]),
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn what_was_sent_is_restored_byte_for_byte(
        cells in proptest::collection::vec(
            (proptest::option::of("[a-c]{0,2}"), proptest::option::of(0_i32..600), any_attributes()), 1..80,
        ),
    ) {
        let cells: Vec<_> = cells.iter().map(|(route, code, sent)| (route.as_deref(), *code, sent.clone())).collect();
        let rows = rows(&cells);
        if let Some((stored, shapes)) = stored(&rows) {
            prop_assert_eq!(&restored(&stored, &shapes), rows[ATTRIBUTES].as_binary::<i32>());
        }
    }
}

#[test]
fn what_repeats_a_column_is_not_stored_and_what_many_rows_have_is_a_column() {
    let sent = |route, size| {
        attributes(&[
            ("http.route", Plain::Text(route)),
            ("size", Plain::Int(size)),
            ("http.status_code", Plain::Int(200)),
        ])
    };
    let rows = rows(&[(Some("/a"), Some(200), sent("/a", 1)), (Some("/b"), Some(200), sent("/b", 2))]);
    let (stored, shapes) = stored(&rows).unwrap();
    let names: Vec<_> = stored.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["http_route", "http_status_code", SHAPE, REST, "attr.size"]);
    assert!(stored[REST].as_binary::<i32>().iter().flatten().all(<[u8]>::is_empty));
    assert_eq!(stored[SHAPE].as_primitive::<UInt16Type>().values(), &[0, 0]);
    assert_eq!(restored(&stored, &shapes), *rows[ATTRIBUTES].as_binary::<i32>());
}

#[test]
fn a_rare_key_and_the_lesser_type_of_a_mixed_one_stay_in_the_rest() {
    let mut cells: Vec<_> = (0..100).map(|n| (None, None, attributes(&[("mixed", Plain::Int(n))]))).collect();
    cells[7].2 = attributes(&[("mixed", Plain::Text("seven")), ("rare", Plain::Bool(true))]);
    // Twice the same key: the second stays behind.
    cells[8].2 = attributes(&[("mixed", Plain::Int(1)), ("mixed", Plain::Int(2))]);
    let rows = rows(&cells);
    let (stored, shapes) = stored(&rows).unwrap();
    let rest = stored[REST].as_binary::<i32>();
    assert_eq!(stored.num_columns(), 5, "one column was added");
    assert_eq!(
        (rest.value(7), rest.value(8)),
        (cells[7].2.as_slice(), &*attributes(&[("mixed", Plain::Int(2))]))
    );
    assert!(rest.value(6).is_empty());
    assert_eq!(restored(&stored, &shapes), *rows[ATTRIBUTES].as_binary::<i32>());
}

#[test]
fn the_first_of_two_values_is_never_behind_the_second() {
    let list = [0x0a, 7, 0x0a, 1, b'k', 0x12, 2, 0x2a, 0];
    // Its value comes before its key.
    let odd = [0x0a, 7, 0x12, 2, 0x18, 1, 0x0a, 1, b'k'];
    let plain = attributes(&[("k", Plain::Text("x"))]);
    let after = |first: &[u8]| (None, None, [first, plain.as_slice()].concat());
    let mut cells = vec![after(&list), after(&odd)];
    cells.extend((0..98).map(|_| (None, None, plain.clone())));
    let rows = rows(&cells);
    let (stored, shapes) = stored(&rows).unwrap();
    let column = stored["attr.k"].as_string::<i32>();
    let rest = stored[REST].as_binary::<i32>();
    for (row, (_, _, sent)) in cells.iter().enumerate().take(2) {
        assert!(column.is_null(row), "row {row}");
        assert_eq!(rest.value(row), sent, "row {row}");
    }
    assert_eq!(column.null_count(), 2);
    assert_eq!(restored(&stored, &shapes), *rows[ATTRIBUTES].as_binary::<i32>());
}

#[test]
fn shapes_that_name_what_is_not_there_are_refused() {
    assert!(Shapes::parse(r#"{"sources":[],"shapes":[[0]]}"#).is_err());
    assert!(Shapes::parse("{}").is_err());
}
