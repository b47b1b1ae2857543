//! The lake's `parent_span_id` over segments that hold most parents as places among the span ids of their trace.

use std::{fmt, hash::Hash, sync::Arc};

use arrow::{
    array::{AsArray, RecordBatch},
    compute::cast,
    datatypes::{DataType, Schema, UInt32Type},
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::ColumnarValue,
    physical_expr::{PhysicalExpr, expressions::Column},
};
use naru_lake::segment::{
    TRACE_NUMBER,
    parents::{PARENT, SpanIds},
};

const PARENT_SPAN_ID: &str = "parent_span_id";
const ID: DataType = DataType::FixedSizeBinary(8);

/// What stands for `expr` in a segment of this schema, when it is that column and the segment has places.
pub(super) fn restored(
    expr: &Arc<dyn PhysicalExpr>,
    physical: &Schema,
    span_ids: Option<&Arc<SpanIds>>,
) -> Result<Option<Arc<dyn PhysicalExpr>>> {
    if expr.downcast_ref::<Column>().is_none_or(|column| column.name() != PARENT_SPAN_ID)
        || physical.index_of(PARENT).is_err()
    {
        return Ok(None);
    }
    // Never a parent that is not there because nobody looked.
    let span_ids = span_ids.ok_or_else(|| {
        DataFusionError::Internal("parents of a scanned segment that nobody looked up".to_owned())
    })?;
    let column = |name: &str| -> Result<Arc<dyn PhysicalExpr>> {
        Ok(Arc::new(Column::new(name, physical.index_of(name)?)))
    };
    let parts = [TRACE_NUMBER, PARENT, PARENT_SPAN_ID].into_iter().map(column).collect::<Result<_>>()?;
    Ok(Some(Arc::new(ParentOf { span_ids: Arc::clone(span_ids), parts })))
}

/// A row's parent out of its trace's number, its place, and what is spelled out.
#[derive(Debug, Clone)]
struct ParentOf {
    span_ids: Arc<SpanIds>,
    parts: Vec<Arc<dyn PhysicalExpr>>,
}

impl PartialEq for ParentOf {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.span_ids, &other.span_ids) && self.parts == other.parts
    }
}

impl Eq for ParentOf {}

impl Hash for ParentOf {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.parts.hash(state);
    }
}

impl fmt::Display for ParentOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "parent_of(trace, place)")
    }
}

impl PhysicalExpr for ParentOf {
    fn data_type(&self, _: &Schema) -> Result<DataType> {
        Ok(ID)
    }

    fn nullable(&self, _: &Schema) -> Result<bool> {
        Ok(true)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        let part = |part: &Arc<dyn PhysicalExpr>| part.evaluate(batch)?.into_array(batch.num_rows());
        let [traces, places, spelled] = self.parts.as_slice() else {
            return Err(DataFusionError::Internal("a parent without trace, place and id".to_owned()));
        };
        let (traces, places, spelled) = (part(traces)?, part(places)?, cast(&part(spelled)?, &ID)?);
        let parents = self.span_ids.parents(
            traces.as_primitive::<UInt32Type>(),
            places.as_primitive::<UInt32Type>(),
            spelled.as_fixed_size_binary(),
        )?;
        Ok(ColumnarValue::Array(Arc::new(parents)))
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        self.parts.iter().collect()
    }

    fn with_new_children(
        self: Arc<Self>,
        parts: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        Ok(Arc::new(Self { span_ids: Arc::clone(&self.span_ids), parts }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
