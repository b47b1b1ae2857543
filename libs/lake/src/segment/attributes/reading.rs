//! A row's attributes, each told by a number: same number, same key, same type, same typed column if it repeats one.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int32Type};
use naru_signal::Table;
use xxhash_rust::xxh3::xxh3_64;

use super::{
    super::hashed::HashedMap,
    wire::{Plain, Sent, key_of},
};

/// Keys told apart; later ones stay in `rest`. Whoever makes up more puts data into names.
const KEYS_MAX: usize = 20_000;

/// One attribute of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Told {
    /// Repeats the typed column of this index.
    Alias {
        key: u32,
        column: u16,
    },
    Value {
        key: u32,
        kind: Kind,
    },
    Rest,
}

impl Told {
    /// The same for equal ones, and for no others.
    pub(super) fn code(self) -> u64 {
        match self {
            Self::Rest => 0,
            Self::Value { key, kind } => (u64::from(key) << 24) | (1 + kind as u64),
            Self::Alias { key, column } => (u64::from(key) << 24) | (u64::from(column) << 4) | 8,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Text,
    Int,
    Double,
    Bool,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Text, Self::Int, Self::Double, Self::Bool];

    pub(super) const fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Int => DataType::Int64,
            Self::Double => DataType::Float64,
            Self::Bool => DataType::Boolean,
        }
    }

    const fn of(value: Plain<'_>) -> Self {
        match value {
            Plain::Text(_) => Self::Text,
            Plain::Int(_) => Self::Int,
            Plain::Double(_) => Self::Double,
            Plain::Bool(_) => Self::Bool,
        }
    }
}

/// Keys met so far, and which typed columns each may repeat.
#[derive(Debug)]
pub(super) struct Reading {
    table: Table,
    /// By the hash of the key.
    numbers: HashedMap<u32>,
    keys: Vec<Key>,
    /// Marks the row in which a key was met last: its second value there is a duplicate, and stays in the rest. Readers
    /// show the first one.
    row: u64,
    /// The last row with an attribute of unknown key: what follows it there may be a duplicate.
    unclear_row: u64,
}

#[derive(Debug)]
struct Key {
    name: String,
    columns: Vec<u16>,
    met_in: u64,
}

impl Reading {
    pub(super) fn new(table: Table) -> Self {
        Self { table, numbers: HashedMap::default(), keys: Vec::new(), row: 0, unclear_row: 0 }
    }

    pub(super) fn key(&self, number: u32) -> &str {
        &self.keys[number as usize].name
    }

    pub(super) fn next_row(&mut self) {
        self.row += 1;
    }

    /// Tells an attribute of the current row, row `at` of `rows`.
    pub(super) fn tell(&mut self, sent: &Sent<'_>, rows: &RecordBatch, at: usize) -> Told {
        let row = self.row;
        let Some((name, value)) = sent.plain else {
            match key_of(sent.record).map(std::str::from_utf8) {
                Some(Ok(name)) => {
                    if let Some(number) = self.number(name, rows) {
                        self.keys[number as usize].met_in = row;
                    }
                }
                // No column has such a name.
                Some(Err(_)) => {}
                None => self.unclear_row = row,
            }
            return Told::Rest;
        };
        if self.unclear_row == row {
            return Told::Rest;
        }
        let Some(number) = self.number(name, rows) else { return Told::Rest };
        let key = &mut self.keys[number as usize];
        if std::mem::replace(&mut key.met_in, row) == row {
            return Told::Rest;
        }
        match key.columns.iter().find(|column| repeats(rows.column(usize::from(**column)), at, value)) {
            Some(&column) => Told::Alias { key: number, column },
            None => Told::Value { key: number, kind: Kind::of(value) },
        }
    }

    fn number(&mut self, name: &str, rows: &RecordBatch) -> Option<u32> {
        let hash = xxh3_64(name.as_bytes());
        if let Some(&number) = self.numbers.get(&hash) {
            // Another key of the same hash stays in the rest.
            return (self.keys[number as usize].name == name).then_some(number);
        }
        let number = u32::try_from(self.keys.len()).ok().filter(|_| self.keys.len() < KEYS_MAX)?;
        let schema = rows.schema();
        let columns = naru_signal::semconv::columns_named(self.table, name)
            .filter_map(|column| schema.index_of(column).ok().and_then(|index| u16::try_from(index).ok()));
        let columns = columns.collect();
        self.keys.push(Key { name: name.to_owned(), columns, met_in: 0 });
        self.numbers.insert(hash, number);
        Some(number)
    }
}

/// Whether the column says the very same, so that the value follows from it.
fn repeats(column: &ArrayRef, row: usize, value: Plain<'_>) -> bool {
    if column.is_null(row) {
        return false;
    }
    match (value, column.data_type()) {
        (Plain::Text(text), DataType::Utf8) => column.as_string::<i32>().value(row) == text,
        (Plain::Int(number), DataType::Int32) => {
            i64::from(column.as_primitive::<Int32Type>().value(row)) == number
        }
        _ => false,
    }
}
