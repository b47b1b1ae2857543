//! The lake's `attributes` over segments that hold them in columns.

use std::{fmt, hash::Hash, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray, RecordBatch},
    compute::cast,
    datatypes::{DataType, Schema, UInt16Type},
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::ColumnarValue,
    physical_expr::{PhysicalExpr, expressions::Column},
};
use naru_lake::segment::attributes::{REST, SHAPE, Shapes};

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
    let column = |name: &str| -> Result<Arc<dyn PhysicalExpr>> {
        Ok(Arc::new(Column::new(name, physical.index_of(name)?)))
    };
    let parts = [SHAPE, REST].into_iter().chain(shapes.columns()).map(column).collect::<Result<_>>()?;
    Ok(Some(Arc::new(Restored { shapes: Arc::clone(shapes), parts })))
}

/// A row's attributes out of shape, rest, and the columns that the shapes name.
#[derive(Debug, Clone)]
struct Restored {
    shapes: Arc<Shapes>,
    parts: Vec<Arc<dyn PhysicalExpr>>,
}

impl PartialEq for Restored {
    fn eq(&self, other: &Self) -> bool {
        self.shapes == other.shapes && self.parts == other.parts
    }
}

impl Eq for Restored {}

impl Hash for Restored {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.parts.hash(state);
    }
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "attributes_of({} columns)", self.parts.len())
    }
}

impl PhysicalExpr for Restored {
    fn data_type(&self, _: &Schema) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn nullable(&self, _: &Schema) -> Result<bool> {
        Ok(false)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        let parts = self.parts.iter().map(|part| part.evaluate(batch)?.into_array(batch.num_rows()));
        let parts: Vec<ArrayRef> = parts.collect::<Result<_>>()?;
        let [shape, rest, columns @ ..] = parts.as_slice() else {
            return Err(DataFusionError::Internal("attributes without shape and rest".to_owned()));
        };
        let (shape, rest) = (cast(shape, &DataType::UInt16)?, cast(rest, &DataType::Binary)?);
        let restored =
            self.shapes.restore(shape.as_primitive::<UInt16Type>(), rest.as_binary::<i32>(), columns)?;
        Ok(ColumnarValue::Array(Arc::new(restored)))
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        self.parts.iter().collect()
    }

    fn with_new_children(
        self: Arc<Self>,
        parts: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        Ok(Arc::new(Self { shapes: Arc::clone(&self.shapes), parts }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
