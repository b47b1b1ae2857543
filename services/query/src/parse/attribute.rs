//! `attr=key=value`: rows by any attribute.

/// Each costs a look into every row group.
const ATTRIBUTES_MAX: usize = 8;
/// Semantic conventions stay far below; a value longer than this is nobody's to type.
const KEY_CHARS_MAX: usize = 256;
const VALUE_CHARS_MAX: usize = 4_096;

/// An attribute of the row or of its resource, and the text its value must be: `200`, `true`, `0.5`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct AttributeIs {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// Says what to send instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AttributeError {
    #[error(
        "`{0}` is no attribute: send attr=key=value, as attr=order.tier=gold, with both parts URL-encoded"
    )]
    Form(String),
    #[error("an attribute's name has at most {KEY_CHARS_MAX} characters, its value {VALUE_CHARS_MAX}")]
    TooLong,
    #[error("send attr at most {ATTRIBUTES_MAX} times")]
    TooMany,
}

/// From the values of every `attr`. What follows the first `=` is the value, and may be empty.
pub(crate) fn attributes<'a>(
    texts: impl Iterator<Item = &'a str>,
) -> Result<Vec<AttributeIs>, AttributeError> {
    let attributes = texts.map(attribute).collect::<Result<Vec<_>, _>>()?;
    if attributes.len() > ATTRIBUTES_MAX { Err(AttributeError::TooMany) } else { Ok(attributes) }
}

fn attribute(text: &str) -> Result<AttributeIs, AttributeError> {
    let (key, value) = text
        .split_once('=')
        .filter(|(key, _)| !key.is_empty())
        .ok_or_else(|| AttributeError::Form(text.chars().take(80).collect()))?;
    if key.chars().count() > KEY_CHARS_MAX || value.chars().count() > VALUE_CHARS_MAX {
        return Err(AttributeError::TooLong);
    }
    Ok(AttributeIs { key: key.to_owned(), value: value.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_hold_equal_signs_and_be_empty() {
        let of = |text: &str| attribute(text).map(|is| (is.key, is.value));
        let pair = |key: &str, value: &str| Ok((key.to_owned(), value.to_owned()));
        assert_eq!(of("tier=gold"), pair("tier", "gold"));
        assert_eq!(of("q=a=b"), pair("q", "a=b"));
        assert_eq!(of("q="), pair("q", ""));
        for bad in ["", "tier", "=gold"] {
            assert_eq!(of(bad), Err(AttributeError::Form(bad.to_owned())));
        }
        assert_eq!(of(&format!("{}=", "k".repeat(257))), Err(AttributeError::TooLong));
        assert_eq!(attributes(["a=b"; 9].into_iter()), Err(AttributeError::TooMany));
    }
}
