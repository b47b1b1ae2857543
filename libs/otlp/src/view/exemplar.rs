//! One exemplar of a data point.

use super::{Attributes, NumberValue};
use crate::wire::{Fields, WireError};

/// A measurement that a point was made of, and the span it was made in.
#[derive(Debug, Clone, Copy)]
pub struct ExemplarView<'a> {
    /// Unix ns.
    pub time_ns: u64,
    pub value: NumberValue,
    /// Empty when nobody was tracing.
    pub span_id: &'a [u8],
    pub trace_id: &'a [u8],
    /// As sent.
    pub message: &'a [u8],
}

impl<'a> ExemplarView<'a> {
    pub fn parse(message: &'a [u8]) -> Result<Self, WireError> {
        let mut exemplar =
            Self { time_ns: 0, value: NumberValue::None, span_id: b"", trace_id: b"", message };
        for field in Fields::of(message) {
            let field = field?;
            match field.number {
                2 => exemplar.time_ns = field.fixed64()?,
                3 => exemplar.value = NumberValue::Double(field.double()?),
                4 => exemplar.span_id = field.bytes()?,
                5 => exemplar.trace_id = field.bytes()?,
                6 => exemplar.value = NumberValue::Int(field.fixed64()?.cast_signed()),
                _ => {}
            }
        }
        Ok(exemplar)
    }

    /// What was measured beside the point's own attributes.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes::of(self.message, 7)
    }
}
