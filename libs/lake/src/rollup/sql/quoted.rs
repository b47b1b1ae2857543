//! Where quoted things end. All of it looks at bytes, of which only ASCII ones matter; each byte is looked at once.

use super::dialect::{Backslash, Dialect};

/// How the search for an end went. Positions are behind the closing quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    At(usize),
    /// Everything to the end of the text belongs to it.
    Missing,
    /// Depends on a database that is not known.
    Disputed,
}

/// The end of what opened before `at` and closes with `quote`; two of them in a row are one of the text.
pub(super) fn end_of_quoted(bytes: &[u8], mut at: usize, quote: u8, backslash: Backslash) -> End {
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'\\' if backslash != Backslash::IsText => {
                if backslash == Backslash::Disputed && bytes.get(at + 1) == Some(&quote) {
                    return End::Disputed;
                }
                at += 2;
            }
            byte if byte == quote => {
                if bytes.get(at + 1) != Some(&quote) {
                    return End::At(at + 1);
                }
                at += 2;
            }
            _ => at += 1,
        }
    }
    End::Missing
}

/// The end of Oracle's `q'[…]'`, whose opening quote lies before `at`.
pub(super) fn end_of_q_quoted(text: &str, at: usize) -> End {
    let Some(open) = text[at..].chars().next() else { return End::Missing };
    let close = match open {
        '[' => ']',
        '{' => '}',
        '(' => ')',
        '<' => '>',
        other => other,
    };
    let mut closing = [0; 5];
    let length = close.encode_utf8(&mut closing).len();
    closing[length] = b'\'';
    let inner = at + open.len_utf8();
    let closing = std::str::from_utf8(&closing[..=length]).unwrap_or("'");
    text[inner..].find(closing).map_or(End::Missing, |found| End::At(inner + found + closing.len()))
}

/// The end of `$tag$…$tag$` that opens at `at`; `None` if nothing opens there.
pub(super) fn end_of_dollar_quoted(text: &str, at: usize) -> Option<End> {
    let bytes = text.as_bytes();
    let mut tag_end = at + 1;
    while bytes
        .get(tag_end)
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80)
    {
        tag_end += 1;
    }
    if bytes.get(tag_end) != Some(&b'$') || bytes[at + 1].is_ascii_digit() {
        return None;
    }
    let tag = &text[at..=tag_end];
    let inner = tag_end + 1;
    Some(text[inner..].find(tag).map_or(End::Missing, |found| End::At(inner + found + tag.len())))
}

/// The end of a `/*` comment that opens at `at`.
pub(super) fn end_of_comment(bytes: &[u8], at: usize, dialect: Dialect) -> End {
    let mut depth = 1_usize;
    let mut at = at + 2;
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return End::At(at);
                }
            }
            b"/*" => match dialect.comments_nest() {
                Some(true) => {
                    depth += 1;
                    at += 2;
                }
                Some(false) => at += 1,
                None => return End::Disputed,
            },
            _ => at += 1,
        }
    }
    End::Missing
}

/// The end of a comment that ends with its line. PostgreSQL ends lines at a lone carriage return, too.
pub(super) fn end_of_line(bytes: &[u8], mut at: usize, dialect: Dialect) -> End {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => return End::At(at + 1),
            b'\r' if bytes.get(at + 1) != Some(&b'\n') => match dialect {
                Dialect::Postgres => return End::At(at + 1),
                Dialect::Unknown => return End::Disputed,
                _ => at += 1,
            },
            _ => at += 1,
        }
    }
    End::Missing
}

/// Whether brackets that open before `at` could be a name with something in it that others read as code.
pub(super) fn bracket_is_disputed(bytes: &[u8], at: usize, name_bytes_max: usize) -> bool {
    let inside = bytes[at..].iter().take(name_bytes_max).take_while(|byte| **byte != b']');
    let mut before = 0;
    for byte in inside {
        match (before, *byte) {
            (_, b'\'' | b'"' | b'`' | b'#' | b'\\' | b'$') | (b'-', b'-') | (b'/', b'*' | b'/') => {
                return true;
            }
            (_, byte) => before = byte,
        }
    }
    false
}
