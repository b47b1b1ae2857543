//! The lake's `parent_span_id` over segments that hold most parents as places among the span ids of their trace.

use std::{fmt, hash::Hash, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray},
    compute::cast,
    datatypes::{DataType, Schema, UInt32Type},
};
use datafusion::{
    error::{DataFusionError, Result},
    physical_expr::{PhysicalExpr, expressions::Column},
};
use naru_lake::segment::{
    TRACE_NUMBER,
    parents::{PARENT, SpanIds},
};

use super::derived::{Rule, derived};

const PARENT_SPAN_ID: &str = "parent_span_id";

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
    derived(ParentOf(Arc::clone(span_ids)), physical, [TRACE_NUMBER, PARENT, PARENT_SPAN_ID]).map(Some)
}

/// A row's parent out of its trace's number, its place, and what is spelled out.
#[derive(Debug)]
struct ParentOf(Arc<SpanIds>);

impl PartialEq for ParentOf {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for ParentOf {}

impl Hash for ParentOf {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

impl fmt::Display for ParentOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("parent_of(trace, place)")
    }
}

impl Rule for ParentOf {
    const DATA_TYPE: DataType = DataType::FixedSizeBinary(8);
    const NULLABLE: bool = true;

    fn column(&self, parts: &[ArrayRef]) -> Result<ArrayRef> {
        let [traces, places, spelled] = parts else {
            return Err(DataFusionError::Internal("a parent without trace, place and id".to_owned()));
        };
        let spelled = cast(spelled, &Self::DATA_TYPE)?;
        let parents = self.0.parents(
            traces.as_primitive::<UInt32Type>(),
            places.as_primitive::<UInt32Type>(),
            spelled.as_fixed_size_binary(),
        )?;
        Ok(Arc::new(parents))
    }
}
