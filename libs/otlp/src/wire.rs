//! Walking the protobuf wire format: fields in the order they were sent, borrowed from the bytes.
//!
//! Format: <https://protobuf.dev/programming-guides/encoding/>. Groups (wire types 3 and 4) were never part of proto3
//! and are refused.

/// One field of a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field<'a> {
    pub number: u32,
    pub value: Value<'a>,
    /// Tag and value as sent, for copying a field without looking inside.
    pub raw: &'a [u8],
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
}

/// The bytes are not a protobuf message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("the message ends in the middle of a field")]
    Truncated,
    #[error("a number is longer than 64 bits")]
    Varint,
    #[error("a field has number 0 or one beyond 2^29")]
    FieldNumber,
    #[error("a field has wire type {0}, which proto3 does not use")]
    WireType(u8),
    #[error("field {0} has another wire type than the protocol says")]
    Mismatch(u32),
    #[error("values are nested more than {} deep", crate::view::NESTING_MAX)]
    Nesting,
}

impl<'a> Value<'a> {
    #[must_use]
    pub fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl<'a> Field<'a> {
    /// A message, string or bytes.
    pub fn bytes(&self) -> Result<&'a [u8], WireError> {
        self.value.bytes().ok_or(WireError::Mismatch(self.number))
    }

    pub fn varint(&self) -> Result<u64, WireError> {
        match self.value {
            Value::Varint(value) => Ok(value),
            _ => Err(WireError::Mismatch(self.number)),
        }
    }

    pub fn fixed64(&self) -> Result<u64, WireError> {
        match self.value {
            Value::Fixed64(value) => Ok(value),
            _ => Err(WireError::Mismatch(self.number)),
        }
    }

    pub fn double(&self) -> Result<f64, WireError> {
        self.fixed64().map(f64::from_bits)
    }
}

/// Fields of one message. After an error it yields nothing more.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    #[must_use]
    pub fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, WireError>;

    // A field is large, and a reader wants a little of it: inlined, the rest of it is never made. Worth half of the walk.
    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = take_field(&mut self.rest);
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

#[inline(always)]
fn take_field<'a>(rest: &mut &'a [u8]) -> Result<Field<'a>, WireError> {
    let start = *rest;
    let tag = take_varint(rest)?;
    let number = u32::try_from(tag >> 3).ok().filter(|number| (1..1 << 29).contains(number));
    let number = number.ok_or(WireError::FieldNumber)?;
    let value = match (tag & 7) as u8 {
        0 => Value::Varint(take_varint(rest)?),
        1 => Value::Fixed64(u64::from_le_bytes(take_array(rest)?)),
        2 => {
            let length = usize::try_from(take_varint(rest)?).map_err(|_| WireError::Truncated)?;
            let (bytes, after) = rest.split_at_checked(length).ok_or(WireError::Truncated)?;
            *rest = after;
            Value::Bytes(bytes)
        }
        5 => Value::Fixed32(u32::from_le_bytes(take_array(rest)?)),
        other => return Err(WireError::WireType(other)),
    };
    let raw = &start[..start.len() - rest.len()];
    Ok(Field { number, value, raw })
}

#[inline]
fn take_array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], WireError> {
    let (array, after) = rest.split_first_chunk::<N>().ok_or(WireError::Truncated)?;
    *rest = after;
    Ok(*array)
}

/// Tags, lengths and small numbers have one byte, or two: nearly all there are.
#[inline(always)]
fn take_varint(rest: &mut &[u8]) -> Result<u64, WireError> {
    match **rest {
        [one, ref after @ ..] if one < 0x80 => {
            *rest = after;
            Ok(u64::from(one))
        }
        [low, high, ref after @ ..] if high < 0x80 => {
            *rest = after;
            Ok(u64::from(low & 0x7f) | u64::from(high) << 7)
        }
        _ => take_long_varint(rest),
    }
}

/// At most ten bytes; the tenth may hold one bit.
fn take_long_varint(rest: &mut &[u8]) -> Result<u64, WireError> {
    let mut value = 0;
    for (index, &byte) in rest.iter().take(10).enumerate() {
        if index == 9 && byte > 1 {
            return Err(WireError::Varint);
        }
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte < 0x80 {
            *rest = &rest[index + 1..];
            return Ok(value);
        }
    }
    Err(if rest.len() < 10 { WireError::Truncated } else { WireError::Varint })
}

/// Packed numbers of a repeated field: `[varint]`.
pub fn packed_varints(bytes: &[u8]) -> impl Iterator<Item = Result<u64, WireError>> + '_ {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let value = take_varint(&mut rest);
        if value.is_err() {
            rest = &[];
        }
        Some(value)
    })
}

/// Packed eight-byte numbers of a repeated field; a remainder of fewer bytes is an error.
pub fn packed_fixed64(bytes: &[u8]) -> Result<impl Iterator<Item = u64> + '_, WireError> {
    let chunks = bytes.chunks_exact(8);
    if !chunks.remainder().is_empty() {
        return Err(WireError::Truncated);
    }
    Ok(chunks.map(|chunk| u64::from_le_bytes(chunk.try_into().expect("chunks_exact(8) gives eight bytes"))))
}

/// `sint32`: 0, -1, 1, -2 … as 0, 1, 2, 3 …
#[must_use]
pub fn zigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// Appends a length-delimited field.
pub fn put_bytes(out: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    put_varint(out, u64::from(number) << 3 | 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(crate) fn put_double(out: &mut Vec<u8>, number: u32, value: f64) {
    put_varint(out, u64::from(number) << 3 | 1);
    out.extend_from_slice(&value.to_le_bytes());
}

pub fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_bytes_are_refused_by_reason() {
        let table: [(&[u8], WireError); 7] = [
            (&[0x08], WireError::Truncated),
            (&[0x0a, 0x05, 0x00], WireError::Truncated),
            (&[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], WireError::Truncated),
            (&[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], WireError::Varint),
            (&[0x00, 0x00], WireError::FieldNumber),
            (&[0x0b], WireError::WireType(3)),
            (&[0x09, 0, 0, 0], WireError::Truncated),
        ];
        for (bytes, expected) in table {
            assert_eq!(Fields::of(bytes).find_map(Result::err), Some(expected), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_end_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let raw: usize = Fields::of(&bytes).flatten().map(|field| field.raw.len()).sum();
            prop_assert!(raw <= bytes.len());
        }

        #[test]
        fn numbers_survive_the_wire(value: u64, number in 1u32..(1 << 29)) {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, u64::from(number) << 3);
            put_varint(&mut bytes, value);
            let field = Fields::of(&bytes).next().unwrap().unwrap();
            prop_assert_eq!((field.number, field.varint().unwrap(), field.raw), (number, value, &bytes[..]));
        }

        #[test]
        fn zigzag_is_the_inverse_of_protobufs(value: i64) {
            let encoded = ((value << 1) ^ (value >> 63)).cast_unsigned();
            prop_assert_eq!(zigzag(encoded), value);
        }
    }
}
