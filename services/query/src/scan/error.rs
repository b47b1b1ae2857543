//! What can go wrong while reading.

use std::sync::Arc;

use datafusion::error::DataFusionError;
use naru_lake::rollup::DecodeError;
use naru_signal::Signal;
use tokio::task::JoinError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ScanError {
    #[error("reading the catalog")]
    Catalog(#[source] naru_lake::Error),
    #[error("opening the lake")]
    Open(#[source] naru_lake::Error),
    #[error("planning a scan of {signal}")]
    Plan { signal: Signal, source: Box<DataFusionError> },
    #[error("scanning")]
    Scan(#[source] Box<DataFusionError>),
    /// All scans together may hold so many bytes, and this one needed more.
    #[error("scanning needs more memory than there is")]
    TooLarge,
    #[error("scanning read more than {rows_max} rows")]
    TooManyRows { rows_max: u64 },
    #[error("scanning would read more than {bytes_max} stored bytes")]
    TooManyBytes { bytes_max: u64 },
    /// Rows are listed that nothing opens: an empty answer would hide them.
    #[error("the tenant has segments and no key to open them")]
    NoKey,
    #[error("opening the tenant's key")]
    Key(#[source] naru_lake::Error),
    #[error("reading a segment")]
    Segment(#[source] Arc<naru_lake::Error>),
    /// The place where objects lie does not answer.
    #[error("the lake's objects are away: {0}")]
    Away(String),
    #[error("reading a rollup")]
    Rollup(#[source] DecodeError),
    /// Rows of ours that do not fit together. See [`damaged`].
    #[error("{0}")]
    Damaged(String),
    /// A batch without a column its reader asked for: a mistake of ours.
    #[error("a scan has no column `{column}` of the expected type")]
    Column { column: &'static str },
}

impl ScanError {
    /// A row whose trace its segment does not know.
    pub(super) const TRACE: Self = Self::Column { column: "trace_id" };

    pub(super) fn segment(source: Arc<naru_lake::Error>) -> Self {
        if source.is_away() { Self::Away(naru_telemetry::chain(&*source)) } else { Self::Segment(source) }
    }

    /// What is stored cannot be read, however often it is tried.
    pub(crate) fn is_damage(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            let is_of_rows = matches!(error.downcast_ref(), Some(Self::Rollup(_) | Self::Damaged(_)));
            if is_of_rows || naru_lake::Error::of(error).is_some_and(naru_lake::Error::is_damage) {
                return true;
            }
            cause = error.source();
        }
        false
    }

    pub(super) fn plan(signal: Signal) -> impl FnOnce(DataFusionError) -> Self {
        move |source| Self::Plan { signal, source: Box::new(source) }
    }

    pub(super) fn scan(source: DataFusionError) -> Self {
        source.into()
    }

    /// A part of the work broke off.
    pub(crate) fn joined(source: JoinError) -> Self {
        Self::scan(DataFusionError::ExecutionJoin(Box::new(source)))
    }
}

impl From<DataFusionError> for ScanError {
    /// Running out of memory is an answer to the client, objects that are away may come back; everything else is a
    /// failure.
    fn from(source: DataFusionError) -> Self {
        if let Some(away) = away(&source) {
            return Self::Away(naru_telemetry::chain(away));
        }
        match source.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::TooLarge,
            _ => Self::Scan(Box::new(source)),
        }
    }
}

/// What [`ScanError::Damaged`] begins with: some of DataFusion's readers keep nothing of an error but its words.
pub(super) const DAMAGED: &str = "stored rows cannot be put together";

/// An error of what we store or of how we read it, whatever kind DataFusion or Arrow have for it: their kinds say what a
/// statement did wrong.
pub(super) fn damaged(error: DataFusionError) -> DataFusionError {
    let words = format!("{DAMAGED}: {}", error.strip_backtrace());
    DataFusionError::External(Box::new(ScanError::Damaged(words)))
}

/// Our own reader's word, under what Parquet and DataFusion made of it.
fn away(error: &DataFusionError) -> Option<&naru_lake::Error> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(ours) = naru_lake::Error::of(error) {
            return ours.is_away().then_some(ours);
        }
        cause = error.source();
    }
    None
}
