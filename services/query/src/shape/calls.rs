//! Time that transactions spend in calls: SQL, and everything else that leaves their process.
//!
//! A call belongs to the transaction it was made in: the nearest entry span above it in its own process. What other
//! processes did is no matter, so that only the transactions' services need to be read. Of nested calls of one class (a
//! pool's span around the driver's) only the outermost counts. A database span that names neither statement nor operation
//! (a pool opening a connection) is no call.

use std::collections::HashMap;

use arrow::array::{Array, RecordBatch};

use super::{
    Ms,
    category::{Category, Traits},
};
use crate::{
    parse::{SpanId, TraceId, ms_of_ns},
    scan::{Rows, ScanError, TraceRef, text},
};

pub(crate) const COLUMNS: &[&str] = &[
    "start_ns",
    "duration_ns",
    "trace_id",
    "span_id",
    "parent_span_id",
    "is_entry",
    "service_name",
    "service_instance",
    "kind",
    "db_system",
    "db_operation",
    "db_statement",
    "messaging_system",
    "rpc_system",
    "http_method",
];

/// A chain of parents longer than this is a loop.
const DEPTH_MAX: usize = 1_000;

type SpanKey = (TraceId, SpanId);

/// What one transaction waited for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Calls {
    pub(crate) sql_ms: Ms,
    pub(crate) sql_count: u64,
    pub(crate) external_ms: Ms,
    pub(crate) external_count: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Sql,
    External,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: Option<SpanId>,
    is_entry: bool,
    class: Option<Class>,
    duration_ns: i64,
    /// Service and instance, as a number of [`Fold::processes`].
    process: u32,
}

/// Spans of some traces: all those of the services whose calls are wanted.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    nodes: HashMap<SpanKey, Node>,
    processes: HashMap<(String, Option<String>), u32>,
}

impl Fold {
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        let rows = Rows(batch);
        let (traces, spans, parents) = (rows.traces()?, rows.ids("span_id")?, rows.ids("parent_span_id")?);
        let (entries, kinds) = (rows.bools("is_entry")?, rows.u8s("kind")?);
        let durations = rows.i64s("duration_ns")?;
        let (services, instances) = (rows.texts("service_name")?, rows.texts("service_instance")?);
        let (databases, brokers) = (rows.texts("db_system")?, rows.texts("messaging_system")?);
        let (operations, statements) = (rows.texts("db_operation")?, rows.texts("db_statement")?);
        let (rpcs, methods) = (rows.texts("rpc_system")?, rows.texts("http_method")?);
        for row in 0..batch.num_rows() {
            // The question names the traces, so that they come by their ids.
            let Some(TraceRef::Id(trace)) = TraceRef::of(traces, row) else { continue };
            let Some(span) = SpanId::from_slice(spans.value(row)) else { continue };
            let traits = Traits {
                kind: kinds.value(row),
                db_system: text(databases, row),
                messaging_system: text(brokers, row),
                rpc_system: text(rpcs, row),
                http_method: text(methods, row),
            };
            let parent = parents.is_valid(row).then(|| parents.value(row)).and_then(SpanId::from_slice);
            let node = Node {
                parent,
                is_entry: entries.value(row),
                class: class(&traits, operations.is_valid(row) || statements.is_valid(row)),
                duration_ns: durations.value(row).max(0),
                process: self.process(services.value(row), text(instances, row)),
            };
            self.nodes.insert((trace, span), node);
        }
        Ok(())
    }

    fn process(&mut self, service: &str, instance: Option<&str>) -> u32 {
        let next = u32::try_from(self.processes.len()).unwrap_or(u32::MAX);
        *self.processes.entry((service.to_owned(), instance.map(str::to_owned))).or_insert(next)
    }

    /// Calls by transaction.
    #[must_use]
    pub(crate) fn finish(self) -> HashMap<SpanKey, Calls> {
        let sole_entries = self.sole_entries();
        let mut calls: HashMap<SpanKey, Calls> = HashMap::new();
        for ((trace, span), node) in &self.nodes {
            let Some(class) = node.class.filter(|_| !node.is_entry) else { continue };
            let Some(entry) = self.entry_of(*trace, *span, *node, class, &sole_entries) else { continue };
            let calls = calls.entry((*trace, entry)).or_default();
            let ms = ms_of_ns(node.duration_ns);
            match class {
                Class::Sql => {
                    calls.sql_ms += ms;
                    calls.sql_count += 1;
                }
                Class::External => {
                    calls.external_ms += ms;
                    calls.external_count += 1;
                }
            }
        }
        calls
    }

    /// The transaction a call was made in; `None` for a nested call, and for one whose transaction is not known.
    fn entry_of(
        &self,
        trace: TraceId,
        span: SpanId,
        call: Node,
        class: Class,
        sole_entries: &HashMap<(TraceId, u32), Option<SpanId>>,
    ) -> Option<SpanId> {
        let (mut above, mut last) = (call.parent, span);
        for _ in 0..DEPTH_MAX {
            let parent = above.and_then(|parent| Some((parent, self.nodes.get(&(trace, parent))?)));
            let Some((id, node)) = parent.filter(|(_, node)| node.process == call.process) else {
                // A span between was not sent, is still under way, or is of another process: when this one has a sole
                // transaction in this trace, the call is its.
                return sole_entries.get(&(trace, call.process)).copied().flatten();
            };
            if node.is_entry {
                return Some(id);
            }
            if node.class == Some(class) || id == last {
                return None;
            }
            (above, last) = (node.parent, id);
        }
        None
    }

    /// The transaction of each process and trace, where there is exactly one.
    fn sole_entries(&self) -> HashMap<(TraceId, u32), Option<SpanId>> {
        let mut sole = HashMap::new();
        for ((trace, span), node) in self.nodes.iter().filter(|(_, node)| node.is_entry) {
            sole.entry((*trace, node.process)).and_modify(|entry| *entry = None).or_insert(Some(*span));
        }
        sole
    }
}

