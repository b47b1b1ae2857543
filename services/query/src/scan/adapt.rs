//! The lake's `trace_id` over segments that hold numbers: comparisons with ids become comparisons with numbers, which
//! prune, and the column itself becomes ids where a segment's table is at hand, else references. `attributes` become what
//! was sent, where a segment has them in columns.

use std::{collections::HashMap, fmt, hash::Hash, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray, BinaryBuilder},
    datatypes::{DataType, Schema, SchemaRef, UInt32Type},
};
use datafusion::{
    common::{
        ScalarValue,
        tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion},
    },
    error::{DataFusionError, Result},
    logical_expr::Operator,
    physical_expr::{
        PhysicalExpr,
        expressions::{BinaryExpr, Column, InListExpr, Literal, in_list, lit},
    },
    physical_expr_adapter::{
        DefaultPhysicalExprAdapterFactory, PhysicalExprAdapter, PhysicalExprAdapterFactory,
    },
};
use naru_lake::segment::{
    SEGMENT_KEY, TRACE_NUMBER,
    attributes::{SHAPES_KEY, Shapes},
    parents::SpanIds,
    traces::TraceTable,
};

use super::{
    attr, attributes,
    derived::{Rule, derived},
    error::damaged,
    parents,
    reader::{ExtentReaders, SegmentKey},
    traces::TraceRef,
};

const TRACE_ID: &str = "trace_id";

/// One segment of a snapshot: its place there, and its traces, when the question named some.
#[derive(Debug, Clone)]
pub(super) struct Numbered {
    pub(super) segment: u32,
    pub(super) place: SegmentKey,
    pub(super) table: Option<Arc<TraceTable>>,
    /// What places of parents stand for, when the question asked for parents.
    pub(super) span_ids: Option<Arc<SpanIds>>,
}

impl PartialEq for Numbered {
    fn eq(&self, other: &Self) -> bool {
        self.segment == other.segment && self.table.is_some() == other.table.is_some()
    }
}

impl Eq for Numbered {}

impl Hash for Numbered {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.segment.hash(state);
    }
}

#[derive(Debug)]
pub(super) struct SegmentAdapters {
    /// By segment id.
    pub(super) segments: HashMap<String, Numbered>,
    pub(super) readers: Arc<ExtentReaders>,
}

impl PhysicalExprAdapterFactory for SegmentAdapters {
    fn create(&self, logical: SchemaRef, physical: SchemaRef) -> Result<Arc<dyn PhysicalExprAdapter>> {
        self.adapter(logical, physical).map_err(damaged)
    }
}

impl SegmentAdapters {
    fn adapter(&self, logical: SchemaRef, physical: SchemaRef) -> Result<Arc<dyn PhysicalExprAdapter>> {
        let numbers = match physical.index_of(TRACE_NUMBER) {
            Err(_) => None,
            Ok(index) => {
                let id = physical.metadata().get(SEGMENT_KEY);
                let numbered = id.and_then(|id| self.segments.get(id)).cloned().ok_or_else(|| {
                    DataFusionError::Internal("a scanned segment that is not of the snapshot".to_owned())
                })?;
                Some((Column::new(TRACE_NUMBER, index), numbered))
            }
        };
        let shapes = self.shapes(&physical)?;
        let rest = DefaultPhysicalExprAdapterFactory.create(logical, Arc::clone(&physical))?;
        Ok(Arc::new(SegmentAdapter { numbers, shapes, physical, rest }))
    }

    /// `None` where attributes lie as they were sent.
    fn shapes(&self, physical: &Schema) -> Result<Option<Arc<Shapes>>> {
        let Some(text) = physical.metadata().get(SHAPES_KEY) else { return Ok(None) };
        let id = physical.metadata().get(SEGMENT_KEY);
        let known = id.and_then(|id| self.segments.get(id)).map(|numbered| numbered.place);
        // Its footer was read a moment ago, and parsed.
        if let Some(shapes) = known.and_then(|place| self.readers.shapes(place)) {
            return Ok(Some(shapes));
        }
        Ok(Some(Arc::new(Shapes::parse(text)?)))
    }
}

#[derive(Debug)]
struct SegmentAdapter {
    /// `None` for a table without traces.
    numbers: Option<(Column, Numbered)>,
    shapes: Option<Arc<Shapes>>,
    physical: SchemaRef,
    rest: Arc<dyn PhysicalExprAdapter>,
}

impl PhysicalExprAdapter for SegmentAdapter {
    fn rewrite(&self, expr: Arc<dyn PhysicalExpr>) -> Result<Arc<dyn PhysicalExpr>> {
        let rewritten = expr.transform_down(|expr| match self.of_segment(&expr)? {
            Some(new) => Ok(Transformed::new(new, true, TreeNodeRecursion::Jump)),
            None => Ok(Transformed::no(expr)),
        });
        rewritten.data().and_then(|expr| self.rest.rewrite(expr)).map_err(damaged)
    }
}

