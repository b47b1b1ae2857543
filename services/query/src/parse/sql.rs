//! A tenant's SQL: one question over its own tables, and nothing that reads, writes or builds anything else.
//!
//! What is checked here is the text; that a name means one of the tenant's tables is checked where names get a meaning.

mod forbidden;
mod weight;

use datafusion::sql::sqlparser::{
    ast::Statement,
    dialect::GenericDialect,
    parser::{Parser, ParserError},
    tokenizer::{Token, TokenWithSpan, Tokenizer},
};

const SQL_BYTES_MAX: usize = 16 * 1024;
/// Parentheses and subqueries inside each other.
const NESTING_MAX: usize = 40;
/// Each may be a level of the tree that the plan becomes, and whoever walks over that needs stack.
const OPERATORS_MAX: usize = 300;

/// What is wrong, in words for whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct SqlError {
    pub(crate) message: String,
    /// Line and column, from 1.
    pub(crate) position: Option<(u64, u64)>,
}

impl SqlError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), position: None }
    }

    /// A parser's words end with the position.
    pub(crate) fn of_parser(message: &str) -> Self {
        let (words, place) = message.rsplit_once(" at Line: ").unwrap_or((message, ""));
        let position = place.split_once(", Column: ").and_then(|(line, column)| {
            let column: String = column.chars().take_while(char::is_ascii_digit).collect();
            Some((line.trim().parse().ok()?, column.parse().ok()?))
        });
        Self { message: words.trim_start_matches("sql parser error: ").to_owned(), position }
    }
}

/// A statement that only reads.
#[derive(Debug, Clone)]
pub(crate) struct Question(pub(crate) Box<Statement>);

impl Question {
    /// Recurses as deep as the text nests, in large steps: call it with some 32 MiB of stack.
    pub(crate) fn parse(text: &str) -> Result<Self, SqlError> {
        if text.len() > SQL_BYTES_MAX {
            return Err(SqlError::new(format!("the statement is longer than {SQL_BYTES_MAX} bytes")));
        }
        let dialect = GenericDialect {};
        let tokens = Tokenizer::new(&dialect, text).tokenize_with_location();
        let tokens = tokens.map_err(|error| SqlError::of_parser(&error.to_string()))?;
        if tokens.iter().filter(|token| is_operator(token)).count() > OPERATORS_MAX {
            let message =
                format!("the statement has more than {OPERATORS_MAX} operators; ask in several steps");
            return Err(SqlError::new(message));
        }
        let parser = Parser::new(&dialect).with_recursion_limit(NESTING_MAX);
        let statements =
            parser.with_tokens_with_locations(tokens).parse_statements().map_err(|error| match error {
                ParserError::RecursionLimitExceeded => SqlError::new(format!(
                    "the statement nests deeper than {NESTING_MAX} levels; ask in several steps"
                )),
                ParserError::TokenizerError(message) | ParserError::ParserError(message) => {
                    SqlError::of_parser(&message)
                }
            })?;
        let [statement] = <[Statement; 1]>::try_from(statements)
            .map_err(|all| SqlError::new(format!("send one statement; these are {}", all.len())))?;
        let Statement::Query(query) = &statement else {
            return Err(SqlError::new("only SELECT and WITH … SELECT are answered here"));
        };
        forbidden::check(query)?;
        weight::check(query)?;
        Ok(Self(Box::new(statement)))
    }
}

fn is_operator(token: &TokenWithSpan) -> bool {
    match &token.token {
        Token::Word(word) => {
            const WORDS: [&str; 16] = [
                "AND",
                "OR",
                "NOT",
                "SELECT",
                "JOIN",
                "UNION",
                "EXCEPT",
                "INTERSECT",
                "CASE",
                "WHEN",
                "LIKE",
                "ILIKE",
                "BETWEEN",
                "IN",
                "IS",
                "COLLATE",
            ];
            word.quote_style.is_none() && WORDS.iter().any(|known| word.value.eq_ignore_ascii_case(known))
        }
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::Comma
        | Token::Period
        | Token::RParen
        | Token::Whitespace(_)
        | Token::SemiColon
        | Token::EOF => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> SqlError {
        Question::parse(text).unwrap_err()
    }

    #[test]
    fn questions_are_taken() {
        for text in [
            "select 1",
            "select application, count(*) from spans where status = 'error' group by 1 order by 2 desc limit 5;",
            "with slow as (select * from spans where duration_ms > 100) select count(*) from slow",
            "select * from spans union all select * from spans",
            "select name from spans where (duration_ms > 1) and kind in ('server', 'client')",
            "select substring(name from 1 for 3), extract(hour from time), trim(name) from spans",
        ] {
            assert!(Question::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_writes_or_reads_elsewhere_is_refused() {
        for text in [
            "",
            "select 1; select 2",
            "drop table spans",
            "create external table t stored as parquet location '/etc'",
            "copy spans to '/tmp/x'",
            "insert into spans select * from spans",
            "with x as (select 1) insert into spans select * from x",
            "select * into t from spans",
            "set datafusion.execution.batch_size = 1",
            "show tables",
            "explain analyze select 1",
            "select * from read_parquet('/etc/passwd')",
            "select * from generate_series(1, 1000000000)",
            "select * from unnest(make_array(1, 2))",
            "with recursive n as (select 1 union all select * from n) select * from n",
            "select sum(duration_ms) over () from spans",
            "select name || name from spans",
            "select * from spans for update",
            "select [name, name] from spans",
            "select array[name, name] from spans",
            "select (name, name) from spans",
            "select struct(name as a, name as b) from spans",
            "select {'a': name, 'b': name} from spans",
            "select map {'a': name, 'b': name} from spans",
            "select overlay(name placing name from 1 for 0) from spans",
            "select unnest(attributes) from spans",
            "select Unnest_Outer(attributes) from spans",
            "from spans |> select name",
            "select name, kind, count(*) from spans group by cube (name, kind)",
            "select name, kind, count(*) from spans group by rollup (name, kind)",
            "select name, kind, count(*) from spans group by grouping sets ((name), (kind))",
            "select count(*) from spans where regexp_like(name, operation)",
            "select count(*) from spans where name ~ operation",
        ] {
            refused(text);
        }
    }

    #[test]
    fn a_mistake_is_shown_with_its_place() {
        let error = refused("select application\nform spans where");
        assert_eq!(error.position.map(|(line, _)| line), Some(2), "{error:?}");
        assert_eq!(refused("select 'open").position.map(|(line, _)| line), Some(1));
    }

    #[test]
    fn neither_depth_nor_length_gets_through() {
        let nested = format!("select {}1{}", "(".repeat(5_000), ")".repeat(5_000));
        let chained = format!("select 1{}", "+1".repeat(5_000));
        let unions = vec!["select 1"; 1_000].join(" union all ");
        let subqueries = format!("select * from {}spans{}", "(select * from ".repeat(60), ")".repeat(60));
        for text in [nested, chained, unions, subqueries, " ".repeat(20_000)] {
            let reading = std::thread::Builder::new().stack_size(64 << 20).spawn(move || refused(&text));
            reading.unwrap().join().unwrap();
        }
    }
}
