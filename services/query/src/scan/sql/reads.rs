//! What a plan reads of our tables.

use std::{collections::BTreeMap, sync::Arc};

use datafusion::{
    common::tree_node::{TreeNode, TreeNodeRecursion},
    datasource::source_as_provider,
    error::{DataFusionError, Result},
    logical_expr::{Expr, LogicalPlan, Operator, TableScan, expr::ScalarFunction, utils::split_conjunction},
};
use naru_lake::schema;
use naru_signal::Signal;

use super::table::SqlTable;
use crate::{
    parse::AttributeIs,
    plan::{Reach, lake_columns},
    scan::attr,
};

/// Of one table, over all its scans.
#[derive(Debug)]
pub(super) struct Reads {
    /// The lake's.
    pub(super) columns: Vec<&'static str>,
    /// Each row that counts has all of these, itself or in its resource.
    pub(super) attributes: Vec<AttributeIs>,
    pub(super) reach: Reach,
    /// How often the plan reads the table.
    pub(super) scans: u64,
}

/// Of each table that the plan reads. It must be optimized: filters stand right above what they filter.
pub(super) fn of(plan: &LogicalPlan) -> Result<BTreeMap<Signal, Reads>> {
    let reach = if calls_attr(plan)? { Reach::Needle } else { Reach::Wide };
    let mut reads: BTreeMap<Signal, Reads> = BTreeMap::new();
    // Of the scan at this address: a filter is met before what it filters.
    let mut filtered: Option<(*const LogicalPlan, Vec<AttributeIs>)> = None;
    plan.apply_with_subqueries(|node| {
        match node {
            LogicalPlan::Filter(filter) if matches!(filter.input.as_ref(), LogicalPlan::TableScan(_)) => {
                let all = split_conjunction(&filter.predicate);
                let all = all.into_iter().filter_map(attribute_of).collect();
                filtered = Some((Arc::as_ptr(&filter.input), all));
            }
            LogicalPlan::TableScan(scan) => {
                let filter = filtered.take().filter(|(filtered, _)| std::ptr::eq(*filtered, node));
                let attributes = filter.map(|(_, attributes)| attributes).unwrap_or_default();
                let signal = signal_of(scan)?;
                match reads.get_mut(&signal) {
                    None => {
                        let columns = columns_of(scan, signal);
                        reads.insert(signal, Reads { columns, attributes, reach, scans: 1 });
                    }
                    // All scans of a table read the one snapshot.
                    Some(known) => {
                        known.scans += 1;
                        known.attributes.retain(|attribute| attributes.contains(attribute));
                        let new = columns_of(scan, signal);
                        let new = new.into_iter().filter(|column| !known.columns.contains(column));
                        let new: Vec<_> = new.collect();
                        known.columns.extend(new);
                    }
                }
            }
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(reads)
}

fn signal_of(scan: &TableScan) -> Result<Signal> {
    let provider = source_as_provider(&scan.source)?;
    let table = provider.downcast_ref::<SqlTable>().map(SqlTable::signal);
    table.ok_or_else(|| DataFusionError::Internal("a scan of something else than a table of ours".to_owned()))
}

fn columns_of(scan: &TableScan, signal: Signal) -> Vec<&'static str> {
    let mut columns = Vec::new();
    for column in lake_columns(signal) {
        let is_read = scan.projected_schema.has_column_with_unqualified_name(column);
        // Rows are told apart by their time, whatever else is read of them.
        let is_time = column == schema::time_column(signal);
        if (is_read || is_time) && !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

/// Such a question looks for few rows by one of many attributes, which is cheaper where they are decoded.
fn calls_attr(plan: &LogicalPlan) -> Result<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            found |= expr
                .exists(|expr| Ok(matches!(expr, Expr::ScalarFunction(call) if call.name() == attr::NAME)))?;
            Ok(TreeNodeRecursion::Continue)
        })
    })?;
    Ok(found)
}

/// The attribute that a row must have for this to hold: `attr(attributes, 'key') = 'value'`, or the same of its resource,
/// or either.
fn attribute_of(condition: &Expr) -> Option<AttributeIs> {
    let Expr::BinaryExpr(binary) = condition else { return None };
    let (left, right) = (binary.left.as_ref(), binary.right.as_ref());
    match binary.op {
        Operator::Or => attribute_of(left).filter(|one| attribute_of(right).as_ref() == Some(one)),
        Operator::Eq => equality(left, right).or_else(|| equality(right, left)),
        _ => None,
    }
}

fn equality(call: &Expr, value: &Expr) -> Option<AttributeIs> {
    let Expr::ScalarFunction(ScalarFunction { func, args }) = call else { return None };
    let [Expr::Column(column), key] = args.as_slice() else { return None };
    if func.name() != attr::NAME || !matches!(column.name.as_str(), "attributes" | "resource") {
        return None;
    }
    let text = |expr: &Expr| match expr {
        Expr::Literal(value, _) => value.try_as_str().flatten().map(str::to_owned),
        _ => None,
    };
    Some(AttributeIs { key: text(key)?, value: text(value)? })
}

#[cfg(test)]
mod tests {
    use datafusion::logical_expr::{col, lit};

    use super::*;
    use crate::scan::attr_of;

    #[test]
    fn only_what_every_row_must_have_is_looked_up_before() {
        let is = |column: &str, value: &str| attr_of(col(column), "tier").eq(lit(value));
        let gold = Some(AttributeIs { key: "tier".to_owned(), value: "gold".to_owned() });
        assert_eq!(attribute_of(&is("attributes", "gold")), gold);
        assert_eq!(attribute_of(&lit("gold").eq(attr_of(col("resource"), "tier"))), gold);
        assert_eq!(attribute_of(&is("attributes", "gold").or(is("resource", "gold"))), gold);
        for other in [
            is("attributes", "gold").or(is("resource", "iron")),
            is("attributes", "gold").or(col("is_entry")),
            is("body", "gold"),
            attr_of(col("attributes"), "tier").not_eq(lit("gold")),
            attr_of(col("attributes"), "tier").gt(lit("gold")),
            attr_of(col("attributes"), "tier").eq(col("name")),
        ] {
            assert_eq!(attribute_of(&other), None, "{other}");
        }
    }
}
