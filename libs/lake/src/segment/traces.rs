//! A segment's traces: each id once, however many rows it has, and a filter that says which may be there at all.
//!
//! Rows hold the number of their trace. Traces are numbered by the time they began, so that the numbers of neighbouring
//! rows are close and cost one byte or so.

use arrow::array::{Array, FixedSizeBinaryArray, Int64Array, UInt32Array};
use bytes::{Buf, BufMut, Bytes};
use xorf::{BinaryFuse8, BinaryFuse8Ref, DmaSerializable, Filter, FilterRef};
use xxhash_rust::xxh3::xxh3_64;

use super::{Damage, Section, fuse};

pub const TRACE_ID_BYTES: usize = 16;
type TraceId = [u8; TRACE_ID_BYTES];

/// The traces of rows that are about to be written.
#[derive(Debug)]
pub(super) struct Traces {
    /// Per row, its trace's number.
    pub(super) numbers: UInt32Array,
    /// By number.
    ids: Vec<TraceId>,
    /// Numbers by rising id.
    by_id: Vec<u32>,
}

impl Traces {
    /// `ids` may be null: not every log belongs to a trace.
    pub(super) fn of(ids: &FixedSizeBinaryArray, times_ns: &Int64Array) -> Self {
        let mut rows: Vec<(u128, i64, u32)> = (0..ids.len())
            .filter(|&row| ids.is_valid(row))
            .map(|row| (number_of(ids.value(row)), times_ns.value(row), row as u32))
            .collect();
        rows.sort_unstable();
        // Of each trace, its earliest row comes first.
        let mut begun: Vec<(i64, u128)> =
            rows.chunk_by(|a, b| a.0 == b.0).map(|rows| (rows[0].1, rows[0].0)).collect();
        begun.sort_unstable();
        let by_id = numbers_by_id(&begun);
        let mut numbers = vec![None; ids.len()];
        for (rows, &number) in rows.chunk_by(|a, b| a.0 == b.0).zip(&by_id) {
            for &(_, _, row) in rows {
                numbers[row as usize] = Some(number);
            }
        }
        Self {
            numbers: UInt32Array::from(numbers),
            ids: begun.into_iter().map(|(_, id)| id.to_be_bytes()).collect(),
            by_id,
        }
    }

    /// The traces of all rows of several segments, and for each segment its numbers' new numbers.
    ///
    /// Per segment: its table, and by number the time at which the trace began there, unix ns.
    pub(super) fn merged(segments: &[(TraceTable, Vec<i64>)]) -> (Self, Vec<Vec<u32>>) {
        let mut places: Vec<(u128, i64, u32, u32)> = Vec::new();
        for (segment, (table, begun)) in segments.iter().enumerate() {
            let ids = table.ids.chunks_exact(TRACE_ID_BYTES).zip(begun).enumerate();
            // One whose rows were all left out is left out, too.
            let ids = ids.filter(|(_, (_, begun))| **begun != i64::MAX);
            places.extend(
                ids.map(|(number, (id, &begun))| (number_of(id), begun, segment as u32, number as u32)),
            );
        }
        places.sort_unstable();
        let mut begun: Vec<(i64, u128)> =
            places.chunk_by(|a, b| a.0 == b.0).map(|places| (places[0].1, places[0].0)).collect();
        begun.sort_unstable();
        let by_id = numbers_by_id(&begun);
        let mut renumbered: Vec<Vec<u32>> = segments.iter().map(|(table, _)| vec![0; table.len()]).collect();
        for (places, &number) in places.chunk_by(|a, b| a.0 == b.0).zip(&by_id) {
            for &(_, _, segment, old) in places {
                renumbered[segment as usize][old as usize] = number;
            }
        }
        let ids = begun.into_iter().map(|(_, id)| id.to_be_bytes()).collect();
        (Self { numbers: UInt32Array::new_null(0), ids, by_id }, renumbered)
    }

