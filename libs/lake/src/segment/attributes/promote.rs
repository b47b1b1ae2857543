//! Rows as they were sent into rows as a merged segment stores them.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{
        ArrayRef, AsArray, BinaryBuilder, BooleanBuilder, Float64Builder, Int64Builder, RecordBatch,
        StringBuilder, UInt16Builder,
    },
    datatypes::{DataType, Field, FieldRef, Schema, SchemaRef},
    error::ArrowError,
};

use super::{
    super::hashed::{HashedMap, hash_of},
    ATTRIBUTES, REST, SHAPE, Shapes,
    reading::{Kind, Reading, Told},
    shapes::Source,
    wire::{Plain, walk},
};

/// Where one attribute of a row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Place {
    /// Nowhere: the typed column says it.
    Alias {
        key: u32,
        column: u16,
    },
    Column {
        key: u32,
    },
    Rest,
}

impl Place {
    pub(super) fn of(told: Told, columns: &HashMap<u32, Kind>) -> Self {
        match told {
            Told::Alias { key, column } => Self::Alias { key, column },
            Told::Value { key, kind } if columns.get(&key) == Some(&kind) => Self::Column { key },
            Told::Value { .. } | Told::Rest => Self::Rest,
        }
    }
}

fn hash(places: &[Place]) -> u64 {
    hash_of(places.iter().map(|place| match *place {
        Place::Rest => 0,
        Place::Column { key } => (u64::from(key) << 24) | 1,
        Place::Alias { key, column } => (u64::from(key) << 24) | (u64::from(column) << 4) | 8,
    }))
}

/// Turns `attributes` into columns, the same way for all rows of a segment.
#[derive(Debug)]
pub(in crate::segment) struct Promotion {
    reading: Reading,
    kinds: HashMap<u32, Kind>,
    /// Keys by column, and columns by key.
    keys: Vec<u32>,
    columns: HashMap<u32, usize>,
    /// Numbers of `places` by their hash.
    numbers: HashedMap<u16>,
    places: Vec<Vec<Place>>,
}

impl Promotion {
    /// At most 65,536 shapes. A key gets its column when some shape uses it.
    pub(super) fn new(
        reading: Reading,
        kinds: HashMap<u32, Kind>,
        shapes: impl Iterator<Item = Vec<Place>>,
    ) -> Self {
        let places: Vec<Vec<Place>> = shapes.collect();
        let mut keys: Vec<u32> = Vec::new();
        for place in places.iter().flatten() {
            if let Place::Column { key } = place
                && !keys.contains(key)
            {
                keys.push(*key);
            }
        }
        keys.sort_unstable_by(|a, b| reading.key(*a).cmp(reading.key(*b)));
        let columns = keys.iter().enumerate().map(|(index, key)| (*key, index)).collect();
        let numbers = places.iter().zip(0_u16..).map(|(shape, number)| (hash(shape), number)).collect();
        Self { reading, kinds, keys, columns, numbers, places }
    }

    /// What rows of `logical` are stored as.
    pub(in crate::segment) fn schema(&self, logical: &Schema) -> SchemaRef {
        let mut fields: Vec<FieldRef> = Vec::new();
        for field in logical.fields() {
            match field.name().as_str() {
                ATTRIBUTES => {
                    fields.push(Arc::new(Field::new(SHAPE, DataType::UInt16, true)));
                    fields.push(Arc::new(Field::new(REST, DataType::Binary, false)));
                }
                _ => fields.push(Arc::clone(field)),
            }
        }
        let promoted = |key: &u32| Arc::new(Field::new(self.column(*key), self.kinds[key].data_type(), true));
        fields.extend(self.keys.iter().map(promoted));
        Arc::new(Schema::new(fields))
    }

    /// `None` of a shape the file does not tell of.
    fn number(&self, places: &[Place]) -> Option<u16> {
        let number = *self.numbers.get(&hash(places))?;
        (self.places[usize::from(number)] == places).then_some(number)
    }

    fn column(&self, key: u32) -> String {
        format!("attr.{}", self.reading.key(key))
    }

    /// What the file must say. `logical` numbers typed columns.
    pub(in crate::segment) fn shapes(&self, logical: &Schema) -> Shapes {
        let (mut sources, mut numbers) = (Vec::new(), HashMap::new());
        let mut source = |place: Place| {
            let (key, column) = match place {
                Place::Rest => return None,
                Place::Alias { key, column } => (key, logical.field(usize::from(column)).name().clone()),
                Place::Column { key } => (key, self.column(key)),
            };
            let number = *numbers.entry(place).or_insert_with(|| {
                sources.push(Source { key: self.reading.key(key).to_owned(), column });
                sources.len() - 1
            });
            u16::try_from(number).ok()
        };
        let shapes =
            self.places.iter().map(|shape| shape.iter().map(|place| source(*place)).collect()).collect();
        Shapes { sources, shapes }
    }

