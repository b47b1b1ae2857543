//! Which words are no names.

/// Reserved in most databases, sorted. Words that also name functions (`left`, `replace`, `count`) are missing on purpose:
/// behind a name a parenthesis opens a call.
#[rustfmt::skip]
const KEYWORDS: [&str; 84] = [
    "all", "and", "any", "as", "asc", "begin", "between", "by", "call", "case", "check", "collate",
    "constraint", "create", "cross", "default", "delete", "desc", "distinct", "do", "drop", "else",
    "end", "escape", "except", "exec", "execute", "exists", "fetch", "for", "from", "full", "group",
    "having", "ilike", "in", "index", "inner", "insert", "intersect", "interval", "into", "is", "join",
    "key", "lateral", "like", "limit", "match", "merge", "minus", "natural", "not", "null", "offset",
    "on", "or", "order", "outer", "over", "partition", "primary", "references", "regexp", "returning",
    "rlike", "select", "set", "similar", "some", "table", "then", "to", "top", "union", "unique",
    "update", "using", "values", "view", "when", "where", "with", "xor",
];

/// Whether a word in lower case is a keyword.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_so_that_each_is_found() {
        assert!(KEYWORDS.is_sorted());
        assert!(KEYWORDS.iter().all(|word| is_keyword(word)));
        assert!(!is_keyword("orders"));
    }
}
