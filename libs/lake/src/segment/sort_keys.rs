//! Sort keys as numbers: several columns and the row's own number in 128 bits, so that sorting compares nothing else.
//!
//! Each column becomes numbers in its own order, counted from the least one of these rows, and takes as many bits as the
//! greatest needs. A minute's nanoseconds take 36, a hundred services 7.

use std::collections::HashMap;

use arrow::{
    array::{Array, ArrayRef, AsArray, StringArray},
    datatypes::{DataType, Int64Type, UInt8Type},
};

const ROW_BITS: u32 = u32::BITS;

/// Rows of these columns in order, the first column first; each with whether it falls. Equal ones stay as they are. `None`
/// when a column is of no known type, has nulls, or all do not fit.
pub(super) fn sorted(slices: &[u32], columns: &[(ArrayRef, bool)]) -> Option<Vec<u32>> {
    let mut keys = vec![0_u128; slices.len()];
    let mut bits_left = u128::BITS - ROW_BITS;
    append(&mut keys, slices.iter().map(|slice| u64::from(*slice)).collect(), &mut bits_left)?;
    for (column, falls) in columns {
        let mut numbers = numbers(column)?;
        if *falls {
            numbers.iter_mut().for_each(|number| *number = !*number);
        }
        append(&mut keys, numbers, &mut bits_left)?;
    }
    for (row, key) in keys.iter_mut().enumerate() {
        *key = *key << ROW_BITS | row as u128;
    }
    keys.sort_unstable();
    Some(keys.into_iter().map(|key| key as u32).collect())
}

fn append(keys: &mut [u128], numbers: Vec<u64>, bits_left: &mut u32) -> Option<()> {
    let (Some(least), Some(greatest)) = (numbers.iter().min(), numbers.iter().max()) else { return Some(()) };
    let bits = u64::BITS - (greatest - least).leading_zeros();
    *bits_left = bits_left.checked_sub(bits)?;
    for (key, number) in keys.iter_mut().zip(&numbers) {
        *key = *key << bits | u128::from(number - least);
    }
    Some(())
}

/// In the order of the cells.
fn numbers(column: &ArrayRef) -> Option<Vec<u64>> {
    if column.null_count() > 0 {
        return None;
    }
    Some(match column.data_type() {
        DataType::Int64 => {
            let unsigned = |number: &i64| number.cast_unsigned() ^ (1 << 63);
            column.as_primitive::<Int64Type>().values().iter().map(unsigned).collect()
        }
        DataType::UInt8 => column.as_primitive::<UInt8Type>().values().iter().map(|&n| n.into()).collect(),
        DataType::Boolean => column.as_boolean().values().iter().map(u64::from).collect(),
        DataType::Utf8 => ranks(column.as_string()),
        _ => return None,
    })
}

/// Each text's place among all different ones.
fn ranks(texts: &StringArray) -> Vec<u64> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut last: Option<(&str, u32)> = None;
    let of_rows: Vec<u32> = (0..texts.len())
        .map(|row| {
            let text = texts.value(row);
            // Rows of one resource come together.
            if let Some((held, number)) = last
                && held == text
            {
                return number;
            }
            let next = numbers.len() as u32;
            let number = *numbers.entry(text).or_insert(next);
            last = Some((text, number));
            number
        })
        .collect();
    let mut by_text: Vec<(&str, u32)> = numbers.into_iter().collect();
    by_text.sort_unstable();
    let mut ranks = vec![0; by_text.len()];
    for (rank, (_, number)) in by_text.into_iter().enumerate() {
        ranks[number as usize] = rank as u64;
    }
    of_rows.into_iter().map(|number| ranks[number as usize]).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::{
        array::{BooleanArray, Int64Array},
        compute::{SortColumn, SortOptions, lexsort_to_indices},
    };
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_are_in_the_order_of_their_columns(
            rows in proptest::collection::vec(("[a-c]{0,2}", any::<bool>(), any::<i32>(), 0_u32..3), 0..200),
        ) {
            let slices: Vec<u32> = rows.iter().map(|row| row.3).collect();
            let texts: StringArray = rows.iter().map(|row| Some(row.0.clone())).collect();
            let flags: BooleanArray = rows.iter().map(|row| Some(row.1)).collect();
            let times: Int64Array = rows.iter().map(|row| Some(i64::from(row.2))).collect();
            let columns: [(ArrayRef, bool); 3] =
                [(Arc::new(texts), false), (Arc::new(flags), true), (Arc::new(times), false)];
            let mut reference: Vec<SortColumn> = vec![SortColumn {
                values: Arc::new(arrow::array::UInt32Array::from(slices.clone())),
                options: None,
            }];
            reference.extend(columns.iter().map(|(values, descending)| SortColumn {
                values: Arc::clone(values),
                options: Some(SortOptions { descending: *descending, nulls_first: false }),
            }));
            // A last column makes the reference stable, too.
            let own: arrow::array::UInt32Array = (0..rows.len() as u32).collect::<Vec<_>>().into();
            reference.push(SortColumn { values: Arc::new(own), options: None });
            let expected = lexsort_to_indices(&reference, None).unwrap();
            prop_assert_eq!(sorted(&slices, &columns).unwrap(), expected.values().to_vec());
        }
    }

    #[test]
    fn what_does_not_fit_is_for_another_way_to_sort() {
        let wide: ArrayRef = Arc::new(Int64Array::from(vec![i64::MIN, i64::MAX]));
        let nulls: ArrayRef = Arc::new(Int64Array::from(vec![None, Some(1)]));
        let columns = |column: &ArrayRef, times| vec![(Arc::clone(column), false); times];
        assert_eq!(sorted(&[0, 0], &columns(&wide, 1)).unwrap(), [0, 1]);
        assert!(sorted(&[0, 0], &columns(&wide, 2)).is_none());
        assert!(sorted(&[0, 0], &columns(&nulls, 1)).is_none());
    }
}