fn class(traits: &Traits<'_>, has_statement: bool) -> Option<Class> {
    match Category::of(traits) {
        Category::Sql => has_statement.then_some(Class::Sql),
        category if category.is_external_call(traits.kind) => Some(Class::External),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    fn span(number: u64) -> SpanId {
        SpanId::from_slice(&number.to_be_bytes()).unwrap()
    }

    /// (span, parent, is entry, class, ms, process)
    type Shorthand = (u64, u64, bool, Option<Class>, i64, u32);

    fn fold(nodes: &[Shorthand]) -> HashMap<SpanKey, Calls> {
        let trace = TraceId::parse(TRACE).unwrap();
        let mut fold = Fold::default();
        for &(id, parent, is_entry, class, ms, process) in nodes {
            let parent = (parent > 0).then(|| span(parent));
            fold.nodes.insert(
                (trace, span(id)),
                Node { parent, is_entry, class, duration_ns: ms * 1_000_000, process },
            );
        }
        fold.finish()
    }

    fn calls(sql_ms: Ms, sql_count: u64, external_ms: Ms, external_count: u64) -> Calls {
        Calls { sql_ms, sql_count, external_ms, external_count }
    }

    #[test]
    fn a_call_belongs_to_the_nearest_transaction_above_it() {
        let all = fold(&[
            (1, 0, true, None, 100, 0),
            (2, 1, false, None, 90, 0),
            (3, 2, false, Some(Class::Sql), 20, 0),
            (4, 2, false, Some(Class::External), 50, 0),
            // The called service's own transaction, with its own statement.
            (5, 4, true, None, 45, 1),
            (6, 5, false, Some(Class::Sql), 40, 1),
        ]);
        let trace = TraceId::parse(TRACE).unwrap();
        assert_eq!(all[&(trace, span(1))], calls(20.0, 1, 50.0, 1));
        assert_eq!(all[&(trace, span(5))], calls(40.0, 1, 0.0, 0));
    }

    #[test]
    fn of_nested_calls_only_the_outermost_counts() {
        let all = fold(&[
            (1, 0, true, None, 100, 0),
            (2, 1, false, Some(Class::Sql), 30, 0),
            (3, 2, false, Some(Class::Sql), 25, 0),
        ]);
        assert_eq!(all.values().copied().collect::<Vec<_>>(), [calls(30.0, 1, 0.0, 0)]);
    }

    #[test]
    fn a_missing_parent_leaves_the_call_to_the_only_transaction_of_its_process() {
        let orphan = (3, 99, false, Some(Class::Sql), 5, 0);
        assert_eq!(fold(&[(1, 0, true, None, 9, 0), orphan]).len(), 1);
        assert_eq!(fold(&[(1, 0, true, None, 9, 0), (2, 0, true, None, 9, 0), orphan]).len(), 0);
        assert_eq!(fold(&[(1, 0, true, None, 9, 7), orphan]).len(), 0);
    }

    #[test]
    fn a_parent_in_another_process_is_as_good_as_none() {
        let (own, call) = ((1, 0, true, None, 9, 0), (3, 2, false, Some(Class::Sql), 5, 0));
        for elsewhere in [(2, 0, true, None, 9, 1), (2, 0, false, Some(Class::Sql), 9, 1)] {
            assert_eq!(fold(&[own, elsewhere, call]), fold(&[own, call]));
        }
        assert_eq!(fold(&[own, call]).len(), 1);
    }

    #[test]
    fn a_connection_being_opened_is_no_call() {
        let database = Traits { kind: 3, db_system: Some("postgresql"), ..Traits::default() };
        assert_eq!([class(&database, true), class(&database, false)], [Some(Class::Sql), None]);
        let cache = Traits { db_system: Some("redis"), ..database };
        assert_eq!(class(&cache, false), Some(Class::External));
    }

    #[test]
    fn parents_in_a_circle_end() {
        let all = fold(&[
            (1, 2, false, None, 1, 0),
            (2, 1, false, None, 1, 0),
            (3, 1, false, Some(Class::Sql), 1, 0),
        ]);
        assert_eq!(all.len(), 0);
    }
}