    /// What lies beside the rows, the filter last: next to the directory, the two are what a reader fetches first.
    pub(super) fn sections(&self) -> Vec<(Section, Bytes)> {
        if self.ids.is_empty() {
            return Vec::new();
        }
        let table = Some((Section::TraceTable, self.table()));
        let filter = self.filter().map(|filter| (Section::TraceFilter, filter));
        table.into_iter().chain(filter).collect()
    }

    /// count u32 │ ids by number │ numbers by rising id, u32 each.
    fn table(&self) -> Bytes {
        let mut out = Vec::with_capacity(4 + self.ids.len() * (TRACE_ID_BYTES + 4));
        out.put_u32_le(u32::try_from(self.ids.len()).expect("rows are counted in u32"));
        self.ids.iter().for_each(|id| out.put_slice(id));
        self.by_id.iter().for_each(|number| out.put_u32_le(*number));
        out.into()
    }

    /// Descriptor │ fingerprints, as the filter's crate lays them out. `None` in the hardly possible case that there is no
    /// filter for these ids: then any trace may be here.
    fn filter(&self) -> Option<Bytes> {
        let mut keys: Vec<u64> = self.ids.iter().map(|id| xxh3_64(id)).collect();
        keys.sort_unstable();
        keys.dedup();
        let filter = BinaryFuse8::try_from(keys).ok()?;
        let mut out = vec![0; BinaryFuse8::DESCRIPTOR_LEN];
        filter.dma_copy_descriptor_to(&mut out);
        out.extend_from_slice(filter.dma_fingerprints());
        Some(out.into())
    }
}

/// Numbers by rising id, of traces in the order of their numbers.
fn numbers_by_id(begun: &[(i64, u128)]) -> Vec<u32> {
    let mut by_id: Vec<(u128, u32)> =
        begun.iter().enumerate().map(|(number, &(_, id))| (id, number as u32)).collect();
    by_id.sort_unstable();
    by_id.into_iter().map(|(_, number)| number).collect()
}

fn number_of(id: &[u8]) -> u128 {
    u128::from_be_bytes(id.try_into().expect("trace ids have 16 bytes"))
}

/// Says of a trace that it is not here, or that it probably is (wrong in 0.4 % of cases). Nine bits per trace.
#[derive(Debug, Clone)]
pub struct TraceFilter(Bytes);

impl TraceFilter {
    /// The bytes must have been checked: damaged fingerprints answer anything.
    pub fn new(bytes: Bytes) -> Result<Self, Damage> {
        if bytes.len() < BinaryFuse8::DESCRIPTOR_LEN {
            return Err(Damage::Truncated);
        }
        if fuse::is_laid_out(&bytes) { Ok(Self(bytes)) } else { Err(Damage::Filter) }
    }

    #[must_use]
    pub fn may_hold(&self, trace: &TraceId) -> bool {
        let (descriptor, fingerprints) = self.0.split_at(BinaryFuse8::DESCRIPTOR_LEN);
        BinaryFuse8Ref::from_dma(descriptor, fingerprints).contains(&xxh3_64(trace))
    }

    /// Bytes in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.len()
    }
}

/// Ids of a segment's traces by number, and back.
#[derive(Debug, Clone, Default)]
pub struct TraceTable {
    ids: Bytes,
    by_id: Bytes,
}

impl TraceTable {
    pub fn new(mut bytes: Bytes) -> Result<Self, Damage> {
        let count = bytes.try_get_u32_le().map_err(|_| Damage::Truncated)? as usize;
        if bytes.len() != count * (TRACE_ID_BYTES + 4) {
            return Err(Damage::Truncated);
        }
        let ids = bytes.split_to(count * TRACE_ID_BYTES);
        Ok(Self { ids, by_id: bytes })
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len() / TRACE_ID_BYTES
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// `None` for a number that no row of this segment can hold.
    #[must_use]
    pub fn id(&self, number: u32) -> Option<&[u8]> {
        let start = number as usize * TRACE_ID_BYTES;
        self.ids.get(start..start + TRACE_ID_BYTES)
    }

    #[must_use]
    pub fn number(&self, trace: &TraceId) -> Option<u32> {
        let numbers = self.by_id.chunks_exact(4);
        let number_at = |at: usize| {
            let bytes = self.by_id[at * 4..at * 4 + 4].try_into().expect("four bytes");
            u32::from_le_bytes(bytes)
        };
        let (mut low, mut high) = (0, numbers.len());
        while low < high {
            let middle = low.midpoint(high);
            let number = number_at(middle);
            match self.id(number)?.cmp(trace) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(number),
            }
        }
        None
    }

