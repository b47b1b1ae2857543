//! Numbers in as few bytes as they need: seven bits a byte, lowest first, as protobuf writes them (LEB128).

use super::DecodeError;

#[inline]
pub(super) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// As [`put`], for sums.
pub(super) fn put_u128(out: &mut Vec<u8>, mut value: u128) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// What [`put`] would take.
#[inline]
pub(super) const fn len(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros();
    bits.div_ceil(7) as usize
}

/// Takes bytes off the front; what it does not understand it refuses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, DecodeError> {
        let (first, rest) = self.rest.split_first().ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (first, rest) = self.rest.split_first_chunk::<N>().ok_or(DecodeError::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    #[inline]
    pub(super) fn u64(&mut self) -> Result<u64, DecodeError> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(u64::from(first));
        }
        let second = self.byte()?;
        if (1..0x80).contains(&second) {
            return Ok(u64::from(first & 0x7f) | u64::from(second) << 7);
        }
        let value = self.longer(u128::from(first & 0x7f), second, 7)?;
        u64::try_from(value).map_err(|_| DecodeError::Inconsistent("a number is longer than 64 bits"))
    }

    pub(super) fn u128(&mut self) -> Result<u128, DecodeError> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(u128::from(first));
        }
        let second = self.byte()?;
        self.longer(u128::from(first & 0x7f), second, 7)
    }

    /// `value` is what was read before `byte`, whose lowest bit counts 2^`shift`.
    fn longer(&mut self, mut value: u128, mut byte: u8, mut shift: u32) -> Result<u128, DecodeError> {
        loop {
            let bits = u128::from(byte & 0x7f);
            if shift >= 128 || bits << shift >> shift != bits {
                return Err(DecodeError::Inconsistent("a number is longer than 128 bits"));
            }
            value |= bits << shift;
            if byte < 0x80 {
                // One number, one form: a trailing zero byte would give the same number other bytes.
                let is_padded = byte == 0;
                return if is_padded {
                    Err(DecodeError::Inconsistent("a number is padded"))
                } else {
                    Ok(value)
                };
            }
            byte = self.byte()?;
            shift += 7;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_reads_back_from_as_many_bytes_as_it_was_said_to_take(value: u128, shift in 0_u32..128) {
            let value = value >> shift;
            let mut bytes = Vec::new();
            put_u128(&mut bytes, value);
            if let Ok(short) = u64::try_from(value) {
                let mut same = Vec::new();
                put(&mut same, short);
                prop_assert_eq!((&same, len(short)), (&bytes, bytes.len()));
            }
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.u128(), Ok(value));
            prop_assert!(reader.is_empty());
            prop_assert_eq!(Reader::new(&bytes).u64().ok(), u64::try_from(value).ok());
        }

        #[test]
        fn whatever_is_read_is_what_would_be_written(bytes in proptest::collection::vec(any::<u8>(), 0..24)) {
            let mut reader = Reader::new(&bytes);
            if let Ok(value) = reader.u128() {
                let mut again = Vec::new();
                put_u128(&mut again, value);
                prop_assert_eq!(&again[..], &bytes[..bytes.len() - reader.rest().len()]);
            }
        }
    }
}
