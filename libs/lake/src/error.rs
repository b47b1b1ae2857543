//! What can go wrong between rows, objects and the catalog.

use std::sync::Arc;

use arrow::error::ArrowError;
use naru_ids::ProjectId;
use parquet::errors::ParquetError;

use crate::{
    catalog::SegmentRow,
    rollup::DecodeError,
    seal::{KeyFileError, Unsealable},
    segment::Damage,
    store::{CredentialsError, UploadsError},
};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("sorting rows for a segment")]
    Sort(#[source] ArrowError),
    #[error("writing a segment as Parquet")]
    Encode(#[source] ParquetError),
    #[error("reading the segment at {path}, bytes {offset}..{end}")]
    Decode { path: String, offset: u64, end: u64, source: ParquetError },
    #[error("reading the object {path}")]
    Read { path: String, source: object_store::Error },
    #[error("the segment at {path}, bytes {offset}..{end}, is damaged")]
    Damaged { path: String, offset: u64, end: u64, source: Damage },
    #[error("the segment at {path}, bytes {offset}..{end}, does not open")]
    Sealed { path: String, offset: u64, end: u64, source: Unsealable },
    #[error("reading the rollups at {path}, bytes {offset}..{end}")]
    Rollup { path: String, offset: u64, end: u64, source: DecodeError },
    #[error("a tenant's data key")]
    Key(#[source] KeyFileError),
    #[error("opening the lake at {dir}")]
    Open { dir: String, source: std::io::Error },
    #[error("opening the lake at {place}")]
    OpenStore { place: String, source: object_store::Error },
    #[error("`{url}` is no place for the lake: {problem}")]
    NoPlace { url: String, problem: &'static str },
    #[error("reading S3 credentials from {path}")]
    Credentials { path: String, source: CredentialsError },
    #[error(
        "the server of {place} gave a name twice: it does not know `If-None-Match`, and stored rows would be overwritten"
    )]
    Overwrites { place: String },
    #[error("listing unfinished uploads under {prefix}")]
    Uploads { prefix: String, source: UploadsError },
    #[error("storing the object {path}")]
    Put { path: String, source: object_store::Error },
    #[error("making the object {path} durable")]
    Sync { path: String, source: std::io::Error },
    #[error("deleting the object {path}")]
    Delete { path: String, source: object_store::Error },
    #[error("sweeping half-written objects under {prefix}")]
    Sweep { prefix: String, source: std::io::Error },
    #[error("listing the objects of the lake")]
    List(#[source] object_store::Error),
    /// A mistake of ours. Nothing was changed.
    #[error("merging into {path} made {rows} rows of {expected}")]
    RowsLost { path: String, expected: u64, rows: u64 },
    #[error(
        "{project} has {limit} segments or more in that range, and no more are listed: try again when compaction has caught up"
    )]
    TooManySegments { project: ProjectId, limit: i64 },
    /// What is done so far stays done.
    #[error("{doing}: merges were in the way {passes} times; run it again")]
    InTheWay { doing: &'static str, passes: u32 },
    #[error("{doing} in the catalog")]
    Catalog { doing: &'static str, source: sqlx::Error },
    #[error("{doing} in the catalog")]
    Transaction { doing: &'static str, source: naru_postgres::Error },
}

impl Error {
    /// True when objects could not be asked for: later they may be. False when they are not what they should be.
    #[must_use]
    pub fn is_away(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        // Parquet's reader wraps what ours told it.
        while let Some(error) = cause {
            if let Some(Self::Read { source: object_store::Error::Generic { .. }, .. }) = Self::of(error) {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// True when the next segment would fare no better: objects are away, or there is no room for new ones, or Postgres is
    /// away. False when it is one segment that cannot be read.
    #[must_use]
    pub fn concerns_all(&self) -> bool {
        match self {
            Self::Put { .. } | Self::Sync { .. } | Self::Transaction { .. } => true,
            Self::Catalog { source, .. } => source.as_database_error().is_none(),
            _ => self.is_away(),
        }
    }

    /// A segment is not what was written.
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        matches!(self, Self::Decode { .. } | Self::Damaged { .. } | Self::Sealed { .. } | Self::Rollup { .. })
    }

    /// One of ours in what another library hands on, shared or not.
    #[must_use]
    pub fn of<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Self> {
        let shared = || error.downcast_ref::<Arc<Self>>().map(AsRef::as_ref);
        error.downcast_ref().or_else(shared)
    }

    /// A segment of rollups whose rows cannot be read.
    #[must_use]
    pub fn rollup(row: &SegmentRow, source: &DecodeError) -> Self {
        let (path, offset, end) = (row.path.clone(), row.offset, row.offset + row.length);
        Self::Rollup { path, offset, end, source: *source }
    }

    /// For `map_err` after a statement: `Error::catalog("listing segments")`.
    pub(crate) fn catalog(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Catalog { doing, source }
    }

    pub(crate) fn transaction(doing: &'static str) -> impl FnOnce(naru_postgres::Error) -> Self {
        move |source| Self::Transaction { doing, source }
    }
}