impl SegmentAdapter {
    /// What stands for `expr` in this segment, when that is something else.
    fn of_segment(&self, expr: &Arc<dyn PhysicalExpr>) -> Result<Option<Arc<dyn PhysicalExpr>>> {
        if let Some((column, numbered)) = &self.numbers
            && let Some(new) = self.numbers_of(expr, column, numbered)?
        {
            return Ok(Some(new));
        }
        if let Some((_, numbered)) = &self.numbers
            && let Some(new) = parents::restored(expr, &self.physical, numbered.span_ids.as_ref())?
        {
            return Ok(Some(new));
        }
        let Some(shapes) = &self.shapes else { return Ok(None) };
        match attr::resolved(expr, &self.physical, shapes)? {
            Some(new) => Ok(Some(new)),
            None => attributes::restored(expr, &self.physical, shapes),
        }
    }

    /// What stands for `expr` in this segment, when it speaks of traces.
    fn numbers_of(
        &self,
        expr: &Arc<dyn PhysicalExpr>,
        column: &Column,
        numbered: &Numbered,
    ) -> Result<Option<Arc<dyn PhysicalExpr>>> {
        if is_trace_id(expr) {
            return derived(TraceOf(numbered.clone()), &self.physical, [TRACE_NUMBER]).map(Some);
        }
        let Some(table) = &numbered.table else { return Ok(None) };
        let number: Arc<dyn PhysicalExpr> = Arc::new(column.clone());
        let number_of = |expr: &Arc<dyn PhysicalExpr>| -> Option<Option<u32>> {
            let literal = expr.downcast_ref::<Literal>()?;
            let ScalarValue::Binary(Some(id)) = literal.value() else { return Some(None) };
            Some(id.as_slice().try_into().ok().and_then(|id| table.number(&id)))
        };
        if let Some(equal) = expr.downcast_ref::<BinaryExpr>().filter(|expr| *expr.op() == Operator::Eq)
            && is_trace_id(equal.left())
            && let Some(wanted) = number_of(equal.right())
        {
            return self.among(number, wanted.into_iter().collect()).map(Some);
        }
        if let Some(list) = expr.downcast_ref::<InListExpr>().filter(|list| !list.negated())
            && is_trace_id(list.expr())
            && let Some(wanted) = list.list().iter().map(number_of).collect::<Option<Vec<_>>>()
        {
            return self.among(number, wanted.into_iter().flatten().collect()).map(Some);
        }
        Ok(None)
    }

    /// Traces of one page began close to each other, so the bounds prune what the list is too long to.
    fn among(&self, number: Arc<dyn PhysicalExpr>, wanted: Vec<u32>) -> Result<Arc<dyn PhysicalExpr>> {
        let (Some(&least), Some(&most)) = (wanted.iter().min(), wanted.iter().max()) else {
            return Ok(lit(false));
        };
        let compare = |op, bound: u32| -> Arc<dyn PhysicalExpr> {
            Arc::new(BinaryExpr::new(Arc::clone(&number), op, lit(bound)))
        };
        if least == most {
            return Ok(compare(Operator::Eq, least));
        }
        let list = wanted.into_iter().map(lit).collect();
        let listed = in_list(Arc::clone(&number), list, &false, &self.physical)?;
        let and =
            |left, right| -> Arc<dyn PhysicalExpr> { Arc::new(BinaryExpr::new(left, Operator::And, right)) };
        Ok(and(and(compare(Operator::GtEq, least), compare(Operator::LtEq, most)), listed))
    }
}

fn is_trace_id(expr: &Arc<dyn PhysicalExpr>) -> bool {
    expr.downcast_ref::<Column>().is_some_and(|column| column.name() == TRACE_ID)
}

/// A row's trace from its number.
#[derive(Debug, PartialEq, Eq, Hash)]
struct TraceOf(Numbered);

impl fmt::Display for TraceOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trace_of({TRACE_NUMBER})")
    }
}

impl Rule for TraceOf {
    const DATA_TYPE: DataType = TraceRef::DATA_TYPE;
    const NULLABLE: bool = true;

    fn column(&self, parts: &[ArrayRef]) -> Result<ArrayRef> {
        let [numbers] = parts else {
            return Err(DataFusionError::Internal("a trace without its number".to_owned()));
        };
        let numbers = numbers.as_primitive::<UInt32Type>();
        let mut traces = BinaryBuilder::with_capacity(numbers.len(), numbers.len() * 16);
        for number in numbers {
            match (number, &self.0.table) {
                (None, _) => traces.append_null(),
                (Some(number), None) => traces.append_value(TraceRef::stored(self.0.segment, number)),
                (Some(number), Some(table)) => {
                    let id = table.id(number).ok_or_else(|| {
                        DataFusionError::Execution(format!("a row is of trace {number}, which has no id"))
                    })?;
                    traces.append_value(id);
                }
            }
        }
        Ok(Arc::new(traces.finish()))
    }
}
