//! Whose fault it is that there is no answer: the statement's, which its author is told in words, or ours.

use arrow::error::ArrowError;
use datafusion::error::DataFusionError;

use super::SqlFailure;
use crate::{parse::SqlError, scan::error::DAMAGED};

/// How a filter that runs while rows are decoded tells what went wrong: its error's kind is lost.
const IN_A_FILTER: &str = "Error evaluating filter predicate";

pub(super) fn failure(error: DataFusionError) -> SqlFailure {
    match is_of_statement(&error) {
        true => SqlFailure::Wrong(wrong(&error)),
        false => SqlFailure::Scan(error.into()),
    }
}

fn is_of_statement(error: &DataFusionError) -> bool {
    let root = error.find_root();
    match root {
        DataFusionError::SQL(..)
        | DataFusionError::Plan(_)
        | DataFusionError::SchemaError(..)
        | DataFusionError::NotImplemented(_)
        | DataFusionError::Execution(_) => true,
        DataFusionError::ArrowError(source, _) => match source.as_ref() {
            // Arithmetic and casts, of whatever the statement says.
            ArrowError::CastError(_)
            | ArrowError::ParseError(_)
            | ArrowError::ComputeError(_)
            | ArrowError::InvalidArgumentError(_)
            | ArrowError::NotYetImplemented(_)
            | ArrowError::DivideByZero
            | ArrowError::ArithmeticOverflow(_) => !root.to_string().contains(DAMAGED),
            ArrowError::ParquetError(_) => is_of_filter(root),
            _ => false,
        },
        DataFusionError::ParquetError(_) => is_of_filter(root),
        _ => false,
    }
}

fn is_of_filter(error: &DataFusionError) -> bool {
    let words = error.to_string();
    words.contains(IN_A_FILTER) && !words.contains(DAMAGED)
}

pub(super) fn wrong(error: &DataFusionError) -> SqlError {
    let place = error.diagnostic().and_then(|diagnostic| diagnostic.span);
    let told = SqlError::of_parser(&error.find_root().strip_backtrace());
    let position = told.position.or(place.map(|span| (span.start.line, span.start.column)));
    SqlError { position, ..told }
}

#[cfg(test)]
mod tests {
    use parquet::errors::ParquetError;

    use super::*;
    use crate::scan::error::damaged;

    /// As a filter inside the Parquet decoder passes an error on.
    fn of_decoder(error: &DataFusionError) -> [DataFusionError; 3] {
        let told = || ArrowError::ComputeError(format!("{IN_A_FILTER}: {error:?}"));
        [
            told().into(),
            ArrowError::from(ParquetError::from(told())).into(),
            ParquetError::from(told()).into(),
        ]
    }

    fn kinds(error: DataFusionError) -> Vec<&'static str> {
        let filtered = of_decoder(&error);
        let kind = |error| match failure(error) {
            SqlFailure::Wrong(_) => "theirs",
            SqlFailure::Scan(_) => "ours",
        };
        std::iter::once(error).chain(filtered).map(kind).collect()
    }

    #[test]
    fn what_we_stored_wrongly_is_never_the_fault_of_a_statement() {
        for told in [
            DataFusionError::Execution("a row is of trace 7, which has no id".to_owned()),
            ArrowError::ParseError("a parent is span 3 of trace 1, which has fewer".to_owned()).into(),
            ArrowError::SchemaError("no column shape".to_owned()).into(),
        ] {
            assert_eq!(kinds(damaged(told)), ["ours"; 4]);
        }
        for ours in [
            ArrowError::ParquetError("EOF: a page is cut".to_owned()).into(),
            DataFusionError::from(ParquetError::General("no such codec".to_owned())),
            ArrowError::SchemaError("rows without time".to_owned()).into(),
            DataFusionError::Internal("a scan before its snapshot".to_owned()),
        ] {
            assert!(!is_of_statement(&ours), "{ours}");
        }
    }

    #[test]
    fn what_a_statement_computes_wrongly_is_told_to_its_author_wherever_it_runs() {
        for theirs in [
            ArrowError::DivideByZero.into(),
            ArrowError::CastError("cannot cast 'x' to Int64".to_owned()).into(),
            DataFusionError::Execution("no such part of a date".to_owned()),
        ] {
            assert_eq!(kinds(theirs), ["theirs"; 4]);
        }
    }
}
