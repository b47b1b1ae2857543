//! How large a statement becomes. A name from WITH is replaced by its whole query wherever it stands, and a column by what
//! it was computed of, as often as it is named: a text that doubles something in each of seventy lines becomes more than
//! any machine can hold, and nothing stops a planner that has begun. So it is weighed before.

use std::{
    collections::{HashMap, VecDeque},
    ops::ControlFlow,
};

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, ObjectName, ObjectNamePart, Query, Select, SelectItem, TableFactor, Visit, Visitor,
};

use super::SqlError;

/// In parts of expressions. It leaves room for some fifty tables.
const WEIGHT_MAX: u64 = 10_000;
/// A table of ours is a view with so many columns, and what makes them.
const TABLE_WEIGHT: u64 = 200;
const TABLE_COLUMNS: u64 = 50;
/// Projection, filter, grouping, limit.
const SELECT_WEIGHT: u64 = 10;

/// Refuses a query that would become too large.
pub(super) fn check(query: &Query) -> Result<(), SqlError> {
    match query.visit(&mut Scales::default()) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(SqlError::new(
            "the statement becomes too large when each name in it is replaced by what it stands for; \
             read fewer tables, and name a WITH query or a computed column less often",
        )),
    }
}

/// What one query comes to, with all that it reads.
#[derive(Debug, Clone, Copy)]
struct Size {
    /// Of the whole plan.
    weight: u64,
    columns: u64,
    /// Of the largest column, when all that it is computed of is written out.
    column: u64,
}

const TABLE: Size = Size { weight: TABLE_WEIGHT, columns: TABLE_COLUMNS, column: 1 };

/// Expressions and how many of them name a column.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    parts: u64,
    names: u64,
}

impl Count {
    fn of(tree: &impl Visit) -> Self {
        let mut count = Self::default();
        let _ = tree.visit(&mut count);
        count
    }

    fn add(&mut self, expr: &Expr) {
        self.parts += 1;
        self.names += u64::from(matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_)));
    }

    /// With a column of this size in the place of each name.
    const fn written_out(self, column: u64) -> u64 {
        self.parts.saturating_add(self.names.saturating_mul(column))
    }
}

impl Visitor for Count {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        self.add(expr);
        ControlFlow::Continue(())
    }
}

/// The queries that are being weighed, each inside the one before.
#[derive(Debug, Default)]
struct Scales(Vec<Opened>);

#[derive(Debug, Default)]
struct Opened {
    /// Names of its WITH whose queries are still to come. They come before anything else, in this order.
    to_come: VecDeque<String>,
    known: HashMap<String, Size>,
    /// Of all that it reads so far.
    weight: u64,
    columns: u64,
    column: u64,
    /// In all its clauses.
    all: Count,
    /// Each of these may be a column of the result.
    items: Vec<Count>,
    /// In clauses that may name columns of the result.
    of_result: Count,
    wildcards: u64,
}

impl Opened {
    fn reads(&mut self, size: Size) {
        self.weight = self.weight.saturating_add(size.weight);
        self.columns = self.columns.saturating_add(size.columns);
        self.column = self.column.max(size.column);
    }

    fn may_name_result(&mut self, clause: &impl Visit) {
        let count = Count::of(clause);
        self.of_result.parts += count.parts;
        self.of_result.names += count.names;
    }

    fn size(&self) -> Size {
        let column = self.column.max(1);
        let largest = self.items.iter().map(|item| item.written_out(column)).max().unwrap_or(0).max(column);
        let of_wildcards = self.wildcards.saturating_mul(self.columns);
        let parts = [self.all.written_out(column), self.of_result.written_out(largest), of_wildcards];
        Size {
            weight: parts.into_iter().fold(self.weight, u64::saturating_add),
            columns: of_wildcards.saturating_add(self.items.len() as u64),
            column: largest,
        }
    }
}

impl Scales {
    fn innermost(&mut self) -> Option<&mut Opened> {
        self.0.last_mut()
    }

    fn size_of(&self, name: &ObjectName) -> Size {
        let parts = name.0.iter().filter_map(ObjectNamePart::as_ident).map(normalized);
        let name = parts.collect::<Vec<_>>().join(".");
        self.0.iter().rev().find_map(|query| query.known.get(&name)).copied().unwrap_or(TABLE)
    }
}

