//! How values are spelled where an equality asks for one: `200`, `true`, `0.5`. Filters of pairs are made of these
//! spellings, so a change here makes segments that were written before lose rows.

use std::{fmt, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray, StringArray, StringBuilder},
    compute::cast,
    datatypes::{DataType, Float64Type},
    error::ArrowError,
};

/// Digits alone, as many as tell it from its neighbours: `100`, `0.0000001`, also `NaN` and `-inf`.
#[must_use]
pub fn double(number: f64) -> impl fmt::Display {
    number
}

/// The values of a column that holds attributes.
///
/// # Errors
/// When no attribute can be in a column of this type.
pub fn spelled(column: &ArrayRef) -> Result<StringArray, ArrowError> {
    let texts: ArrayRef = match column.data_type() {
        // As Arrow casts it, a whole number would end with `.0`, and a large one have an exponent.
        DataType::Float64 => {
            let mut texts = StringBuilder::new();
            for number in column.as_primitive::<Float64Type>() {
                texts.append_option(number.map(|number| double(number).to_string()));
            }
            Arc::new(texts.finish())
        }
        _ => cast(column, &DataType::Utf8)?,
    };
    Ok(texts.as_string::<i32>().clone())
}

#[cfg(test)]
mod tests {
    use arrow::array::{BooleanArray, Float64Array, Int32Array, Int64Array};

    use super::*;

    #[test]
    fn a_column_is_spelled_as_each_value_is() {
        let numbers = [100.0, 0.5, 1e16, 1e-7, -0.0, f64::MAX, f64::NAN, f64::NEG_INFINITY];
        let column: ArrayRef = Arc::new(Float64Array::from_iter_values(numbers));
        let texts = spelled(&column).unwrap();
        let each: Vec<_> = numbers.iter().map(|number| double(*number).to_string()).collect();
        assert_eq!(texts.iter().flatten().collect::<Vec<_>>(), each);
        assert_eq!(
            each[..5],
            ["100", "0.5", "10000000000000000", "0.0000001", "-0"],
            "stored filters are made of these"
        );
        let others: [(ArrayRef, &str); 3] = [
            (Arc::new(Int64Array::from(vec![None, Some(7)])), "7"),
            (Arc::new(Int32Array::from(vec![None, Some(200)])), "200"),
            (Arc::new(BooleanArray::from(vec![None, Some(true)])), "true"),
        ];
        for (column, text) in others {
            assert_eq!(spelled(&column).unwrap().iter().collect::<Vec<_>>(), [None, Some(text)]);
        }
    }
}
