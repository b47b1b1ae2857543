//! What a statement may use: the project's tables, and functions whose values are no larger than what they are made of.

use std::{collections::BTreeMap, sync::Arc};

use datafusion::{
    catalog::{
        CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList,
        MemorySchemaProvider, TableProvider,
    },
    error::Result,
    execution::SessionStateDefaults,
    execution::{SessionState, SessionStateBuilder, runtime_env::RuntimeEnv},
    functions::{datetime::planner::DatetimeFunctionPlanner, unicode::planner::UnicodeFunctionPlanner},
    functions_aggregate::planner::AggregateFunctionPlanner,
    logical_expr::{AggregateUDF, ScalarUDF, planner::ExprPlanner},
    prelude::{SessionConfig, SessionContext},
};
use naru_lake::schema;
use naru_signal::Signal;

use super::{pool::Share, table::SqlTable};
use crate::{
    parse::TimeRange,
    plan::{sql_columns, time_within},
    scan::attr::attr,
};

/// Of the memory that all scans share, one statement gets so much.
const SHARE_OF_MEMORY: usize = 4;
const SCHEMA: &str = "public";
const CATALOG: &str = "datafusion";

const SCALARS: &[&str] = &[
    "abs",
    "ceil",
    "floor",
    "round",
    "trunc",
    "power",
    "sqrt",
    "ln",
    "log2",
    "log10",
    "exp",
    "signum",
    "coalesce",
    "nullif",
    "nvl",
    "greatest",
    "least",
    "lower",
    "upper",
    "btrim",
    "ltrim",
    "rtrim",
    "character_length",
    "octet_length",
    "substr",
    "left",
    "right",
    "split_part",
    "starts_with",
    "ends_with",
    "strpos",
    "contains",
    "date_trunc",
    "date_part",
    "date_bin",
    "now",
    "to_timestamp",
    "to_timestamp_millis",
    "to_timestamp_seconds",
    "from_unixtime",
    "regexp_like",
];
const AGGREGATES: &[&str] = &[
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "stddev",
    "stddev_pop",
    "var",
    "var_pop",
    "corr",
    "bool_and",
    "bool_or",
    "approx_distinct",
    "approx_percentile_cont",
    "approx_median",
    "first_value",
    "last_value",
];

/// A session of its own, without tables.
pub(super) fn state(runtime: &Arc<RuntimeEnv>, memory_bytes: usize) -> Result<SessionState> {
    let mut config = SessionConfig::new().with_information_schema(false);
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    config = config.with_target_partitions(cores).with_create_default_catalog_and_schema(false);
    config = config.with_default_catalog_and_schema(CATALOG, SCHEMA);
    let options = config.options_mut();
    options.execution.collect_statistics = false;
    options.execution.enable_recursive_ctes = false;
    options.sql_parser.collect_spans = true;
    let share = Share::of(Arc::clone(&runtime.memory_pool), memory_bytes / SHARE_OF_MEMORY);
    let runtime = RuntimeEnv { memory_pool: Arc::new(share), ..runtime.as_ref().clone() };
    // Nothing of a catalog outlives the statement, or is seen by another one.
    let catalogs = MemoryCatalogProviderList::new();
    let catalog = MemoryCatalogProvider::new();
    catalog.register_schema(SCHEMA, Arc::new(MemorySchemaProvider::new()))?;
    catalogs.register_catalog(CATALOG.to_owned(), Arc::new(catalog));
    Ok(SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(Arc::new(runtime))
        .with_catalog_list(Arc::new(catalogs))
        .with_expr_planners(syntax())
        .with_scalar_functions(scalars())
        .with_aggregate_functions(aggregates())
        .build())
}

/// What stands for a function without naming it: `extract`, `substring`, `position`, `count(*)`. A planner calls functions
/// that are not in [`SCALARS`], so none is here that makes lists, structs, maps or longer texts.
fn syntax() -> Vec<Arc<dyn ExprPlanner>> {
    vec![
        Arc::new(DatetimeFunctionPlanner),
        Arc::new(UnicodeFunctionPlanner),
        Arc::new(AggregateFunctionPlanner),
    ]
}

fn scalars() -> Vec<Arc<ScalarUDF>> {
    let known = |function: &Arc<ScalarUDF>| SCALARS.contains(&function.name());
    SessionStateDefaults::default_scalar_functions().into_iter().filter(known).chain([attr()]).collect()
}

fn aggregates() -> Vec<Arc<AggregateUDF>> {
    let known = |function: &Arc<AggregateUDF>| AGGREGATES.contains(&function.name());
    SessionStateDefaults::default_aggregate_functions().into_iter().filter(known).collect()
}

/// Tables with the columns that SQL knows, and rows within `range`.
pub(super) fn register(
    state: &SessionState,
    tables: &BTreeMap<Signal, Arc<SqlTable>>,
    range: TimeRange,
) -> Result<()> {
    let context = SessionContext::new_with_state(state.clone());
    for (&signal, table) in tables {
        let rows = context.read_table(Arc::clone(table) as Arc<dyn TableProvider>)?;
        let rows = rows.filter(time_within(schema::time_column(signal), range))?;
        let view = rows.select(sql_columns(signal))?.into_view();
        context.register_table(crate::plan::sql_name(signal), view)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_that_is_named_is_there() {
        assert_eq!(scalars().len(), SCALARS.len() + 1);
        assert_eq!(aggregates().len(), AGGREGATES.len());
    }
}
