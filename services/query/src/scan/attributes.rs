//! The lake's `attributes` over segments that hold them in columns.

use std::{fmt, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray},
    compute::cast,
    datatypes::{DataType, Schema, UInt16Type},
};
use datafusion::{
    error::{DataFusionError, Result},
    physical_expr::{PhysicalExpr, expressions::Column},
};
use naru_lake::segment::attributes::{REST, SHAPE, Shapes};

use super::derived::{Rule, derived};

pub(super) const ATTRIBUTES: &str = "attributes";

/// What stands for `expr` in a segment with these shapes: its attributes put together, when `expr` is that column.
pub(super) fn restored(
    expr: &Arc<dyn PhysicalExpr>,
    physical: &Schema,
    shapes: &Arc<Shapes>,
) -> Result<Option<Arc<dyn PhysicalExpr>>> {
    if expr.downcast_ref::<Column>().is_none_or(|column| column.name() != ATTRIBUTES) {
        return Ok(None);
    }
    let parts = [SHAPE, REST].into_iter().chain(shapes.columns());
    derived(Restored(Arc::clone(shapes)), physical, parts).map(Some)
}

/// A row's attributes out of shape, rest, and the columns that the shapes name.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Restored(Arc<Shapes>);

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "attributes_of({} columns)", self.0.columns().count())
    }
}

impl Rule for Restored {
    const DATA_TYPE: DataType = DataType::Binary;
    const NULLABLE: bool = false;

    fn column(&self, parts: &[ArrayRef]) -> Result<ArrayRef> {
        let [shape, rest, columns @ ..] = parts else {
            return Err(DataFusionError::Internal("attributes without shape and rest".to_owned()));
        };
        let (shape, rest) = (cast(shape, &DataType::UInt16)?, cast(rest, &DataType::Binary)?);
        let restored =
            self.0.restore(shape.as_primitive::<UInt16Type>(), rest.as_binary::<i32>(), columns)?;
        Ok(Arc::new(restored))
    }
}
