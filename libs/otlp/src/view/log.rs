//! One log record.

use super::{AnyValue, Attributes};
use crate::wire::{Fields, WireError};

#[derive(Debug, Clone, Copy)]
pub struct LogView<'a> {
    /// 0 = the source did not say.
    pub time_ns: u64,
    pub observed_ns: u64,
    /// 1..=24 as in `logs.proto`, 0 = not said.
    pub severity_number: u8,
    pub severity_text: &'a [u8],
    pub body: AnyValue<'a>,
    /// Empty or 16 bytes.
    pub trace_id: &'a [u8],
    /// Empty or 8 bytes.
    pub span_id: &'a [u8],
    pub event_name: &'a [u8],
    message: &'a [u8],
}

impl<'a> LogView<'a> {
    pub fn parse(message: &'a [u8]) -> Result<Self, WireError> {
        let mut log = Self {
            time_ns: 0,
            observed_ns: 0,
            severity_number: 0,
            severity_text: b"",
            body: AnyValue::Empty,
            trace_id: b"",
            span_id: b"",
            event_name: b"",
            message,
        };
        for field in Fields::of(message) {
            let field = field?;
            match field.number {
                1 => log.time_ns = field.fixed64()?,
                2 => log.severity_number = u8::try_from(field.varint()?).unwrap_or(0),
                3 => log.severity_text = field.bytes()?,
                5 => log.body = AnyValue::parse(field.bytes()?)?,
                9 => log.trace_id = field.bytes()?,
                10 => log.span_id = field.bytes()?,
                11 => log.observed_ns = field.fixed64()?,
                12 => log.event_name = field.bytes()?,
                _ => {}
            }
        }
        Ok(log)
    }

    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes::of(self.message, 6)
    }

    /// When it happened: the source's time, else when a collector saw it; 0 when nobody said.
    #[must_use]
    pub fn happened_ns(&self) -> u64 {
        if self.time_ns != 0 { self.time_ns } else { self.observed_ns }
    }
}
