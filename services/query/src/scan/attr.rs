//! `attr(attributes, 'key')`: the value of one attribute as text, wherever a segment has it.
//!
//! Rows as they were sent have it in their message. In a merged segment it may lie in a typed column, in one of its own, or
//! in what is left of the message; the row's shape says which, and only these columns are read.

use std::{
    borrow::Cow,
    fmt,
    hash::Hash,
    sync::{Arc, LazyLock},
};

use arrow::{
    array::{Array, ArrayRef, AsArray, BinaryArray, StringArray, StringBuilder, UInt16Array},
    compute::cast,
    datatypes::{DataType, Schema, UInt16Type},
};
use datafusion::{
    common::ScalarValue,
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit,
    },
    physical_expr::{
        PhysicalExpr, ScalarFunctionExpr,
        expressions::{Column, Literal},
    },
};
use naru_lake::segment::attributes::{REST, SHAPE, Shapes, double, spelled};
use naru_otlp::view::{self, AnyValue};
use naru_signal::semconv::names_alike;

use super::{
    attributes::ATTRIBUTES,
    derived::{Rule, derived},
};

pub(super) const NAME: &str = "attr";

static ATTR: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| Arc::new(ScalarUDF::from(Attr::new())));

/// The function, for a session.
#[must_use]
pub(crate) fn attr() -> Arc<ScalarUDF> {
    Arc::clone(&ATTR)
}

/// The value of `key` in a message column.
#[must_use]
pub(crate) fn attr_of(message: Expr, key: &str) -> Expr {
    ATTR.call(vec![message, lit(key.to_owned())])
}

/// The value of the first attribute of this name, or of one that means the same: numbers as filters of pairs know them, lists
/// and maps as JSON.
fn text_of<'a>(message: &'a [u8], key: &str) -> Option<Cow<'a, str>> {
    names_alike(key).find_map(|name| text_named(message, name))
}

fn text_named<'a>(message: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    match view::Attributes::of(message, 1).find(name)? {
        AnyValue::Double(number) => Some(Cow::Owned(double(number).to_string())),
        value => value.as_text(),
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Attr {
    signature: Signature,
}

impl Attr {
    fn new() -> Self {
        let arguments = vec![DataType::Binary, DataType::Utf8];
        Self { signature: Signature::exact(arguments, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Attr {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [messages, ColumnarValue::Scalar(key)] = args.args.as_slice() else {
            return Err(DataFusionError::Plan("the key of attr() is a text in quotes".to_owned()));
        };
        let messages = messages.to_array(args.number_rows)?;
        let found = match key.try_as_str().flatten() {
            Some(key) => values(messages.as_binary::<i32>(), key),
            None => StringArray::new_null(messages.len()),
        };
        Ok(ColumnarValue::Array(Arc::new(found)))
    }
}

/// Neighbours often have the same message, as of resources: what was found in one is not looked for in the next.
fn values(messages: &BinaryArray, key: &str) -> StringArray {
    let mut out = StringBuilder::with_capacity(messages.len(), 0);
    let mut last: Option<(&[u8], Option<Cow<'_, str>>)> = None;
    for message in messages {
        let Some(message) = message else {
            out.append_null();
            continue;
        };
        let known = last.take().filter(|(before, _)| *before == message);
        let (_, found) = last.insert(known.unwrap_or_else(|| (message, text_of(message, key))));
        out.append_option(found.as_deref());
    }
    out.finish()
}

/// What stands for `expr` in a segment with these shapes, when it is `attr` of a row's attributes.
pub(super) fn resolved(
    expr: &Arc<dyn PhysicalExpr>,
    physical: &Schema,
    shapes: &Shapes,
) -> Result<Option<Arc<dyn PhysicalExpr>>> {
    let Some(call) = expr.downcast_ref::<ScalarFunctionExpr>().filter(|call| call.name() == NAME) else {
        return Ok(None);
    };
    let [message, key] = call.args() else { return Ok(None) };
    let is_attributes = message.downcast_ref::<Column>().is_some_and(|column| column.name() == ATTRIBUTES);
    let key = key.downcast_ref::<Literal>().and_then(|key| match key.value() {
        ScalarValue::Utf8(key) => key.clone(),
        _ => None,
    });
    let Some(key) = key.filter(|_| is_attributes) else { return Ok(None) };
    let mut of_names: Vec<Named> = names_alike(&key)
        .map(|name| Named { name: name.to_owned(), places: shapes.places_of(name) })
        .collect();
    let places = || of_names.iter().flat_map(|named| named.places.iter().copied().flatten());
    let mut sources: Vec<u16> = places().collect();
    sources.sort_unstable();
    sources.dedup();
    for place in of_names.iter_mut().flat_map(|named| named.places.iter_mut().flatten()) {
        *place = sources.partition_point(|source| source < place) as u16;
    }
    let names: Vec<&str> = shapes.columns().collect();
    let holding = sources.iter().map(|source| names[usize::from(*source)]);
    let parts = [SHAPE, REST].into_iter().chain(holding);
    derived(Resolved { of_names }, physical, parts).map(Some)
}

/// One attribute out of shape, rest, and the columns that may hold it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Resolved {
    /// The one that was asked for, then those that mean the same.
    of_names: Vec<Named>,
}

/// Where rows have an attribute of one name.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Named {
    name: String,
    /// By shape, which of the columns after the first two.
    places: Vec<Option<u16>>,
}

impl fmt::Display for Resolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "attr({})", self.of_names.first().map_or("", |named| &named.name))
    }
}