    /// Bytes in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        self.ids.len() + self.by_id.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u16) -> TraceId {
        u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes()
    }

    proptest! {
        #[test]
        fn every_row_finds_its_trace_and_every_trace_its_number(
            rows in proptest::collection::vec((proptest::option::of(0_u16..300), 0_i64..1_000), 0..600),
        ) {
            let ids = FixedSizeBinaryArray::try_from_sparse_iter_with_size(
                rows.iter().map(|(number, _)| number.map(id)), 16,
            ).unwrap();
            let times = Int64Array::from_iter_values(rows.iter().map(|row| row.1));
            let traces = Traces::of(&ids, &times);
            let table = TraceTable::new(traces.table()).unwrap();
            let filter = (!traces.ids.is_empty()).then(|| TraceFilter::new(traces.filter().unwrap()).unwrap());

            for (row, (number, _)) in rows.iter().enumerate() {
                let found = traces.numbers.is_valid(row).then(|| table.id(traces.numbers.value(row)).unwrap());
                prop_assert_eq!(found.map(<[u8]>::to_vec), number.map(|number| id(number).to_vec()));
                if let Some(id) = number.map(id) {
                    prop_assert!(filter.as_ref().unwrap().may_hold(&id));
                    prop_assert_eq!(table.number(&id), Some(traces.numbers.value(row)));
                }
            }
            prop_assert_eq!(table.number(&id(301)), None);
            // Numbered by their beginnings.
            let mut begun = vec![i64::MAX; table.len()];
            for row in (0..rows.len()).filter(|&row| traces.numbers.is_valid(row)) {
                let first = &mut begun[traces.numbers.value(row) as usize];
                *first = (*first).min(rows[row].1);
            }
            prop_assert!(begun.is_sorted());
        }
    }

    #[test]
    fn a_filter_is_wrong_about_few() {
        let ids = FixedSizeBinaryArray::try_from_iter((0..10_000).map(id)).unwrap();
        let traces = Traces::of(&ids, &Int64Array::from(vec![0; 10_000]));
        let filter = TraceFilter::new(traces.filter().unwrap()).unwrap();
        let wrong = (10_000..60_000).filter(|&number| filter.may_hold(&id(number))).count();
        assert!(wrong < 400, "{wrong} of 50,000");
        assert!(filter.size() < 10_000 * 10 / 8 + 4_096, "{} bytes", filter.size());
    }

    #[test]
    fn a_filter_whose_lengths_do_not_fit_is_refused() {
        let ids = FixedSizeBinaryArray::try_from_iter((0..3).map(id)).unwrap();
        let filter = Traces::of(&ids, &Int64Array::from(vec![0; 3])).filter().unwrap();
        assert!(TraceFilter::new(filter.clone()).is_ok());
        // Length of a segment, mask, and length of all first segments.
        for place in 8..20 {
            let mut damaged = filter.to_vec();
            damaged[place] ^= 0x41;
            assert_eq!(TraceFilter::new(damaged.into()).unwrap_err(), Damage::Filter, "byte {place}");
        }
        assert_eq!(TraceFilter::new(filter.slice(..filter.len() - 1)).unwrap_err(), Damage::Filter);
        assert_eq!(TraceFilter::new(filter.slice(..19)).unwrap_err(), Damage::Truncated);
    }

    #[test]
    fn a_table_of_another_length_is_refused() {
        let ids = FixedSizeBinaryArray::try_from_iter((0..3).map(id)).unwrap();
        let table = Traces::of(&ids, &Int64Array::from(vec![0; 3])).table();
        assert_eq!(TraceTable::new(table.slice(..table.len() - 1)).unwrap_err(), Damage::Truncated);
        assert_eq!(TraceTable::new(Bytes::new()).unwrap_err(), Damage::Truncated);
    }
}
