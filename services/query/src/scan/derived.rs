//! A column of the lake that a segment holds in another form: worked out of columns that it does have, batch by batch.

use std::{fmt, hash::Hash, sync::Arc};

use arrow::{
    array::{ArrayRef, RecordBatch},
    datatypes::{DataType, Schema},
};
use datafusion::{
    error::Result,
    logical_expr::ColumnarValue,
    physical_expr::{PhysicalExpr, expressions::Column},
};

use super::error::damaged;

/// How rows of the column come out of their parts. It displays as what plans call it.
pub(super) trait Rule: fmt::Debug + fmt::Display + Eq + Hash + Send + Sync + 'static {
    const DATA_TYPE: DataType;
    const NULLABLE: bool;

    /// As many rows as each part has; the parts are those that were named to [`derived`], in that order.
    fn column(&self, parts: &[ArrayRef]) -> Result<ArrayRef>;
}

/// The column by this rule, out of columns of a segment of this schema.
pub(super) fn derived<'a>(
    rule: impl Rule,
    physical: &Schema,
    parts: impl IntoIterator<Item = &'a str>,
) -> Result<Arc<dyn PhysicalExpr>> {
    let part = |name: &str| -> Result<Arc<dyn PhysicalExpr>> {
        Ok(Arc::new(Column::new(name, physical.index_of(name)?)))
    };
    let parts = parts.into_iter().map(part).collect::<Result<_>>()?;
    Ok(Arc::new(Derived { rule: Arc::new(rule), parts }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Derived<R> {
    rule: Arc<R>,
    parts: Vec<Arc<dyn PhysicalExpr>>,
}

impl<R: Rule> fmt::Display for Derived<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.rule, f)
    }
}

impl<R: Rule> PhysicalExpr for Derived<R> {
    fn data_type(&self, _: &Schema) -> Result<DataType> {
        Ok(R::DATA_TYPE)
    }

    fn nullable(&self, _: &Schema) -> Result<bool> {
        Ok(R::NULLABLE)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        let parts = self.parts.iter().map(|part| part.evaluate(batch)?.into_array(batch.num_rows()));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        Ok(ColumnarValue::Array(self.rule.column(&parts).map_err(damaged)?))
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        self.parts.iter().collect()
    }

    fn with_new_children(
        self: Arc<Self>,
        parts: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        Ok(Arc::new(Self { rule: Arc::clone(&self.rule), parts }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.rule, f)
    }
}