impl Rule for Resolved {
    const DATA_TYPE: DataType = DataType::Utf8;
    const NULLABLE: bool = true;

    fn column(&self, parts: &[ArrayRef]) -> Result<ArrayRef> {
        let [shapes, rest, columns @ ..] = parts else {
            return Err(DataFusionError::Internal("an attribute without shape and rest".to_owned()));
        };
        let (shapes, rest) = (cast(shapes, &DataType::UInt16)?, cast(rest, &DataType::Binary)?);
        let (shapes, rest) = (shapes.as_primitive::<UInt16Type>(), rest.as_binary::<i32>());
        let columns: Vec<StringArray> = columns.iter().map(spelled).collect::<std::result::Result<_, _>>()?;
        Ok(Arc::new(self.values(shapes, rest, &columns)))
    }
}

impl Resolved {
    fn values(&self, shapes: &UInt16Array, rest: &BinaryArray, columns: &[StringArray]) -> StringArray {
        let mut out = StringBuilder::with_capacity(shapes.len(), 0);
        for (row, shape) in shapes.iter().enumerate() {
            let of_name = |named: &Named| {
                let place = shape.and_then(|shape| named.places.get(usize::from(shape)).copied().flatten());
                match place.and_then(|place| columns.get(usize::from(place))) {
                    Some(column) => column.is_valid(row).then(|| Cow::Borrowed(column.value(row))),
                    None => text_named(rest.value(row), &named.name),
                }
            };
            out.append_option(self.of_names.iter().find_map(of_name));
        }
        out.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_wherever_its_row_has_it() {
        let message = |key: &str, value: &str| {
            let length = |text: &str| text.len() as u8;
            let value = [&[0x0a, length(value)], value.as_bytes()].concat();
            let pair = [&[0x0a, length(key)], key.as_bytes(), &[0x12, value.len() as u8], &value].concat();
            [&[0x0a, pair.len() as u8], pair.as_slice()].concat()
        };
        let gold = message("tier", "gold");
        let rest = BinaryArray::from_iter_values([gold.as_slice(), gold.as_slice(), &[], &[]]);
        // Of the first shape, the attribute is in the only column; of the second, in the rest; the last row has none.
        let shapes = UInt16Array::from(vec![Some(0), Some(1), None, Some(0)]);
        let column = StringArray::from(vec![Some("iron"), Some("x"), None, None]);
        let named = Named { name: "tier".to_owned(), places: vec![Some(0), None] };
        let resolved = Resolved { of_names: vec![named] };
        let values = resolved.values(&shapes, &rest, &[column]);
        assert_eq!(values.iter().collect::<Vec<_>>(), [Some("iron"), Some("gold"), None, None]);
        assert_eq!(self::values(&rest, "tier").iter().flatten().collect::<Vec<_>>(), ["gold", "gold"]);
    }
}