    /// Rows of [`Self::schema`].
    pub(in crate::segment) fn apply(&mut self, rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let schema = self.schema(&rows.schema());
        let attributes = rows[ATTRIBUTES].as_binary::<i32>();
        let (mut shapes, mut rest) = (UInt16Builder::new(), BinaryBuilder::new());
        let mut cells: Vec<Cells> = self.keys.iter().map(|key| Cells::new(self.kinds[key])).collect();
        let (mut places, mut left) = (Vec::new(), Vec::new());
        for row in 0..rows.num_rows() {
            let message = attributes.value(row);
            places.clear();
            left.clear();
            self.reading.next_row();
            for sent in walk(message) {
                let place = Place::of(self.reading.tell(&sent, rows, row), &self.kinds);
                places.push(place);
                match (place, sent.plain) {
                    (Place::Alias { .. }, _) => {}
                    (Place::Column { key }, Some((_, value))) => {
                        if let Some(&column) = self.columns.get(&key) {
                            cells[column].hold(value);
                        }
                    }
                    _ => left.extend_from_slice(sent.record),
                }
            }
            let shape = self.number(&places);
            shapes.append_option(shape);
            rest.append_value(if shape.is_some() { left.as_slice() } else { message });
            cells.iter_mut().for_each(|cells| cells.end_row(shape.is_some()));
        }
        let mut columns: Vec<ArrayRef> = Vec::new();
        for (index, field) in rows.schema().fields().iter().enumerate() {
            if field.name() == ATTRIBUTES {
                columns.push(Arc::new(shapes.finish()));
                columns.push(Arc::new(rest.finish()));
            } else {
                columns.push(Arc::clone(rows.column(index)));
            }
        }
        columns.extend(cells.into_iter().map(Cells::finish));
        RecordBatch::try_new(schema, columns)
    }
}

/// A promoted column under construction, and the cell of the current row.
struct Cells {
    builder: Builder,
    held: bool,
}

enum Builder {
    Text(StringBuilder, String),
    Int(Int64Builder, i64),
    Double(Float64Builder, f64),
    Bool(BooleanBuilder, bool),
}

impl Cells {
    fn new(kind: Kind) -> Self {
        let builder = match kind {
            Kind::Text => Builder::Text(StringBuilder::new(), String::new()),
            Kind::Int => Builder::Int(Int64Builder::new(), 0),
            Kind::Double => Builder::Double(Float64Builder::new(), 0.0),
            Kind::Bool => Builder::Bool(BooleanBuilder::new(), false),
        };
        Self { builder, held: false }
    }

    /// Kept until the end of the row tells whether its shape is known.
    fn hold(&mut self, value: Plain<'_>) {
        self.held = match (&mut self.builder, value) {
            (Builder::Text(_, held), Plain::Text(text)) => {
                held.clear();
                held.push_str(text);
                true
            }
            (Builder::Int(_, held), Plain::Int(number)) => {
                *held = number;
                true
            }
            (Builder::Double(_, held), Plain::Double(number)) => {
                *held = number;
                true
            }
            (Builder::Bool(_, held), Plain::Bool(yes)) => {
                *held = yes;
                true
            }
            _ => false,
        };
    }

    fn end_row(&mut self, is_shaped: bool) {
        let held = std::mem::take(&mut self.held) && is_shaped;
        match &mut self.builder {
            Builder::Text(cells, text) => cells.append_option(held.then_some(text.as_str())),
            Builder::Int(cells, number) => cells.append_option(held.then_some(*number)),
            Builder::Double(cells, number) => cells.append_option(held.then_some(*number)),
            Builder::Bool(cells, yes) => cells.append_option(held.then_some(*yes)),
        }
    }

    fn finish(self) -> ArrayRef {
        match self.builder {
            Builder::Text(mut cells, _) => Arc::new(cells.finish()),
            Builder::Int(mut cells, _) => Arc::new(cells.finish()),
            Builder::Double(mut cells, _) => Arc::new(cells.finish()),
            Builder::Bool(mut cells, _) => Arc::new(cells.finish()),
        }
    }
}
