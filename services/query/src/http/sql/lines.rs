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
    sync::{
        OwnedSemaphorePermit,
        mpsc::{self, error::SendTimeoutError},
    },
    time::{Instant, timeout_at},
};

use super::super::{App, answer::Held, caller::Scoped};
use crate::{
    error::Error,
    parse::TimeRange,
    scan::SqlRows,
    shape::sql::{Room, Table},
};

const MEDIA_TYPE: &str = "application/x-ndjson";
/// From the question to the last line: who reads slower asks for less.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// A statement keeps others waiting for its turn: who does not take its lines must not.
const TAKEN_WITHIN: Duration = Duration::from_secs(10);

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
    let held = Held::by_statement(&app, &scoped).await?;
    let begin = async { Ok(app.lake.sql(&scoped.scope, sql, range, place).await?) };
    let rows = held.in_time(begin).await?;
    let (lines, mut sent) = mpsc::channel(1);
    tokio::spawn(async move {
        tokio::select! {
            // Whoever left reads nothing.
            () = lines.closed() => {}
            done = timeout_at(deadline, send(rows, &lines)) => {
                if let Err(error) = done.unwrap_or_else(|_| Err(too_slow())) {
                    let line = format!("{}\n", json!({ "problem": Problem::from(error) }));
                    // Whoever reads slowly learns why the answer ends, and keeps nobody waiting for it.
                    drop(held);
                    let _ = timeout_at(deadline, lines.send(line)).await;
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
    take(lines, table.first_line()).await?;
    while !table.is_full()
        && let Some(batch) = rows.next().await?
    {
        table.add(&batch)?;
        take(lines, table.take_lines()).await?;
    }
    take(lines, table.last_line(&rows.incomplete)).await
}

/// Waits until there is room for these. That nobody is there any more ends this from outside.
async fn take(lines: &mpsc::Sender<String>, next: String) -> Result<(), Error> {
    match lines.send_timeout(next, TAKEN_WITHIN).await {
        Ok(()) | Err(SendTimeoutError::Closed(_)) => Ok(()),
        Err(SendTimeoutError::Timeout(_)) => Err(Error::NotTaken(TAKEN_WITHIN.as_secs())),
    }
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
