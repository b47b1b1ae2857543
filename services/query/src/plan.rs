//! From a parsed question to what is read: whose rows, which columns, which filter.

mod ask;
mod entries;
mod filter;
mod scope;
mod sql_columns;

pub(crate) use ask::{Ask, Reach, Traces};
pub(crate) use entries::{EntryFilter, EntryPage};
pub(crate) use filter::{
    after_key, all_of, attribute_is, body_contains, contains, equals, is_entry, of_process, received_by,
    time_within, trace_is,
};
pub(crate) use scope::{TenantScope, UnknownProject};
pub(crate) use sql_columns::{lake_columns, sql_columns, sql_name, sql_table};
