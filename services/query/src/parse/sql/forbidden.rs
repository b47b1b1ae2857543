//! What a statement may not say, whatever it is made of. Syntax that stands for a function is not looked up among the
//! functions of a session, so it is stopped here.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectNamePart, Query,
    SetExpr, TableFactor, Visit, Visitor,
};

use super::SqlError;

/// Stops at the first thing that is not answered here.
pub(super) fn check(query: &Query) -> Result<(), SqlError> {
    match query.visit(&mut Forbidden) {
        ControlFlow::Break(message) => Err(SqlError::new(message)),
        ControlFlow::Continue(()) => Ok(()),
    }
}

struct Forbidden;

impl Visitor for Forbidden {
    type Break = &'static str;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<&'static str> {
        if query.with.as_ref().is_some_and(|with| with.recursive) {
            return ControlFlow::Break("WITH RECURSIVE is not answered here");
        }
        if !query.locks.is_empty() {
            return ControlFlow::Break("nothing can be locked here; leave FOR UPDATE out");
        }
        if !query.pipe_operators.is_empty() {
            return ControlFlow::Break("|> is not answered here; write WITH … SELECT");
        }
        match query.body.as_ref() {
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                ControlFlow::Break("only SELECT and WITH … SELECT are answered here")
            }
            SetExpr::Select(select) if select.into.is_some() => {
                ControlFlow::Break("nothing can be written here; leave INTO out")
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<&'static str> {
        match table {
            TableFactor::Table { args: None, .. }
            | TableFactor::Derived { .. }
            | TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            _ => ControlFlow::Break(
                "functions cannot be tables here; the tables are spans, logs and metric_points",
            ),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<&'static str> {
        match expr {
            Expr::Function(function) => of_function(function),
            // Texts that double with every level fill any memory.
            Expr::BinaryOp { op: BinaryOperator::StringConcat, .. } => {
                ControlFlow::Break("texts cannot be joined with || here; select them side by side")
            }
            Expr::Overlay { .. } => {
                ControlFlow::Break("overlay is not answered here; select the texts side by side")
            }
            // And so do these.
            Expr::Array(_)
            | Expr::Tuple(_)
            | Expr::Struct { .. }
            | Expr::Dictionary(_)
            | Expr::Map(_)
            | Expr::Named { .. } => ControlFlow::Break(
                "lists, tuples, structs and maps are not answered here; select their parts side by side",
            ),
            // A cube of so many columns is as many plans as they have subsets.
            Expr::Cube(_) | Expr::Rollup(_) | Expr::GroupingSets(_) => ControlFlow::Break(
                "CUBE, ROLLUP and GROUPING SETS are not answered here; join several GROUP BY with UNION ALL",
            ),
            Expr::BinaryOp { op, right, .. } if is_regex(op) && !is_literal(right) => {
                ControlFlow::Break(PATTERN)
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

/// One for every row would be compiled for every row, and nothing else runs meanwhile.
const PATTERN: &str = "a regular expression is a text in quotes here, the same for every row";

fn of_function(function: &Function) -> ControlFlow<&'static str> {
    if function.over.is_some() {
        return ControlFlow::Break("window functions (OVER) are not answered here; use GROUP BY");
    }
    let name = function.name.0.last().and_then(ObjectNamePart::as_ident);
    let name = name.map(|name| name.value.to_ascii_lowercase()).unwrap_or_default();
    if name.starts_with("unnest") {
        return ControlFlow::Break("unnest() is not answered here; there are no lists");
    }
    if name == "regexp_like"
        && let FunctionArguments::List(list) = &function.args
        && !list.args.iter().skip(1).all(is_literal_argument)
    {
        return ControlFlow::Break(PATTERN);
    }
    ControlFlow::Continue(())
}

const fn is_regex(op: &BinaryOperator) -> bool {
    matches!(
        op,
        BinaryOperator::PGRegexMatch
            | BinaryOperator::PGRegexIMatch
            | BinaryOperator::PGRegexNotMatch
            | BinaryOperator::PGRegexNotIMatch
    )
}

const fn is_literal(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(_))
}

fn is_literal_argument(argument: &FunctionArg) -> bool {
    matches!(argument, FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) if is_literal(expr))
}
