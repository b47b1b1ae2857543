//! What lies around the rows of a segment: its directory, the table of its traces and their filter.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BinaryArray, FixedSizeBinaryArray, Int64Array, RecordBatch, StringArray, UInt8Array,
        new_null_array,
    },
    datatypes::{DataType, FieldRef},
};
use bytes::Bytes;
use naru_ids::SegmentId;
use naru_lake::{
    schema,
    segment::{
        Directory, Section,
        traces::{TraceFilter, TraceTable},
        write,
    },
};
use naru_signal::Table;
use uuid::Uuid;

const SECTIONS: [Section; 3] = [Section::Parquet, Section::TraceTable, Section::TraceFilter];

/// The first byte chooses what the others are.
pub fn check(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    match first % 3 {
        0 => directory(bytes),
        1 => table(Bytes::copy_from_slice(bytes)),
        _ => filter(Bytes::copy_from_slice(bytes)),
    }
}

fn directory(end: &[u8]) {
    // As a reader has it: the end of something longer, or all of it.
    for length in [end.len() as u64, 1 << 40] {
        let Ok(directory) = Directory::read(end, length) else { continue };
        for range in SECTIONS.into_iter().filter_map(|section| directory.range(section)) {
            assert!(range.start <= range.end && range.end <= length, "{range:?} of {length}");
        }
    }
}

fn table(bytes: Bytes) {
    let Ok(table) = TraceTable::new(bytes) else { return };
    for number in 0..u32::try_from(table.len()).expect("the fuzzer sends little") {
        let id = table.id(number).expect("each number has an id");
        let id = id.try_into().expect("ids have 16 bytes");
        // A damaged table may not find it, or find another place of it.
        if let Some(found) = table.number(id) {
            assert_eq!(table.id(found), Some(id.as_slice()));
        }
    }
    assert_eq!(table.id(u32::MAX), None);
}

fn filter(bytes: Bytes) {
    let Ok(filter) = TraceFilter::new(bytes) else { return };
    for trace in 0..64_u128 {
        let _ = filter.may_hold(&trace.to_be_bytes());
    }
}

/// A real extent of a few log records, in one piece.
pub(crate) fn extent() -> Vec<u8> {
    const ROWS: usize = 40;
    let column = |field: &FieldRef| -> ArrayRef {
        match (field.name().as_str(), field.data_type()) {
            ("trace_id", _) => {
                let ids = (0..ROWS as u128).map(|row| (row / 3 + 1).to_be_bytes());
                Arc::new(FixedSizeBinaryArray::try_from_iter(ids).expect("16 bytes each"))
            }
            (_, data_type) if field.is_nullable() => new_null_array(data_type, ROWS),
            (_, DataType::Utf8) => Arc::new(StringArray::from(vec!["text"; ROWS])),
            (_, DataType::Binary) => Arc::new(BinaryArray::from(vec![b"\x0a\x00".as_slice(); ROWS])),
            (_, DataType::Int64) => Arc::new(Int64Array::from_iter_values(0..ROWS as i64)),
            (_, DataType::UInt8) => Arc::new(UInt8Array::from(vec![9; ROWS])),
            (name, data_type) => panic!("no column for {name}: {data_type}"),
        }
    };
    let columns = schema::log_records().fields().iter().map(column).collect();
    let rows = RecordBatch::try_new(schema::log_records(), columns).expect("columns of the schema");
    let id = SegmentId::from_uuid(Uuid::from_u128(7));
    let extent = write(id, Table::LogRecords, &[rows]).expect("rows are written").expect("there are rows");
    extent.chunks.concat()
}

#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let extent = extent();
    let directory = Directory::read(&extent, extent.len() as u64).expect("it was just written");
    let section = |section| {
        let range = directory.range(section).expect("it was just written");
        &extent[range.start as usize..range.end as usize]
    };
    let end = &extent[extent.len() - 200.min(extent.len())..];
    vec![
        [&[0], &extent[..]].concat(),
        [&[0], end].concat(),
        [&[1], section(Section::TraceTable)].concat(),
        [&[2], section(Section::TraceFilter)].concat(),
    ]
}
