//! Trace and span ids: bytes inside, hex letters on the wire.

use std::fmt;

use naru_http::FieldError;

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) struct $name([u8; $bytes]);

        impl $name {
            /// From a column's value; `None` when it has another length.
            #[must_use]
            pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            #[must_use]
            pub(crate) const fn bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

hex_id!(
    /// 16 bytes, 32 hex letters.
    TraceId, 16
);
hex_id!(
    /// 8 bytes, 16 hex letters.
    SpanId, 8
);

impl TraceId {
    /// Reads 32 hex letters of either case; `None` for anything else.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // `from_str_radix` alone would take a sign.
        let is_hex = text.len() == 32 && text.bytes().all(|letter| letter.is_ascii_hexdigit());
        let number = is_hex.then(|| u128::from_str_radix(text, 16).ok())??;
        Some(Self(number.to_be_bytes()))
    }

    /// Reads a query parameter; nothing for an empty one.
    pub(crate) fn parse_field(field: &str, text: Option<&str>) -> Result<Option<Self>, FieldError> {
        match text.filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => Self::parse(text)
                .map(Some)
                .ok_or_else(|| FieldError::new(field, "invalid", format!("{field} is 32 hex letters"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_hex() {
        let text = "0af7651916cd43dd8448eb211c80319c";
        assert_eq!(TraceId::parse(text).unwrap().to_string(), text);
        assert_eq!(SpanId::from_slice(&[0xb7; 8]).unwrap().to_string(), "b7b7b7b7b7b7b7b7");
        assert_eq!(SpanId::from_slice(&[0; 7]), None);
        for bad in ["", "0af7", "zz", "+1f7651916cd43dd8448eb211c80319c", "é"] {
            assert_eq!(TraceId::parse(bad), None, "{bad}");
        }
    }
}
