//! SQL statements without what they were asked about: the name under which the database page counts them.
//!
//! In: a statement as an agent recorded it, from any database. Out: the same statement in one spelling, every value a
//! `?`, with a 64-bit id. Values never show in it. Where the text can be read in two ways, the reading that shows less is
//! taken; where databases disagree about where a string ends and nobody says which database it was, the rest is left out.
//!
//! Nothing is parsed: tokens are enough, and whatever is no SQL at all comes out as tokens, too. The time is linear in the
//! length of the statement, the memory in that of the answer.

mod dialect;
mod lexer;
mod quoted;
mod subject;
#[cfg(test)]
mod tests;
mod words;
mod writer;

use xxhash_rust::xxh3::xxh3_64;

pub use dialect::Dialect;
pub use subject::Verb;

use lexer::{Lexer, Token};
use writer::Writer;

/// Longer texts are cut at a token and end with [`CUT`]. Two statements that differ only behind are one then.
pub const TEXT_BYTES_MAX: usize = 4 * 1024;
/// What a text ends with of which the rest was left out.
pub const CUT: &str = " …";

/// A statement without its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// The statement with `?` for every value, at most [`TEXT_BYTES_MAX`] bytes. Keywords and unquoted names are in lower case.
    pub text: String,
    /// xxh3 of the text. Changes when the rules of this module do: statements are then counted under a new name.
    pub id: u64,
    pub verb: Verb,
    /// The first table that is plain to see, without quotes: `shop.orders`.
    pub table: Option<String>,
}

/// The fingerprint of a statement.
#[must_use]
pub fn fingerprint(sql: &str, dialect: Dialect) -> Fingerprint {
    let mut lexer = Lexer::new(sql, dialect);
    let mut writer = Writer::default();
    while !writer.is_full() {
        match lexer.next_token() {
            Some(Token::Disputed) => writer.cut(),
            Some(token) => writer.write(token, lexer.peek()),
            None => break,
        }
    }
    let (text, verb, table) = writer.finish();
    Fingerprint { id: xxh3_64(text.as_bytes()), text, verb, table }
}
