//! From text to tokens, for all dialects at once.

use super::{
    dialect::{Backslash, Dialect},
    quoted::{self, End},
};

/// No database allows longer names (SQL Server and Oracle: 128). What is longer is not shown.
const NAME_BYTES_MAX: usize = 128;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A keyword or an unquoted name, as written.
    Word(&'a str),
    /// A name with its quotes.
    Name(&'a str),
    /// In double quotes, where those are names or strings. With its quotes.
    Either(&'a str),
    /// A string, a number, or a place for one.
    Value,
    /// An operator, a bracket or a separator.
    Sign(&'a str),
    /// How to read on depends on a database that is not known.
    Disputed,
}

/// Operators of several characters, the longest first where one begins another. None ends with `/` or `-`: a comment
/// may begin there.
const OPERATORS: [&str; 26] = [
    "!~~*", "<=>", "->>", "#>>", "!~*", "!~~", "~~*", "->", "#>", ">=", "<=", "<>", "!=", "||", "&&", "@>",
    "<@", "::", ":=", "=>", "~*", "!~", "~~", "<<", ">>", "^=",
];

pub(super) struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    dialect: Dialect,
    /// A number can't begin with a dot behind a name.
    is_behind_name: bool,
}

impl<'a> Lexer<'a> {
    pub(super) const fn new(text: &'a str, dialect: Dialect) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, dialect, is_behind_name: false }
    }

    /// The first byte behind the last token and white space; 0 at the end.
    pub(super) fn peek(&self) -> u8 {
        let rest = &self.bytes[self.at..];
        rest.iter().copied().find(|byte| *byte > b' ').unwrap_or(0)
    }

    /// `None` at the end. After [`Token::Disputed`] nothing that follows can be relied upon.
    pub(super) fn next_token(&mut self) -> Option<Token<'a>> {
        loop {
            let skipped = match (self.byte(0)?, self.byte(1).unwrap_or(0)) {
                (byte, _) if byte <= b' ' || byte == 0x7f => End::At(self.at + 1),
                (byte, _) if byte >= 0x80 && self.blank_len() > 0 => End::At(self.at + self.blank_len()),
                (b'/', b'*') => quoted::end_of_comment(self.bytes, self.at, self.dialect),
                (b'/', b'/') if self.dialect == Dialect::Unknown => End::Disputed,
                (b'-', b'-') if self.dashes_begin_comment() => self.end_of_line(2),
                (b'-', b'-') if self.dialect == Dialect::Unknown => End::Disputed,
                (b'#', _) if self.dialect == Dialect::MySql => self.end_of_line(1),
                (b'#', _) if self.dialect == Dialect::Unknown => End::Disputed,
                _ => break,
            };
            match skipped {
                End::At(end) => self.at = end,
                End::Missing => self.at = self.bytes.len(),
                End::Disputed => return Some(self.disputed()),
            }
        }
        let token = self.read();
        self.is_behind_name = matches!(token, Token::Word(_) | Token::Name(_) | Token::Either(_));
        Some(token)
    }

    fn read(&mut self) -> Token<'a> {
        let first = self.bytes[self.at];
        let second = self.byte(1).unwrap_or(0);
        match first {
            b'\'' => self.string(0, self.dialect.backslash()),
            b'"' => self.double_quoted(),
            b'`' if self.dialect.backticks_are_names() => self.name(b'`', self.name_backslash()),
            b'[' if self.dialect.brackets_are_names() => self.name(b']', Backslash::IsText),
            b'[' if self.dialect == Dialect::Unknown
                && quoted::bracket_is_disputed(self.bytes, self.at + 1, NAME_BYTES_MAX) =>
            {
                self.disputed()
            }
            b'0'..=b'9' => self.number(),
            b'.' if second.is_ascii_digit() && !self.is_behind_name => self.number(),
            b'$' if self.dialect.has_dollar_quotes() => self.dollar(),
            b'?' | b'$' if !is_letter(second) && !second.is_ascii_digit() => self.value(1),
            b'?' => self.place(1),
            b':' if is_letter(second) || second.is_ascii_digit() => self.place(1),
            b'@' if second == b'@' && self.byte(2).is_some_and(is_letter) => self.word(2),
            b'@' if is_letter(second) || second.is_ascii_digit() => self.place(1),
            b'%' if matches!(second, b's' | b'd' | b'(') => self.percent(),
            b'$' => self.place(1),
            _ if is_letter(first) || (first == b'#' && self.dialect.hash_is_letter()) => {
                self.word_or_prefix()
            }
            _ => self.sign(),
        }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn disputed(&mut self) -> Token<'a> {
        self.at = self.bytes.len();
        Token::Disputed
    }

    /// How many bytes of white space beyond ASCII begin here. Byte-order marks and zero-width spaces come with pasted text.
    fn blank_len(&self) -> usize {
        let next = self.text[self.at..].chars().next();
        next.filter(|next| next.is_whitespace() || matches!(next, '\u{feff}' | '\u{200b}'))
            .map_or(0, char::len_utf8)
    }

    /// MySQL reads `5--1` as a sum.
    fn dashes_begin_comment(&self) -> bool {
        let is_before_blank = self.byte(2).is_none_or(|byte| byte <= b' ');
        is_before_blank || !matches!(self.dialect, Dialect::MySql | Dialect::Unknown)
    }

    fn end_of_line(&self, ahead: usize) -> End {
        quoted::end_of_line(self.bytes, self.at + ahead, self.dialect)
    }

    fn value(&mut self, length: usize) -> Token<'a> {
        self.at += length;
        Token::Value
    }

    fn value_until(&mut self, end: End) -> Token<'a> {
        match end {
            End::At(end) => self.at = end,
            End::Missing => self.at = self.bytes.len(),
            End::Disputed => return self.disputed(),
        }
        Token::Value
    }

    /// A string whose quote stands `ahead` bytes further.
    fn string(&mut self, ahead: usize, backslash: Backslash) -> Token<'a> {
        let open = self.at + ahead;
        // Three in a row open a longer string in some databases.
        if backslash == Backslash::Disputed && self.bytes[open..].starts_with(b"'''") {
            return self.disputed();
        }
        self.value_until(quoted::end_of_quoted(self.bytes, open + 1, b'\'', backslash))
    }

    fn double_quoted(&mut self) -> Token<'a> {
        if self.dialect.double_quotes_are_names() {
            return self.name(b'"', Backslash::IsText);
        }
        if self.dialect == Dialect::Unknown && self.bytes[self.at..].starts_with(br#"""""#) {
            return self.disputed();
        }
        match self.name(b'"', self.dialect.backslash()) {
            Token::Name(name) => Token::Either(name),
            other => other,
        }
    }

    const fn name_backslash(&self) -> Backslash {
        match self.dialect {
            Dialect::Unknown => Backslash::Disputed,
            _ => Backslash::IsText,
        }
    }

    /// A quoted name, or a value if it is longer than names are or has no end.
    fn name(&mut self, close: u8, backslash: Backslash) -> Token<'a> {
        let start = self.at;
        match quoted::end_of_quoted(self.bytes, start + 1, close, backslash) {
            End::At(end) if end - start <= NAME_BYTES_MAX + 2 => {
                self.at = end;
                Token::Name(&self.text[start..end])
            }
            end => self.value_until(end),
        }
    }

    /// Digits and whatever clings to them: `1_000`, `0xff`, `1.5e-3`, `10L`.
    fn number(&mut self) -> Token<'a> {
        let is_hex = self.byte(0) == Some(b'0') && matches!(self.byte(1), Some(b'x' | b'X'));
        while let Some(byte) = self.byte(0) {
            let before = self.bytes[self.at.saturating_sub(1)];
            let is_exponent_sign = matches!(byte, b'+' | b'-')
                && !is_hex
                && matches!(before, b'e' | b'E')
                && self.byte(1).is_some_and(|next| next.is_ascii_digit());
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$') || is_exponent_sign) {
                break;
            }
            self.at += 1;
        }
        Token::Value
    }

    /// `$1`, `$name`, `$$text$$`, `$tag$text$tag$`.
    fn dollar(&mut self) -> Token<'a> {
        match quoted::end_of_dollar_quoted(self.text, self.at) {
            Some(end) => self.value_until(end),
            None => self.place(1),
        }
    }

    /// A place for a value, whose mark takes `ahead` bytes: `:name`, `@p1`, `?1`.
    fn place(&mut self, ahead: usize) -> Token<'a> {
        self.at += ahead;
        while self.byte(0).is_some_and(|byte| is_letter(byte) || byte.is_ascii_digit()) {
            self.at += 1;
        }
        Token::Value
    }

    /// `%s`, `%d`, `%(name)s`, or the operator.
    fn percent(&mut self) -> Token<'a> {
        let mut length = 1;
        if self.byte(1) == Some(b'(') {
            length = 2;
            while length < NAME_BYTES_MAX
                && self.byte(length).is_some_and(|byte| is_letter(byte) || byte.is_ascii_digit())
            {
                length += 1;
            }
            if self.byte(length) != Some(b')') {
                return self.sign();
            }
            length += 1;
        }
        let is_place = matches!(self.byte(length), Some(b's' | b'd'))
            && !self.byte(length + 1).is_some_and(|byte| is_letter(byte) || byte.is_ascii_digit());
        if is_place { self.value(length + 1) } else { self.sign() }
    }

    fn word_or_prefix(&mut self) -> Token<'a> {
        let end = self.end_of_word(self.at + 1);
        let word = &self.text[self.at..end];
        let is = |prefix: &str| word.eq_ignore_ascii_case(prefix);
        if self.bytes[end..].starts_with(b"&'") && is("u") {
            return self.string(2, self.dialect.backslash());
        }
        if self.bytes.get(end) != Some(&b'\'') {
            return self.word(1);
        }
        let length = end - self.at;
        if self.dialect.has_q_quotes() && (is("q") || is("nq")) {
            return self.value_until(quoted::end_of_q_quoted(self.text, end + 1));
        }
        if is("e") {
            return self.string(length, Backslash::Guards);
        }
        if ["n", "x", "b", "r", "q"].into_iter().any(is) {
            return self.string(length, self.dialect.backslash());
        }
        self.word(1)
    }

    fn end_of_word(&self, mut at: usize) -> usize {
        let is_inside = |byte: u8| {
            is_letter(byte)
                || byte.is_ascii_digit()
                || byte == b'$'
                || (byte == b'#' && self.dialect.hash_is_letter())
        };
        while self.bytes.get(at).is_some_and(|byte| is_inside(*byte)) {
            let is_blank = self.bytes[at] >= 0xc2
                && self.text[at..]
                    .chars()
                    .next()
                    .is_some_and(|next| next.is_whitespace() || matches!(next, '\u{feff}' | '\u{200b}'));
            if is_blank {
                break;
            }
            at += 1;
        }
        at
    }

    /// A word whose first `ahead` bytes are known to belong to it.
    fn word(&mut self, ahead: usize) -> Token<'a> {
        let start = self.at;
        self.at = self.end_of_word(start + ahead);
        if self.at - start > NAME_BYTES_MAX { Token::Value } else { Token::Word(&self.text[start..self.at]) }
    }

    fn sign(&mut self) -> Token<'a> {
        let rest = &self.text[self.at..];
        let has_two = self.byte(1).is_some_and(|second| second.is_ascii_punctuation());
        let long = OPERATORS.iter().find(|operator| has_two && rest.starts_with(**operator));
        // Whatever else is no letter is ASCII: beyond it everything is letters or white space.
        let length = long.map_or(1, |operator| operator.len());
        self.at += length;
        Token::Sign(&rest[..length])
    }
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}
