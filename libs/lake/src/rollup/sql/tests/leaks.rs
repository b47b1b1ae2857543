//! No value ever shows: random secrets in every kind of literal, in every place, read by every dialect.

use proptest::prelude::*;

use crate::rollup::sql::{Dialect, fingerprint};

use Dialect::{MySql, Oracle, Postgres, SqlServer, Sqlite, Unknown};

/// What is looked for afterwards; no statement below has it otherwise.
const MARK: &str = "zqxj";

/// Ways to write a text as a value, by dialect.
fn literal(dialect: Dialect, way: u8, secret: &str) -> String {
    let doubled = secret.replace('\'', "''");
    let guarded = |quote: &str| secret.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"));
    let plain = match dialect {
        MySql => doubled.replace('\\', "\\\\"),
        _ => doubled.clone(),
    };
    match (dialect, way) {
        (Postgres, 1) => format!("E'{}'", guarded("'")),
        (Postgres, 2) => format!("$$ {} $$", secret.replace('$', "")),
        (Postgres, 3) => format!("$t1${}$t1$", secret.replace('$', "")),
        (Postgres, 4) => format!("U&'{doubled}'"),
        (MySql, 1) => format!("'{}'", guarded("'")),
        (MySql, 2) => format!("\"{}\"", guarded("\"")),
        (MySql, 3) => format!("\"{}\"", secret.replace('\\', "\\\\").replace('"', "\"\"")),
        (MySql, 4) => format!("_utf8mb4'{plain}'"),
        (SqlServer, 1 | 2) => format!("N'{doubled}'"),
        (Oracle, 1) => format!("q'[{}]'", secret.replace(']', "")),
        (Oracle, 2) => format!("nq'!{}!'", secret.replace('!', "")),
        (Sqlite, 1) => format!("\"{}\"", secret.replace('"', "\"\"")),
        (_, 5) => format!("/* {} */ 0x{}", secret.replace(['*', '/'], ""), "12ab"),
        (_, 6) => format!("-- {}\n 1", secret.replace(['\n', '\r'], "")),
        _ => format!("'{plain}'"),
    }
}

/// Places where values stand.
const PLACES: [&str; 16] = [
    "select * from t where a = {}",
    "select * from t where {} = a and b = {}",
    "select {}, {} from t",
    "insert into t (a, b) values ({}, 1), (2, {})",
    "insert into t values({})",
    "update t set a = {}, b = f({}) where c in ({}, {})",
    "delete from t where a like {} escape '!'",
    "select trim(both {} from {}), extract(year from {})",
    "select * from t where a is distinct from {}",
    "call p({}, {})",
    "select case when a = {} then {} else {} end as b from t",
    "select a, {} from t order by {}, b limit 1",
    "with x as (select {} as a) select * from x where a between {} and {}",
    "set a = {}",
    "select concat(a,{}),{}||{} from t group by {} having {} <> 'x'",
    "select '',{},'it''s',{},\n{}",
];

fn secret() -> impl Strategy<Value = String> {
    let noise = prop_oneof![
        4 => "[ -~]{0,6}",
        2 => "['\"\\\\`$\\[\\]#/*-]{0,4}",
        1 => "\\PC{0,4}",
        1 => "[\n\r\t]{0,2}",
    ];
    // A brace would be a place of its own.
    (noise.clone(), noise).prop_map(|(before, after)| format!("{before}{MARK}{after}").replace('{', "("))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn a_secret_in_any_literal_never_shows(
        secret in secret(),
        place in 0..PLACES.len(),
        ways in proptest::collection::vec(0_u8..7, 6),
    ) {
        for written in [Postgres, MySql, SqlServer, Oracle, Sqlite] {
            let mut sql = PLACES[place].to_owned();
            for way in &ways {
                sql = sql.replacen("{}", &literal(written, *way, &secret), 1);
            }
            for read in [written, Unknown] {
                let found = fingerprint(&sql, read);
                let shown = format!("{}{:?}", found.text, found.table).to_lowercase();
                prop_assert!(!shown.contains(MARK), "{written:?} as {read:?}: {sql:?} shows {shown:?}");
            }
        }
    }

    #[test]
    fn a_statement_that_ends_in_the_middle_shows_nothing(secret in secret(), place in 0..PLACES.len(), way in 0_u8..7, end in any::<prop::sample::Index>()) {
        for written in [Postgres, MySql, SqlServer, Oracle, Sqlite] {
            let sql = PLACES[place].replace("{}", &literal(written, way, &secret));
            let ends: Vec<_> = sql.char_indices().map(|(at, _)| at).collect();
            let cut = &sql[..ends[end.index(ends.len())]];
            for read in [written, Unknown] {
                let found = fingerprint(cut, read);
                prop_assert!(!found.text.to_lowercase().contains(MARK), "{written:?} as {read:?}: {cut:?} shows {:?}", found.text);
            }
        }
    }

    #[test]
    fn a_number_never_shows(number in 100_000_u64.., place in 0..PLACES.len(), sign in "[-+ ]{0,1}", fraction in "(\\.[0-9]{1,9})?(e[-+]?[0-9]{1,2})?") {
        let sql = PLACES[place].replace("{}", &format!("{sign}{number}{fraction}"));
        for dialect in [Postgres, MySql, SqlServer, Oracle, Sqlite, Unknown] {
            let found = fingerprint(&sql, dialect).text;
            prop_assert!(!found.contains(|letter: char| letter.is_ascii_digit()), "{dialect:?}: {sql:?} shows {found:?}");
        }
    }
}
