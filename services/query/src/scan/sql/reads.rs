//! What a plan reads of our tables.

use std::collections::BTreeMap;

use datafusion::{
    common::tree_node::{TreeNode, TreeNodeRecursion},
    datasource::source_as_provider,
    error::{DataFusionError, Result},
    logical_expr::{Expr, LogicalPlan, TableScan},
};
use naru_lake::schema;
use naru_signal::Signal;

use super::table::SqlTable;
use crate::{
    plan::{Reach, lake_columns},
    scan::attr,
};

/// Of one table, over all its scans.
#[derive(Debug)]
pub(super) struct Reads {
    /// The lake's.
    pub(super) columns: Vec<&'static str>,
    pub(super) reach: Reach,
    /// How often the plan reads the table.
    pub(super) scans: u64,
}

/// Of each table that the plan reads.
pub(super) fn of(plan: &LogicalPlan) -> Result<BTreeMap<Signal, Reads>> {
    let reach = if calls_attr(plan)? { Reach::Needle } else { Reach::Wide };
    let mut reads: BTreeMap<Signal, Reads> = BTreeMap::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let signal = signal_of(scan)?;
            let new = columns_of(scan, signal);
            match reads.get_mut(&signal) {
                None => {
                    reads.insert(signal, Reads { columns: new, reach, scans: 1 });
                }
                // All scans of a table read the one snapshot.
                Some(known) => {
                    known.scans += 1;
                    let new: Vec<_> =
                        new.into_iter().filter(|column| !known.columns.contains(column)).collect();
                    known.columns.extend(new);
                }
            }
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
