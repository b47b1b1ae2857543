//! Which attributes of the rows to be written get columns.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use arrow::array::{AsArray, RecordBatch};
use naru_signal::Table;

use super::{
    super::hashed::{HashedMap, hash_of},
    ATTRIBUTES, Promotion,
    promote::Place,
    reading::{Kind, Reading, Told},
    wire::walk,
};

/// A key gets a column when one row in so many has it, with values of one type.
const ROWS_PER_VALUE_MAX: u64 = 50;
/// A column costs in every row group, and in every reader's memory.
const COLUMNS_MAX: usize = 200;
/// Shapes that a file tells of: those most rows have.
const SHAPES_MAX: usize = 4_096;
/// Shapes counted; rows of later ones count only for their keys.
const SHAPES_COUNTED_MAX: usize = 16_384;

/// Counts over all rows of a merge.
#[derive(Debug)]
pub(in crate::segment) struct Census {
    reading: Reading,
    rows: u64,
    /// By hash: a shape, and how many rows have it.
    shapes: HashedMap<(Box<[Told]>, u64)>,
    /// By key and type.
    values: Vec<[u64; 4]>,
    scratch: Vec<Told>,
}

impl Census {
    pub(in crate::segment) fn new(table: Table) -> Self {
        let (shapes, values) = (HashedMap::default(), Vec::new());
        Self { reading: Reading::new(table), rows: 0, shapes, values, scratch: Vec::new() }
    }

    /// Counts rows with the table's columns; attributes as they were sent.
    pub(in crate::segment) fn count(&mut self, rows: &RecordBatch) {
        let attributes = rows[ATTRIBUTES].as_binary::<i32>();
        for row in 0..rows.num_rows() {
            self.rows += 1;
            self.reading.next_row();
            self.scratch.clear();
            for sent in walk(attributes.value(row)) {
                let told = self.reading.tell(&sent, rows, row);
                if let Told::Value { key, kind } = told {
                    let counts = &mut self.values;
                    if counts.len() <= key as usize {
                        counts.resize(key as usize + 1, [0; 4]);
                    }
                    counts[key as usize][kind as usize] += 1;
                }
                self.scratch.push(told);
            }
            let hash = hash_of(self.scratch.iter().map(|told| told.code()));
            let is_new = self.shapes.len() < SHAPES_COUNTED_MAX;
            match self.shapes.get_mut(&hash) {
                Some((shape, count)) if **shape == *self.scratch => *count += 1,
                // Of another shape of the same hash: its rows keep their attributes whole.
                Some(_) => {}
                None if is_new => {
                    self.shapes.insert(hash, (self.scratch.as_slice().into(), 1));
                }
                None => {}
            }
        }
    }

    /// `None` when columns would hold nothing.
    pub(in crate::segment) fn finish(self) -> Option<Promotion> {
        let columns = self.columns();
        let mut shapes: BTreeMap<Vec<Place>, u64> = BTreeMap::new();
        for (told, count) in self.shapes.values() {
            let shape: Vec<Place> = told.iter().map(|told| Place::of(*told, &columns)).collect();
            if shape.iter().any(|place| *place != Place::Rest) {
                *shapes.entry(shape).or_default() += count;
            }
        }
        let mut shapes: Vec<(Vec<Place>, u64)> = shapes.into_iter().collect();
        shapes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        shapes.truncate(SHAPES_MAX);
        (!shapes.is_empty())
            .then(|| Promotion::new(self.reading, columns, shapes.into_iter().map(|shape| shape.0)))
    }

    /// Key → the type its column has.
    fn columns(&self) -> HashMap<u32, Kind> {
        // Of equally many, always the same.
        let most = |counts: &[u64; 4]| Kind::ALL.into_iter().map(|kind| (counts[kind as usize], kind)).max();
        let best = (0_u32..).zip(&self.values).filter_map(|(key, counts)| Some((key, most(counts)?)));
        let mut wanted: Vec<(u32, u64, Kind)> = best
            .filter(|(_, (count, _))| *count > 0 && count.saturating_mul(ROWS_PER_VALUE_MAX) >= self.rows)
            .map(|(key, (count, kind))| (key, count, kind))
            .collect();
        wanted.sort_unstable_by_key(|&(key, count, _)| (Reverse(count), key));
        wanted.truncate(COLUMNS_MAX);
        wanted.into_iter().map(|(key, _, kind)| (key, kind)).collect()
    }
}
