//! One exemplar of a data point.

use super::{Attributes, NumberValue};
use crate::wire::{Fields, WireError, put_double};

const AS_DOUBLE: u32 = 3;
const AS_INT: u32 = 6;

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
                AS_DOUBLE => exemplar.value = NumberValue::Double(field.double()?),
                4 => exemplar.span_id = field.bytes()?,
                5 => exemplar.trace_id = field.bytes()?,
                AS_INT => exemplar.value = NumberValue::Int(field.fixed64()?.cast_signed()),
                _ => {}
            }
        }
        Ok(exemplar)
    }

    /// The message with its value in larger units, `times` as large.
    pub fn in_larger_units(&self, times: f64) -> Result<Vec<u8>, WireError> {
        let mut out = Vec::with_capacity(self.message.len());
        for field in Fields::of(self.message) {
            let field = field?;
            if ![AS_DOUBLE, AS_INT].contains(&field.number) {
                out.extend_from_slice(field.raw);
            }
        }
        if let Some(value) = self.value.as_double() {
            put_double(&mut out, AS_DOUBLE, value / times);
        }
        Ok(out)
    }

    /// What was measured beside the point's own attributes.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes::of(self.message, 7)
    }
}
