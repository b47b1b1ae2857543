//! Attributes as protobuf: records of field 1, each an OTLP `KeyValue`.

/// A value that a column can hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::segment) enum Plain<'a> {
    Text(&'a str),
    Int(i64),
    Double(f64),
    Bool(bool),
}

/// One attribute as it was sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::segment) struct Sent<'a> {
    /// With its tag and length.
    pub(in crate::segment) record: &'a [u8],
    /// Key and value; only when [`put`] would make the very same record of them.
    pub(in crate::segment) plain: Option<(&'a str, Plain<'a>)>,
}

/// Every attribute in order. Whatever the bytes are, the records together are all of them.
pub(in crate::segment) fn walk(bytes: &[u8]) -> impl Iterator<Item = Sent<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (record, plain, after) = match message(rest, 0x0a) {
            Some((message, after)) => (&rest[..rest.len() - after.len()], plain(message), after),
            // No attribute, or one in an unusual spelling: it stays as it is, with what follows.
            None => (rest, None, &[][..]),
        };
        rest = after;
        Some(Sent { record, plain })
    })
}

/// Appends the record of an attribute.
pub(in crate::segment) fn put(out: &mut Vec<u8>, key: &str, value: Plain<'_>) {
    let inner = match value {
        Plain::Text(text) => 1 + length(text.len() as u64) + text.len(),
        Plain::Int(number) => 1 + length(number.cast_unsigned()),
        Plain::Double(_) => 9,
        Plain::Bool(_) => 2,
    };
    let message = 1 + length(key.len() as u64) + key.len() + 1 + length(inner as u64) + inner;
    out.push(0x0a);
    varint(out, message as u64);
    out.push(0x0a);
    varint(out, key.len() as u64);
    out.extend_from_slice(key.as_bytes());
    out.push(0x12);
    varint(out, inner as u64);
    match value {
        Plain::Text(text) => {
            out.push(0x0a);
            varint(out, text.len() as u64);
            out.extend_from_slice(text.as_bytes());
        }
        Plain::Bool(yes) => out.extend_from_slice(&[0x10, u8::from(yes)]),
        Plain::Int(number) => {
            out.push(0x18);
            varint(out, number.cast_unsigned());
        }
        Plain::Double(number) => {
            out.push(0x21);
            out.extend_from_slice(&number.to_le_bytes());
        }
    }
}

/// The attributes of a row that has just this many records left: the first one, and the others.
pub(super) fn split_first(bytes: &[u8]) -> (&[u8], &[u8]) {
    let first = walk(bytes).next().map_or(0, |sent| sent.record.len());
    bytes.split_at(first)
}

/// The key of an attribute whose value no column can hold. `None` of what is no attribute as protobuf writes it, whose
/// key another reader may find elsewhere in it.
pub(in crate::segment) fn key_of(record: &[u8]) -> Option<&[u8]> {
    let (attribute, after) = message(record, 0x0a)?;
    let (key, value) = message(attribute, 0x0a)?;
    let is_value = value.is_empty() || message(value, 0x12).is_some_and(|(_, more)| more.is_empty());
    (after.is_empty() && is_value).then_some(key)
}

fn plain(attribute: &[u8]) -> Option<(&str, Plain<'_>)> {
    let (key, rest) = message(attribute, 0x0a)?;
    let (value, rest) = message(rest, 0x12)?;
    let (key, (&tag, body)) = (std::str::from_utf8(key).ok()?, value.split_first()?);
    let value = match (tag, body) {
        (0x0a, _) => {
            let (text, after) = message(value, 0x0a)?;
            Plain::Text(std::str::from_utf8(text).ok().filter(|_| after.is_empty())?)
        }
        (0x10, [yes @ (0 | 1)]) => Plain::Bool(*yes == 1),
        (0x18, _) => {
            let (number, after) = number(body)?;
            Plain::Int(Some(number.cast_signed()).filter(|_| after.is_empty())?)
        }
        (0x21, _) => Plain::Double(f64::from_le_bytes(body.try_into().ok()?)),
        _ => return None,
    };
    rest.is_empty().then_some((key, value))
}

