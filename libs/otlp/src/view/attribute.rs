//! Attributes: keys and values of any kind, nested at most [`NESTING_MAX`] deep.

use std::{borrow::Cow, collections::HashSet, fmt::Write};

use super::text;
use crate::wire::{Field, Fields, Value, WireError, put_bytes};

/// Deeper values are refused. SDKs send one or two levels.
pub const NESTING_MAX: usize = 32;

/// One attribute, its value not yet looked at.
#[derive(Debug, Clone, Copy)]
pub struct Attribute<'a> {
    pub key: &'a [u8],
    pub value: AnyValue<'a>,
    /// The `KeyValue` message, as sent.
    pub message: &'a [u8],
}

impl Attribute<'_> {
    /// The message under another name.
    pub fn renamed(&self, key: &str) -> Result<Vec<u8>, WireError> {
        let mut out = Vec::with_capacity(self.message.len() + key.len());
        put_bytes(&mut out, 1, key.as_bytes());
        for field in Fields::of(self.message) {
            let field = field?;
            if field.number != 1 {
                out.extend_from_slice(field.raw);
            }
        }
        Ok(out)
    }
}

/// A value as sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AnyValue<'a> {
    Empty,
    Text(&'a [u8]),
    Bool(bool),
    Int(i64),
    Double(f64),
    /// An `ArrayValue` message.
    Array(&'a [u8]),
    /// A `KeyValueList` message.
    Map(&'a [u8]),
    Bytes(&'a [u8]),
}

/// All attributes of one message: fields `number` of `message`.
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    fields: Fields<'a>,
    number: u32,
}

impl<'a> Attributes<'a> {
    #[must_use]
    pub fn of(message: &'a [u8], number: u32) -> Self {
        Self { fields: Fields::of(message), number }
    }

    /// The first attribute of this name, if it is readable.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<AnyValue<'a>> {
        self.clone()
            .flatten()
            .find(|attribute| attribute.key == key.as_bytes())
            .map(|attribute| attribute.value)
    }

    /// Appends each as field 1: together a `KeyValueList` message. Nothing is looked into.
    pub fn copy(&self, out: &mut Vec<u8>) -> Result<(), WireError> {
        for attribute in self.clone() {
            put_bytes(out, 1, attribute?.message);
        }
        Ok(())
    }

    /// Appends a JSON object. Of a key that comes twice the first is kept.
    pub fn write_json(&self, out: &mut String) -> Result<(), WireError> {
        let mut seen = Keys::default();
        let mut is_first = true;
        out.push('{');
        for attribute in self.clone() {
            let attribute = attribute?;
            if !seen.insert(attribute.key) {
                continue;
            }
            if !std::mem::take(&mut is_first) {
                out.push(',');
            }
            write_json_text(out, &text(attribute.key));
            out.push(':');
            attribute.value.write_json(out)?;
        }
        out.push('}');
        Ok(())
    }
}

/// Keys met so far. A handful is compared one by one, which is fastest; a hostile hundred thousand is hashed.
#[derive(Default)]
struct Keys<'a> {
    few: Vec<&'a [u8]>,
    many: HashSet<&'a [u8]>,
}

impl<'a> Keys<'a> {
    const FEW: usize = 32;

