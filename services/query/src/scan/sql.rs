//! A tenant's own SQL, run over one snapshot of each table it names.
//!
//! A session is made for each question and holds nothing but the project's tables and a short list of functions: no
//! catalog of anybody else, no files, no functions that build large values out of small ones.

mod fault;
mod pool;
mod reads;
mod session;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use datafusion::{
    common::{
        TableReference,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::DataFusionError,
    execution::SessionState,
    logical_expr::LogicalPlan,
    physical_plan::{
        ExecutionPlan,
        coop::CooperativeExec,
        execute_stream,
        joins::{CrossJoinExec, HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec},
    },
    sql::parser::Statement,
};
use naru_signal::Signal;
use tokio::sync::OwnedSemaphorePermit;

use self::{
    fault::{failure, wrong},
    reads::Reads,
    table::SqlTable,
};
use super::{Incomplete, Lake, ScanError, Snapshot, batches::Batches, budget::Budget, fold::ROWS_MAX};
use crate::{
    parse::{Question, SqlError, TimeRange},
    plan::{Ask, TenantScope, sql_table},
};

/// Stored bytes of the segments a question may touch.
const SCAN_BYTES_MAX: u64 = 4 << 30;
/// Statements are read, and plans walked over, by recursion as deep as a statement may nest.
const PLANNING_STACK_BYTES: usize = 64 << 20;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SqlFailure {
    #[error(transparent)]
    Wrong(#[from] SqlError),
    #[error(transparent)]
    Scan(#[from] ScanError),
}

/// An answer that is being computed. Dropping it ends the scan.
pub(crate) struct SqlRows {
    schema: SchemaRef,
    batches: Batches<DataFusionError>,
    pub(crate) incomplete: Vec<Incomplete>,
    /// They account for what the stream reads.
    _snapshots: Vec<Snapshot>,
    _place: Place,
}

/// Among the statements that run. Whoever works for a statement holds it, so that it is given back by the last: a client
/// that leaves, or has waited too long, ends no planner that has begun.
type Place = Arc<OwnedSemaphorePermit>;

impl SqlRows {
    #[must_use]
    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<RecordBatch>, SqlFailure> {
        self.batches.next().await.map_err(failure)
    }
}

impl Lake {
    /// Begins to answer a statement about rows within `range`.
    pub(crate) async fn sql(
        &self,
        scope: &TenantScope,
        text: String,
        range: TimeRange,
        place: OwnedSemaphorePermit,
    ) -> Result<SqlRows, SqlFailure> {
        let place: Place = Arc::new(place);
        let state = session::state(self.state.runtime_env(), self.memory_bytes).map_err(failure)?;
        let Planned { state, plan, tables } = on_deep_stack(&place, planned(state, text, range)).await?;
        let (mut snapshots, mut incomplete) = (Vec::new(), Vec::new());
        for (signal, Reads { columns, attributes, reach, scans }) in reads::of(&plan).map_err(failure)? {
            let memory = Arc::clone(&state.runtime_env().memory_pool);
            let budget = Budget { memory, rows_max: ROWS_MAX, bytes_max: SCAN_BYTES_MAX, times: scans };
            let ask = Ask { reach, attributes, ..Ask::wide(signal, range, &columns) };
            let ask = if columns.contains(&"trace_id") { ask.with_trace_ids() } else { ask };
            let snapshot = self.snapshot_within(scope, ask, budget).await?;
            if incomplete.is_empty() {
                incomplete.clone_from(&snapshot.incomplete);
            }
            if let Some(table) = tables.get(&signal) {
                table.pin(self.table(&snapshot).map_err(failure)?);
            }
            snapshots.push(snapshot);
        }
        let (state, plan) = on_deep_stack(&place, async move {
            let physical = state.query_planner().create_physical_plan(&plan, &state).await;
            physical.map_err(failure).and_then(polite).map(|physical| (state, physical))
        })
        .await?;
        let (schema, held) = (plan.schema(), Arc::clone(&place));
        let batches = Batches::of(naru_runtime::patient(), async move {
            let _held = held;
            execute_stream(plan, state.task_ctx())
        });
        Ok(SqlRows { schema, batches, incomplete, _snapshots: snapshots, _place: place })
    }
}

/// A statement that is understood: over which tables, and what is to be done with their rows.
struct Planned {
    state: SessionState,
    plan: LogicalPlan,
    tables: BTreeMap<Signal, Arc<SqlTable>>,
}

async fn planned(state: SessionState, text: String, range: TimeRange) -> Result<Planned, SqlFailure> {
    let statement = Statement::Statement(Question::parse(&text)?.0);
    let named = tables_of(&state, &statement)?;
    let tables = named.into_iter().map(|signal| (signal, Arc::new(SqlTable::new(signal)))).collect();
    session::register(&state, &tables, range).map_err(failure)?;
    let plan = state.statement_to_plan(statement).await.and_then(|plan| state.optimize(&plan));
    Ok(Planned { plan: plan.map_err(failure)?, state, tables })
}

/// Tables that the statement names, which must be ours.
fn tables_of(state: &SessionState, statement: &Statement) -> Result<BTreeSet<Signal>, SqlError> {
    let references = state.resolve_table_references(statement).map_err(|error| wrong(&error))?;
    let known = |reference: &TableReference| {
        let signal = sql_table(reference.table()).filter(|_| reference.schema().is_none());
        signal.ok_or_else(|| {
            SqlError::new(format!("there is no table `{reference}`; there are spans, logs and metric_points"))
        })
    };
    references.iter().map(known).collect()
}

/// A join makes many batches of one, and need not wait for anything between them: it must let others run, and notice when
/// nobody listens any more. One that compares all pairs makes none for as long as no pair fits.
fn polite(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>, SqlFailure> {
    let polite = plan.transform_up(|node| {
        if node.downcast_ref::<NestedLoopJoinExec>().is_some() {
            let words = "a join needs an equality between its tables, as in on a.trace_id = b.trace_id";
            return Err(DataFusionError::Plan(words.to_owned()));
        }
        let is_join = node.downcast_ref::<CrossJoinExec>().is_some()
            || node.downcast_ref::<HashJoinExec>().is_some()
            || node.downcast_ref::<SortMergeJoinExec>().is_some();
        match is_join {
            true => Ok(Transformed::yes(Arc::new(CooperativeExec::new(node)) as Arc<dyn ExecutionPlan>)),
            false => Ok(Transformed::no(node)),
        }
    });
    polite.data().map_err(failure)
}

/// Runs what may recurse as deep as a statement nests, on a stack that bears it.
async fn on_deep_stack<T: Send + 'static>(
    place: &Place,
    work: impl Future<Output = Result<T, SqlFailure>> + Send + 'static,
) -> Result<T, SqlFailure> {
    let (runtime, (done, result)) = (tokio::runtime::Handle::current(), tokio::sync::oneshot::channel());
    let place = Arc::clone(place);
    let run = move || {
        let planned = runtime.block_on(work);
        // Given back before anybody can ask for the next.
        drop(place);
        // Whoever asked may have left.
        let _ = done.send(planned);
    };
    let thread = std::thread::Builder::new().name("sql-plan".to_owned()).stack_size(PLANNING_STACK_BYTES);
    thread.spawn(run).map_err(|error| failure(DataFusionError::IoError(error)))?;
    let panicked = |_| Err(failure(DataFusionError::Internal("planning panicked".to_owned())));
    result.await.unwrap_or_else(panicked)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn a_planner_that_nobody_waits_for_keeps_its_place_until_it_ends() {
        let places = Arc::new(Semaphore::new(1));
        let place: Place = Arc::new(Arc::clone(&places).try_acquire_owned().unwrap());
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (end, may_end) = mpsc::channel::<()>();
        let asked = tokio::spawn(async move {
            let work = async move {
                begun.send(()).unwrap();
                may_end.recv().unwrap();
                Ok(())
            };
            on_deep_stack(&place, work).await
        });
        has_begun.await.unwrap();
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        assert_eq!(places.available_permits(), 0, "it still plans");
        end.send(()).unwrap();
        drop(places.acquire().await.unwrap());
    }
}
