//! One span.

use super::Attributes;
use crate::{
    view::group::members,
    wire::{Fields, WireError},
};

/// A span's own fields; attributes, events and links are walked when asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct SpanView<'a> {
    /// 16 bytes when valid.
    pub trace_id: &'a [u8],
    /// 8 bytes when valid.
    pub span_id: &'a [u8],
    /// Empty or 8 bytes.
    pub parent_span_id: &'a [u8],
    pub trace_state: &'a [u8],
    pub name: &'a [u8],
    /// As in `naru_signal::SpanKind`.
    pub kind: u8,
    pub start_ns: u64,
    pub end_ns: u64,
    pub status_code: u8,
    pub status_message: &'a [u8],
    /// Most spans have neither, and need not be walked for them.
    has_events: bool,
    has_links: bool,
    message: &'a [u8],
}

#[derive(Debug, Clone, Copy, Default)]
pub struct EventView<'a> {
    pub time_ns: u64,
    pub name: &'a [u8],
    /// As sent.
    pub message: &'a [u8],
}

#[derive(Debug, Clone, Copy, Default)]
pub struct LinkView<'a> {
    pub trace_id: &'a [u8],
    pub span_id: &'a [u8],
    /// As sent.
    pub message: &'a [u8],
}

/// What a span holds besides its own fields, as sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SpanPart<'a> {
    Attribute(&'a [u8]),
    Event(&'a [u8]),
    Link(&'a [u8]),
}

impl<'a> SpanView<'a> {
    pub fn parse(message: &'a [u8]) -> Result<Self, WireError> {
        Self::parse_and_see(message, |_| Ok(()))
    }

    /// Shows each part on the way, so that whoever looks at all of them walks the span once.
    #[inline]
    pub(crate) fn parse_and_see(
        message: &'a [u8],
        mut see: impl FnMut(SpanPart<'a>) -> Result<(), WireError>,
    ) -> Result<Self, WireError> {
        let mut span = Self { message, ..Self::default() };
        for field in Fields::of(message) {
            let field = field?;
            match field.number {
                1 => span.trace_id = field.bytes()?,
                2 => span.span_id = field.bytes()?,
                3 => span.trace_state = field.bytes()?,
                4 => span.parent_span_id = field.bytes()?,
                5 => span.name = field.bytes()?,
                6 => span.kind = u8::try_from(field.varint()?).unwrap_or(0),
                7 => span.start_ns = field.fixed64()?,
                8 => span.end_ns = field.fixed64()?,
                9 => see(SpanPart::Attribute(field.bytes()?))?,
                11 => {
                    span.has_events = true;
                    see(SpanPart::Event(field.bytes()?))?;
                }
                13 => {
                    span.has_links = true;
                    see(SpanPart::Link(field.bytes()?))?;
                }
                15 => span.read_status(field.bytes()?)?,
                _ => {}
            }
        }
        Ok(span)
    }

    fn read_status(&mut self, message: &'a [u8]) -> Result<(), WireError> {
        for field in Fields::of(message) {
            let field = field?;
            match field.number {
                2 => self.status_message = field.bytes()?,
                3 => self.status_code = u8::try_from(field.varint()?).unwrap_or(0),
                _ => {}
            }
        }
        Ok(())
    }

    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes::of(self.message, 9)
    }

    pub fn events(&self) -> impl Iterator<Item = Result<EventView<'a>, WireError>> + use<'a> {
        let message = if self.has_events { self.message } else { &[] };
        members(message, 11).map(|message| EventView::parse(message?))
    }

    pub fn links(&self) -> impl Iterator<Item = Result<LinkView<'a>, WireError>> + use<'a> {
        let message = if self.has_links { self.message } else { &[] };
        members(message, 13).map(|message| LinkView::parse(message?))
    }
}

impl<'a> EventView<'a> {
    pub fn parse(message: &'a [u8]) -> Result<Self, WireError> {
        let mut event = Self { message, ..Self::default() };
        for field in Fields::of(message) {
            let field = field?;
            match field.number {
                1 => event.time_ns = field.fixed64()?,
                2 => event.name = field.bytes()?,
                _ => {}
            }
        }
        Ok(event)
    }

    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes::of(self.message, 3)
    }
}

impl<'a> LinkView<'a> {
    pub fn parse(message: &'a [u8]) -> Result<Self, WireError> {
        let mut link = Self { message, ..Self::default() };
        for field in Fields::of(message) {
            let field = field?;
            match field.number {
                1 => link.trace_id = field.bytes()?,
                2 => link.span_id = field.bytes()?,
                _ => {}
            }
        }
        Ok(link)
    }

    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes::of(self.message, 4)
    }
}
