//! `POST /projects/{id}/sql`.

mod lines;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header::ACCEPT};
use naru_http::{Json, Problem};
use naru_ids::ProjectId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{App, answer::statement_within_limits, caller::Scoped};
use crate::{
    error::Error,
    parse::TimeRange,
    scan::SqlFailure,
    shape::sql::{Room, SqlAnswer, Table},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SqlQuestion {
    /// One SELECT, or WITH … SELECT.
    sql: String,
    /// RFC 3339 or unix ms, inclusive. Missing: one hour before `to`. The tables hold only rows of this range.
    from: Option<String>,
    /// Exclusive. Missing: now.
    to: Option<String>,
}

/// Answers SQL over the project's own tables: `spans`, `logs` and `metric_points`, as far as they are within the range.
/// `select * from spans limit 1` shows a table's columns; times are timestamps, durations milliseconds. Any attribute is
/// `attr(attributes, 'key')` or `attr(resource, 'key')`, as text. At most 10,000 rows or 8 MiB are answered: `truncated`
/// says when there are more.
///
/// With `Accept: application/x-ndjson` rows are sent as they are found, up to 1,000,000 or 256 MiB: first a line
/// `{"columns":[…]}`, then an array per row, at last `{"truncated":…,"incomplete":[…]}`, or `{"problem":{…}}` when
/// something went wrong on the way. An answer without such a last line was cut off.
#[utoipa::path(
    post,
    path = "/projects/{id}/sql",
    tag = "sql",
    params(("id" = ProjectId, Path)),
    request_body = SqlQuestion,
    responses(
        (status = 200, body = SqlAnswer),
        (status = 400, body = Problem, description = "`bad_sql`, with `line` and `column` where they are known"),
        (status = 401, body = Problem),
        (status = 404, body = Problem),
        (status = 413, body = Problem),
        (status = 422, body = Problem),
        (status = 429, body = Problem),
        (status = 503, body = Problem),
    )
)]
pub(super) async fn answer(
    State(app): State<App>,
    scoped: Scoped,
    headers: HeaderMap,
    Json(asked): Json<SqlQuestion>,
) -> Result<Response, Error> {
    let range = TimeRange::parse(asked.from.as_deref(), asked.to.as_deref(), app.now())?;
    let place = app.sql_place(scoped.scope.tenant())?;
    if headers.get_all(ACCEPT).iter().any(|accepted| lines::are_meant(accepted.as_bytes())) {
        return lines::answer(app, scoped, asked.sql, range, place).await;
    }
    statement_within_limits(&app, &scoped, async {
        let mut rows = app.lake.sql(&scoped.scope, asked.sql, range, place).await?;
        let mut table = Table::new(&rows.schema(), Room::WHOLE);
        while let Some(batch) = rows.next().await? {
            table.add(&batch)?;
            if table.is_full() {
                break;
            }
        }
        Ok(Json(table.finish(rows.incomplete)).into_response())
    })
    .await
}

impl From<SqlFailure> for Error {
    fn from(failure: SqlFailure) -> Self {
        match failure {
            SqlFailure::Wrong(error) => Self::Sql(error),
            SqlFailure::Scan(error) => Self::Scan(error),
        }
    }
}
