//! Cursors: where the next page begins, and the snapshot that all pages share.
//!
//! Text to clients: `1.<pin>.<query>.<value>.<tie>` in hex. It names no tenant and no project: those come from the
//! request again, so a cursor that is carried elsewhere finds nothing it could not find anyway.

use naru_http::FieldError;

/// What a list was asked for. A cursor of another question is refused, since its place means nothing there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueryKey(u64);

impl QueryKey {
    /// From everything that decides which rows come in which order.
    #[must_use]
    pub(crate) fn of(question: &impl std::fmt::Debug) -> Self {
        let digest = naru_auth::digest(&format!("{question:?}"));
        Self(u64::from_be_bytes(digest[..8].try_into().expect("a digest has 32 bytes")))
    }
}

/// The last row of the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The sorted column's value there.
    pub(crate) value: i64,
    /// Decides among rows of one value: a span id, or how many of them were shown.
    pub(crate) tie: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Rows that gateways received later are not on any page: unix ms.
    pub(crate) through_ms: i64,
    pub(crate) query: QueryKey,
    pub(crate) place: Place,
}

impl Cursor {
    #[must_use]
    pub(crate) fn to_text(self) -> String {
        let Self { through_ms, query, place } = self;
        format!("1.{through_ms:x}.{:x}.{:x}.{:x}", query.0, place.value, place.tie)
    }

    /// Reads what [`Cursor::to_text`] wrote, for the same question; nothing for an empty text.
    pub(crate) fn parse(text: Option<&str>, query: QueryKey) -> Result<Option<Self>, FieldError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
        let refuse = |message: &str| FieldError::new("cursor", "invalid", message);
        let cursor = read(text).ok_or_else(|| refuse("this is not a next_cursor of ours"))?;
        if cursor.query != query {
            return Err(refuse("this cursor belongs to another question; ask again without it"));
        }
        Ok(Some(cursor))
    }
}

/// A cursor's text, read and written again; `None` of any other text. For fuzzing.
#[must_use]
pub fn cursor_again(text: &str) -> Option<String> {
    read(text).map(Cursor::to_text)
}

fn read(text: &str) -> Option<Cursor> {
    let mut parts = text.split('.');
    if parts.next() != Some("1") {
        return None;
    }
    let mut number = || {
        let part = parts.next().filter(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        u64::from_str_radix(part, 16).ok()
    };
    let (through, query, value, tie) = (number()?, number()?, number()?, number()?);
    // `{:x}` writes negative numbers as two's complement, and so do these casts read them.
    let place = Place { value: value as i64, tie };
    parts.next().is_none().then_some(Cursor { through_ms: through as i64, query: QueryKey(query), place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let query = QueryKey::of(&("transactions", 1, 2));
        for value in [i64::MIN, -1, 0, 1_763_715_600_123_456_789] {
            let cursor =
                Cursor { through_ms: 1_763_715_600_000, query, place: Place { value, tie: u64::MAX } };
            assert_eq!(Cursor::parse(Some(&cursor.to_text()), query), Ok(Some(cursor)));
        }
        assert_eq!(Cursor::parse(Some(""), query), Ok(None));
    }

    #[test]
    fn a_cursor_of_another_question_or_nobody_is_refused() {
        let (one, two) = (QueryKey::of(&1), QueryKey::of(&2));
        let cursor = Cursor { through_ms: 1, query: one, place: Place { value: 1, tie: 1 } };
        assert!(
            Cursor::parse(Some(&cursor.to_text()), two).unwrap_err().message.contains("another question")
        );
        for bad in ["x", "1", "1.2.3.4", "1.+1.2.3.4", "2.1.1.1.1", "1.1.1.1.1.1"] {
            assert!(Cursor::parse(Some(bad), one).is_err(), "{bad}");
        }
    }
}
