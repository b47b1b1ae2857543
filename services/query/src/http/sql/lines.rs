//! An answer of SQL line by line, while the statement runs.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::header::CONTENT_TYPE;
use naru_http::Problem;
use serde_json::json;
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::{Instant, timeout, timeout_at},
};

use super::super::{
    App,
    answer::{Held, QUERY_TIMEOUT},
    caller::Scoped,
};
use crate::{
    error::Error,
    parse::TimeRange,
    scan::SqlRows,
    shape::sql::{Room, Table},
};

const MEDIA_TYPE: &str = "application/x-ndjson";
/// From the question to the last line: who reads slower asks for less.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

pub(super) fn are_meant(accepted: &[u8]) -> bool {
    String::from_utf8_lossy(accepted)
        .split(',')
        .any(|range| range.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(MEDIA_TYPE)))
}

/// Until rows can come, what goes wrong is a problem like any other.
pub(super) async fn answer(
    app: App,
    scoped: Scoped,
    sql: String,
    range: TimeRange,
    place: OwnedSemaphorePermit,
) -> Result<Response, Error> {
    let deadline = Instant::now() + ANSWER_TIMEOUT;
    let begin = async {
        let held = Held::by_statement(&app, &scoped).await?;
        Ok::<_, Error>((held, app.lake.sql(&scoped.scope, sql, range, place).await?))
    };
    let begun = timeout(QUERY_TIMEOUT, begin).await;
    let (held, rows) = begun.map_err(|_| Error::TooSlow(QUERY_TIMEOUT.as_secs()))??;
    let (lines, mut sent) = mpsc::channel(1);
    tokio::spawn(async move {
        let _held = held;
        tokio::select! {
            // Whoever left reads nothing.
            () = lines.closed() => {}
            done = timeout_at(deadline, send(rows, &lines)) => {
                if let Err(error) = done.unwrap_or_else(|_| Err(too_slow())) {
                    let line = format!("{}\n", json!({ "problem": Problem::from(error) }));
                    // There is room, or nobody has read for the whole time.
                    let _ = lines.try_send(line);
                }
            }
        }
    });
    let lines = async_stream::stream! {
        while let Some(lines) = sent.recv().await {
            yield Ok::<_, Infallible>(lines);
        }
    };
    Ok(([(CONTENT_TYPE, MEDIA_TYPE)], Body::from_stream(lines)).into_response())
}

async fn send(mut rows: SqlRows, lines: &mpsc::Sender<String>) -> Result<(), Error> {
    let mut table = Table::new(&rows.schema(), Room::STREAMED);
    // That nobody takes them ends this from outside.
    let _ = lines.send(table.first_line()).await;
    while !table.is_full()
        && let Some(batch) = rows.next().await?
    {
        table.add(&batch)?;
        let _ = lines.send(table.take_lines()).await;
    }
    let _ = lines.send(table.last_line(&rows.incomplete)).await;
    Ok(())
}

const fn too_slow() -> Error {
    Error::TooSlow(ANSWER_TIMEOUT.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_sent_to_those_who_ask_for_them() {
        for (accepted, meant) in [
            ("application/x-ndjson", true),
            ("text/html, Application/X-NDJSON;q=0.9", true),
            ("application/json", false),
            ("*/*", false),
        ] {
            assert_eq!(are_meant(accepted.as_bytes()), meant, "{accepted}");
        }
    }
}
