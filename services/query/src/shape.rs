//! From rows to answers: counts, percentiles, cells, trees. Arithmetic only; reading is `scan`'s.

pub(crate) mod active_users;
pub(crate) mod applications;
pub(crate) mod calls;
mod category;
pub(crate) mod dashboard;
mod durations;
mod exemplar;
mod flow;
pub(crate) mod heatmap;
pub(crate) mod instances;
mod json;
pub(crate) mod logs;
pub(crate) mod metric;
mod people;
mod red;
pub(crate) mod series;
pub(crate) mod service_map;
pub(crate) mod sql;
mod subject;
pub(crate) mod trace;
pub(crate) mod transactions;
pub(crate) mod users;

use std::collections::BTreeMap;

pub(crate) use subject::Subject;

/// Times in answers are unix ms with a fraction, durations ms.
pub(crate) type Ms = f64;

/// `attributes` and `resource` as the agent sent them.
pub(crate) type Attributes = BTreeMap<String, serde_json::Value>;

/// `ok`, `error` or `unset`.
fn status_word(code: u8) -> &'static str {
    match naru_signal::StatusCode::from_code(code) {
        naru_signal::StatusCode::Unset => "unset",
        naru_signal::StatusCode::Ok => "ok",
        naru_signal::StatusCode::Error => "error",
    }
}