    /// False when it was there before.
    fn insert(&mut self, key: &'a [u8]) -> bool {
        if self.few.contains(&key) {
            return false;
        }
        if self.few.len() < Self::FEW {
            self.few.push(key);
            return true;
        }
        self.many.insert(key)
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<Attribute<'a>, WireError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.fields.next()? {
                Ok(field) if field.number == self.number => {
                    return Some(field.bytes().and_then(Attribute::parse));
                }
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<'a> Attribute<'a> {
    /// Of a `KeyValue` message.
    #[inline]
    pub(crate) fn parse(message: &'a [u8]) -> Result<Self, WireError> {
        match Self::short(message) {
            Some((key, value)) => Ok(Self { key, value: AnyValue::parse(value)?, message }),
            None => Self::parse_any(message),
        }
    }

    /// Key and value as every SDK writes them: both, in this order, nothing else, and each shorter than 128 bytes.
    #[inline]
    fn short(message: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let [0x0a, length @ ..0x80, rest @ ..] = message else { return None };
        let (key, rest) = rest.split_at_checked(usize::from(*length))?;
        let [0x12, length @ ..0x80, value @ ..] = rest else { return None };
        (value.len() == usize::from(*length)).then_some((key, value))
    }

    fn parse_any(message: &'a [u8]) -> Result<Self, WireError> {
        let mut attribute = Self { key: b"", value: AnyValue::Empty, message };
        for field in Fields::of(message) {
            let field = field?;
            match field.number {
                1 => attribute.key = field.bytes()?,
                2 => attribute.value = AnyValue::parse(field.bytes()?)?,
                _ => {}
            }
        }
        Ok(attribute)
    }
}

impl<'a> AnyValue<'a> {
    /// Of an `AnyValue` message. Its fields are a oneof: the last one counts.
    #[inline]
    pub fn parse(message: &'a [u8]) -> Result<Self, WireError> {
        match message {
            // A short text and nothing else, as most are.
            [0x0a, length @ ..0x80, text @ ..] if text.len() == usize::from(*length) => Ok(Self::Text(text)),
            _ => Self::parse_any(message),
        }
    }

    fn parse_any(message: &'a [u8]) -> Result<Self, WireError> {
        let mut value = Self::Empty;
        for field in Fields::of(message) {
            let field = field?;
            value = match field.number {
                1 => Self::Text(field.bytes()?),
                2 => Self::Bool(field.varint()? != 0),
                3 => Self::Int(field.varint()?.cast_signed()),
                4 => Self::Double(field.double()?),
                5 => Self::Array(field.bytes()?),
                6 => Self::Map(field.bytes()?),
                7 => Self::Bytes(field.bytes()?),
                _ => value,
            };
        }
        Ok(value)
    }

    /// As a typed text column shows it: text as it is, other kinds as JSON. `None` = no value was sent.
    #[must_use]
    pub fn as_text(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Empty => None,
            Self::Text(bytes) => Some(text(bytes)),
            other => {
                let mut out = String::new();
                other.write_json(&mut out).ok()?;
                Some(Cow::Owned(out))
            }
        }
    }

    /// An integer, also one that was sent as text: old agents send ports and status codes so.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Text(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
            Self::Double(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(*value as i64),
            _ => None,
        }
    }

    /// Appends JSON. Bytes become a hex text; numbers that JSON lacks become texts.
    pub fn write_json(&self, out: &mut String) -> Result<(), WireError> {
        self.write_json_at(out, 0)
    }

    fn write_json_at(&self, out: &mut String, depth: usize) -> Result<(), WireError> {
        if depth > NESTING_MAX {
            return Err(WireError::Nesting);
        }
        match *self {
            Self::Empty => out.push_str("null"),
            Self::Text(bytes) => write_json_text(out, &text(bytes)),
            Self::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            Self::Int(value) => put(out, format_args!("{value}")),
            Self::Double(value) if value.is_finite() => put(out, format_args!("{value:?}")),
            Self::Double(value) => put(out, format_args!("\"{value}\"")),
            Self::Bytes(bytes) => put(out, format_args!("\"{}\"", hex::encode(bytes))),
            Self::Array(message) => {
                out.push('[');
                for (index, value) in array_members(message).enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    Self::parse(value?)?.write_json_at(out, depth + 1)?;
                }
                out.push(']');
            }
            Self::Map(message) => {
                out.push('{');
                for (index, attribute) in Attributes::of(message, 1).enumerate() {
                    let attribute = attribute?;
                    if index > 0 {
                        out.push(',');
                    }
                    write_json_text(out, &text(attribute.key));
                    out.push(':');
                    attribute.value.write_json_at(out, depth + 1)?;
                }
                out.push('}');
            }
        }
        Ok(())
    }
}

/// The `AnyValue` messages of an `ArrayValue`.
pub(crate) fn array_members(message: &[u8]) -> impl Iterator<Item = Result<&[u8], WireError>> {
    let is_member = |field: &Result<Field<'_>, WireError>| {
        field.as_ref().map_or(true, |field| field.number == 1 && matches!(field.value, Value::Bytes(_)))
    };
    Fields::of(message).filter(is_member).map(|field| field?.bytes())
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a String does not fail");
}

/// RFC 8259: quotes, backslashes and control characters are escaped, everything else goes as it is.
pub(super) fn write_json_text(out: &mut String, text: &str) {
    out.push('"');
    let mut plain_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain_from..at]);
        plain_from = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            other => put(out, format_args!("\\u{other:04x}")),
        }
    }
    out.push_str(&text[plain_from..]);
    out.push('"');
}