impl Visitor for Scales {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let mut opened = Opened::default();
        let ctes = query.with.iter().flat_map(|with| &with.cte_tables);
        opened.to_come.extend(ctes.map(|cte| normalized(&cte.alias.name)));
        opened.may_name_result(&query.order_by);
        self.0.push(opened);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        let Some(closed) = self.0.pop() else { return ControlFlow::Continue(()) };
        let size = closed.size();
        if size.weight > WEIGHT_MAX {
            return ControlFlow::Break(());
        }
        if let Some(outer) = self.innermost() {
            match outer.to_come.pop_front() {
                Some(name) => {
                    outer.known.insert(name, size);
                }
                None => outer.reads(size),
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        let Some(query) = self.innermost() else { return ControlFlow::Continue(()) };
        query.weight = query.weight.saturating_add(SELECT_WEIGHT);
        for item in &select.projection {
            match item {
                SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..) => query.wildcards += 1,
                _ => query.items.push(Count::of(item)),
            }
        }
        query.may_name_result(&select.group_by);
        query.may_name_result(&select.having);
        query.may_name_result(&select.qualify);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, .. } = table {
            let size = self.size_of(name);
            if let Some(query) = self.innermost() {
                query.reads(size);
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if let Some(query) = self.innermost() {
            query.all.add(expr);
        }
        ControlFlow::Continue(())
    }
}

/// As names are compared.
fn normalized(name: &Ident) -> String {
    match name.quote_style {
        Some(_) => name.value.clone(),
        None => name.value.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Question;

    /// `last` over a chain of queries `q1`, `q2` and so on, each of which reads the one before as `link` says.
    fn chain(first: &str, links: usize, link: &str, last: &str) -> String {
        let mut queries = vec![format!("q0 as ({first})")];
        queries
            .extend((1..=links).map(|n| format!("q{n} as ({})", link.replace("Q", &format!("q{}", n - 1)))));
        format!("with {} {}", queries.join(", "), last.replace("Q", &format!("q{links}")))
    }

    fn is_taken(text: &str) -> bool {
        match Question::parse(text) {
            Ok(_) => true,
            Err(error) => {
                assert!(error.message.contains("becomes too large"), "{error}: {text}");
                false
            }
        }
    }

    #[test]
    fn what_doubles_with_every_line_is_refused() {
        let spans = "select name, duration_ms as d from spans";
        for (link, last) in [
            ("select name from Q union all select name from Q", "select count(*) from Q"),
            ("select a.name from Q a, Q b", "select count(*) from Q"),
            ("select name from Q where name in (select name from Q)", "select count(*) from Q"),
            ("select name from Q where exists (select 1 from Q r where r.name = name)", "select 1 from Q"),
            ("select d + d as d from Q", "select count(*) from Q where d > 0"),
            ("select coalesce(d, d) as d from Q", "select count(*) from Q where d > 0"),
            ("select case when d > 0 then d else 1 end as d from Q", "select count(*) from Q where d > 0"),
            ("select a.*, b.* from Q a, Q b", "select 1 from Q"),
        ] {
            assert!(is_taken(&chain(spans, 3, link, last)), "{link}");
            assert!(!is_taken(&chain(spans, 20, link, last)), "{link}");
        }
    }

    #[test]
    fn a_name_is_what_the_innermost_query_says() {
        let doubled = "select name from Q union all select name from Q";
        let quoted =
            chain("select name from spans", 9, doubled, "select name from Q").replace("q1", "\"q1\"");
        assert!(!is_taken(&quoted));
        assert!(!is_taken(&quoted.replace("\"q1\"", "Q1")));
        let inner = chain("select name from spans", 20, doubled, "select count(*) from Q");
        assert!(!is_taken(&format!("select * from ({inner})")));
        assert!(!is_taken(&format!("select 1 where 1 = ({inner})")));
        assert!(!is_taken(&format!("select name from spans union all ({inner})")));
    }

    #[test]
    fn columns_of_the_result_count_where_they_are_named_again() {
        let item = format!("coalesce({})", vec!["name"; 300].join(", "));
        let again = format!("coalesce({})", vec!["x"; 300].join(", "));
        for clause in ["group by", "having", "order by"] {
            assert!(!is_taken(&format!("select {item} as x from spans {clause} {again}")), "{clause}");
            assert!(is_taken(&format!("select {item} as x from spans {clause} x")), "{clause}");
        }
    }

    #[test]
    fn fifty_tables_are_too_many_and_a_report_is_not() {
        let tables = |count: usize| {
            let tables: Vec<_> = (0..count).map(|n| format!("spans s{n}")).collect();
            format!("select count(*) from {}", tables.join(", "))
        };
        assert!(is_taken(&tables(40)));
        assert!(!is_taken(&tables(50)));
        let conditions: Vec<_> = (0..140).map(|n| format!("duration_ms > {n}")).collect();
        assert!(is_taken(&format!("select count(*) from spans where {}", conditions.join(" and "))));
        assert!(is_taken(
            "with base as (select application, duration_ms, status = 'error' as failed, date_trunc('hour', time) as hour
                             from spans where is_transaction),
                  hours as (select application, hour, count(*) as n, sum(case when failed then 1 else 0 end) as errors,
                                   approx_percentile_cont(duration_ms, 0.95) as p95
                              from base group by 1, 2),
                  rates as (select application, hour, n, errors / n as rate, p95 from hours),
                  worst as (select application, max(rate) as rate, max(p95) as p95 from rates group by application)
             select r.application, r.hour, r.n, r.rate, r.rate / w.rate as share, r.p95 / w.p95 as slow, h.errors
               from rates r join worst w on r.application = w.application
                            join hours h on h.application = r.application and h.hour = r.hour
              where r.rate > w.rate * 0.5 or r.p95 > w.p95 * 0.5
              order by share desc, slow desc
              limit 100"
        ));
    }
}
