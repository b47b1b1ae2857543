//! Semantic-convention names, old and new, of the attributes that have a typed column, and of metrics.
//!
//! Agents in the field speak every version of the conventions: Python still says `http.method`, Node already
//! `http.request.method`. Both land in the same column; what was sent stays as it was in the attributes beside it. A metric has
//! the newest name and unit, and its attributes the newest names beside those that were sent. Of all other attributes, an old
//! name finds what is stored under the newest, and the newest what is stored under any old one.
//! The tables follow OpenTelemetry semantic conventions 1.44 and the renames since 1.8.

mod alike;
mod metric;
mod repeats;
mod resource;
mod span;
mod value;

pub use alike::names_alike;
pub use metric::{MetricUnit, metric_attributes, metric_name, metric_unit, metric_with_old_names};
pub use repeats::columns_named;
pub use resource::{RESOURCE_COLUMNS, ResourceColumn, resource_column};
pub use span::{SPAN_COLUMNS, SpanColumn, span_column};
pub use value::{db_system, host_without_port, messaging_operation, path_of_target, path_of_url};

/// The name of exception events and of their attributes.
pub const EXCEPTION_EVENT: &str = "exception";
pub const EXCEPTION_TYPE: &str = "exception.type";
pub const EXCEPTION_MESSAGE: &str = "exception.message";
pub const EXCEPTION_STACKTRACE: &str = "exception.stacktrace";

/// T of an application's APDEX in ms, as an attribute of its resource: an agent's setting, like its name. Ours, since the
/// conventions have none.
pub const APDEX_T_MS: &str = "naru.apdex.t_ms";

/// What a resource without `service.name` is called, as SDKs themselves do.
pub const UNKNOWN_SERVICE: &str = "unknown_service";

/// How good a source a name is for its column: several names of one column may come in one span, the lowest wins.
pub type Rank = u8;