/// The bytes of a field with this tag, which must come first, and what follows it.
fn message(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, rest) = number(bytes.strip_prefix(&[tag])?)?;
    rest.split_at_checked(usize::try_from(length).ok()?)
}

/// A varint in its shortest spelling.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (mut value, mut shift) = (0_u64, 0);
    for (at, &byte) in bytes.iter().enumerate().take(10) {
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            return None;
        }
        value |= bits << shift;
        if byte < 0x80 {
            return (byte != 0 || at == 0).then(|| (value, &bytes[at + 1..]));
        }
        shift += 7;
    }
    None
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Bytes that [`varint`] takes.
const fn length(value: u64) -> usize {
    (64 - (value | 1).leading_zeros()).div_ceil(7) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_the_bytes_are_the_records_are_all_of_them(
            bytes in proptest::collection::vec(prop_oneof![Just(0x0a), Just(0x12), Just(2), Just(3), any::<u8>()], 0..60),
        ) {
            let mut again = Vec::new();
            for sent in walk(&bytes) {
                let before = again.len();
                match sent.plain {
                    Some((key, value)) => put(&mut again, key, value),
                    None => again.extend_from_slice(sent.record),
                }
                prop_assert_eq!(&again[before..], sent.record);
            }
            prop_assert_eq!(again, bytes);
        }

        #[test]
        fn what_was_put_is_read(key in ".{0,20}", text in ".{0,200}", int: i64, double: f64, yes: bool) {
            let values = [Plain::Text(&text), Plain::Int(int), Plain::Double(double), Plain::Bool(yes)];
            let mut bytes = Vec::new();
            values.iter().for_each(|value| put(&mut bytes, &key, *value));
            let read: Vec<_> = walk(&bytes).map(|sent| sent.plain.unwrap()).collect();
            prop_assert_eq!(read, values.map(|value| (key.as_str(), value)));
        }
    }

    #[test]
    fn another_spelling_of_the_same_is_no_plain_value() {
        let mut usual = Vec::new();
        put(&mut usual, "k", Plain::Int(1));
        assert_eq!(usual, [0x0a, 7, 0x0a, 1, b'k', 0x12, 2, 0x18, 1]);
        for odd in [
            vec![0x0a, 8, 0x0a, 1, b'k', 0x12, 3, 0x18, 0x81, 0],
            vec![0x0a, 7, 0x12, 2, 0x18, 1, 0x0a, 1, b'k'],
            vec![0x0a, 9, 0x0a, 1, b'k', 0x12, 2, 0x18, 1, 0x18, 1],
            vec![0x0a, 3, 0x0a, 1, b'k'],
            vec![0x0a, 5, 0x0a, 1, b'k', 0x12, 0],
        ] {
            assert!(walk(&odd).all(|sent| sent.plain.is_none()), "{odd:?}");
        }
    }

    #[test]
    fn a_key_is_told_only_where_nobody_can_read_another() {
        assert_eq!(key_of(&[0x0a, 7, 0x0a, 1, b'k', 0x12, 2, 0x2a, 0]), Some(&b"k"[..]), "a list");
        assert_eq!(key_of(&[0x0a, 3, 0x0a, 1, b'k']), Some(&b"k"[..]), "no value");
        // The last key counts, wherever it is.
        assert_eq!(key_of(&[0x0a, 6, 0x0a, 1, b'a', 0x0a, 1, b'k']), None);
        assert_eq!(key_of(&[0x0a, 10, 0x0a, 1, b'a', 0x12, 2, 0x2a, 0, 0x0a, 1, b'k']), None);
        assert_eq!(key_of(&[0x0a, 7, 0x12, 2, 0x2a, 0, 0x0a, 1, b'k']), None);
    }
}
