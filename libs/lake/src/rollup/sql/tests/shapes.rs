//! What statements look like afterwards.

use proptest::prelude::*;

use crate::rollup::sql::{CUT, Dialect, TEXT_BYTES_MAX, Verb, fingerprint};

use Dialect::{MySql, Oracle, Postgres, SqlServer, Sqlite, Unknown};

fn text(sql: &str, dialect: Dialect) -> String {
    fingerprint(sql, dialect).text
}

#[test]
fn values_become_question_marks_and_spelling_becomes_one() {
    let cases = [
        (Postgres, "SELECT  *\n\tFROM Users  WHERE ID=42", "select * from users where id = ?"),
        (
            Postgres,
            "select a.b,c from t where x>=-1.5e-3 and y = - 2",
            "select a.b, c from t where x >= ? and y = ?",
        ),
        (Postgres, "select a-1, a - -1, (-1), -a from t", "select a - ?, a - ?, (?), - a from t"),
        (
            Postgres,
            "select 'it''s', E'it\\'s', U&'d\\0061t', B'01', X'ff', 0xFF, 1_000",
            "select ?, ?, ?, ?, ?, ?, ?",
        ),
        (Postgres, "select $$it's$$, $fn$a $$ b$fn$, $1, $23", "select ?, ?, ?, ?"),
        (Postgres, "select 'a\\', b from t", "select ?, b from t"),
        (Postgres, "select x::int, '{1}'::int[] from t", "select x::int, ?::int[] from t"),
        (
            Postgres,
            "select \"Name\", \"a\"\"b\" from \"S\".\"T\"",
            "select \"Name\", \"a\"\"b\" from \"S\".\"T\"",
        ),
        (
            Postgres,
            "select data->>'k', data #> '{a}', a[1] from t",
            "select data ->> ?, data #> ?, a[?] from t",
        ),
        (Postgres, "select true, FALSE, null, current_date", "select true, false, null, current_date"),
        (Postgres, "select date '2026-01-01', interval'1 day'", "select date ?, interval ?"),
        (Postgres, "select /* a /* b */ 'c' */ 1 -- d\n, 2", "select ?, ?"),
        (Postgres, "select count(*), max ( x ) from t", "select count(*), max(x) from t"),
        (Postgres, "update t set a=a+1,b=$2 where id=$1;", "update t set a = a + ?, b = ? where id = ?"),
        (MySql, "select `a``b`, \"x\", 'it\\'s' # why\nfrom t", "select `a``b`, ?, ? from t"),
        (MySql, "select 5--1, 5 -- 1\n from t", "select ? - ?, ? from t"),
        (MySql, "select \"a\".\"b\" from \"t\" as \"u\"", "select \"a\".\"b\" from \"t\" as \"u\""),
        (MySql, "select @row, @@global.x, _utf8'x', N'x'", "select ?, @@global.x, _utf8 ?, ?"),
        (MySql, "/*! straight_join */ select /*+ hint */ 1", "select ?"),
        (
            MySql,
            "insert into t values (1) on duplicate key update a=values(a)",
            "insert into t values (?) on duplicate key update a = values (a)",
        ),
        (
            SqlServer,
            "SELECT TOP 5 [Order Details].[a]]b], N'x' FROM #tmp WHERE a=@p1",
            "select top ? [Order Details].[a]]b], ? from #tmp where a = ?",
        ),
        (Oracle, "select q'[it's]', nq'!a'!', :1, :name from v$session", "select ?, ?, ?, ? from v$session"),
        (
            Sqlite,
            "insert into \"t\" (\"a\", \"b\") values (?1, $b)",
            "insert into \"t\" (\"a\", \"b\") values (?)",
        ),
        (
            Sqlite,
            "update \"t\" set \"a\" = \"x\", \"b\" = 2 where \"t\".\"id\" = 3",
            "update \"t\" set \"a\" = ?, \"b\" = ? where \"t\".\"id\" = ?",
        ),
        (
            Unknown,
            "select * from t where a = %s and b = %(name)s and c = :c and d % 3 = 1",
            "select * from t where a = ? and b = ? and c = ? and d % ? = ?",
        ),
        (Unknown, "select a from t where a = ?", "select a from t where a = ?"),
        (Unknown, "select \u{feff}a\u{a0}=\u{3000}5", "select a = ?"),
        (Unknown, "", ""),
        (Unknown, ";;", ""),
        (Unknown, "주문 = '김'", "주문 = ?"),
    ];
    for (dialect, sql, expected) in cases {
        assert_eq!(text(sql, dialect), expected, "{dialect:?}: {sql}");
    }
}

#[test]
fn any_number_of_values_is_one() {
    let cases = [
        ("select 1 where a in (1,2, 3)", "select ? where a in (?)"),
        ("select 1 where a not in ('x')", "select ? where a not in (?)"),
        ("select 1 where a in ($1::uuid, $2::uuid)", "select ? where a in (?::uuid)"),
        ("select 1 where (a,b) in ((1,2),(3,4))", "select ? where (a, b) in ((?))"),
        ("select 1 where a in (-1, +2, - 3)", "select ? where a in (?)"),
        ("select 1 where a in (1, null, 2, 3)", "select ? where a in (?, null, ?)"),
        (
            "select 1 where a in (select b, b from t where c in (1, 2))",
            "select ? where a in (select b, b from t where c in (?))",
        ),
        ("select 1 where a = any(array[1,2,3])", "select ? where a = any (array[?])"),
        ("insert into t (a,b) values (1,2),(3,4),(5,6)", "insert into t (a, b) values (?)"),
        (
            "insert into t values (1, now(), 'x', 2), (3, now(), 'y', 4) returning id",
            "insert into t values (?, now(), ?) returning id",
        ),
        (
            "insert into t values (coalesce(1, 2), (3)), (4, 5)",
            "insert into t values (coalesce(?, ?), (?)), (?)",
        ),
        ("select * from (values (1), (2)) v", "select * from (values (?)) v"),
        ("select f(1, 1), 2, 2", "select f(?, ?), ?, ?"),
    ];
    for (sql, expected) in cases {
        assert_eq!(text(sql, Postgres), expected, "{sql}");
    }
}

#[test]
fn one_statement_has_one_id_however_it_was_written() {
    let first = fingerprint("select * from orders where id in (1, 2)", Postgres);
    let second = fingerprint("SELECT * FROM Orders -- again\nWHERE id IN(7)", Postgres);
    let other = fingerprint("select * from orders where id = 1", Postgres);
    assert_eq!(first, second);
    assert_ne!(first.id, other.id);
    // Stored in rollups: a change means that every statement is counted under a new name.
    assert_eq!(first.id, 16_285_297_318_481_507_728);
}

#[test]
fn verb_and_table_are_told_when_plain_to_see() {
    use Verb::*;
    let cases = [
        ("select a from shop.orders o join b on 1=1", Select, Some("shop.orders")),
        ("(select a from t) union select 1", Select, Some("t")),
        ("with x as (select * from orders) update items set a = 1", Update, Some("orders")),
        ("with x as (values (1)) insert into items select * from x", Insert, Some("items")),
        ("insert into \"S\".\"Orders\" (a) values (1)", Insert, Some("S.Orders")),
        ("insert into t(a) select b from u", Insert, Some("t")),
        ("update only t set a = 1", Update, Some("t")),
        ("delete from t where id = 1", Delete, Some("t")),
        ("merge into t using u on t.a = u.a", Merge, Some("t")),
        ("replace into t values (1)", Replace, Some("t")),
        ("create table if not exists t (a int)", Create, Some("t")),
        ("create index concurrently i on t (a)", Create, Some("t")),
        ("drop table t", Drop, Some("t")),
        ("truncate t", Truncate, Some("t")),
        ("truncate table t", Truncate, Some("t")),
        ("select extract(year from now())", Select, None),
        ("select a is distinct from b", Select, None),
        ("select * from unnest($1) u", Select, None),
        ("select * from (select * from t) u", Select, Some("t")),
        ("select a for update", Select, None),
        ("select 1", Select, None),
        ("BEGIN", Begin, None),
        ("start transaction", Begin, None),
        ("{call pay(?)}", Call, None),
        ("savepoint a", Other, None),
        ("from", Other, None),
        ("select * from t.", Select, None),
        ("42", Other, None),
    ];
    for (sql, verb, table) in cases {
        let found = fingerprint(sql, Postgres);
        assert_eq!((found.verb, found.table.as_deref()), (verb, table), "{sql}");
    }
}

#[test]
fn long_statements_are_cut_at_a_token_and_say_so() {
    let columns: Vec<_> = (0..2_000).map(|n| format!("column_{n}")).collect();
    let long = text(&format!("select {} from t", columns.join(", ")), Postgres);
    assert!(long.len() <= TEXT_BYTES_MAX && long.len() > TEXT_BYTES_MAX - 20);
    let body = long.strip_suffix(CUT).unwrap();
    assert!(columns.contains(&body.trim_end_matches(',').rsplit(' ').next().unwrap().to_owned()), "{body}");

    let values: Vec<_> = (0..100_000).map(|n| n.to_string()).collect();
    let list = format!("select 1 from t where a in ({}) and b = 1", values.join(","));
    assert_eq!(text(&list, Postgres), "select ? from t where a in (?) and b = ?");
}

#[test]
fn what_databases_disagree_about_is_left_out_when_nobody_says_which_it_was() {
    let cases = [
        ("select 'a\\' or b = 'c' from t", "select …"),
        ("select a # b", "select a …"),
        ("select a --b\n", "select a …"),
        ("select a -- b\n from t", "select a from t"),
        ("select /* /* */ a */ b", "select …"),
        ("select '''a'", "select …"),
        ("select [it's]", "select …"),
        ("select a[1]", "select a[?]"),
        ("select \"a\", b from \"t\"", "select ?, b from \"t\""),
    ];
    for (sql, expected) in cases {
        assert_eq!(text(sql, Unknown), expected, "{sql}");
    }
}

#[test]
fn systems_that_are_not_asked_in_sql_have_no_dialect() {
    let cases = [
        ("postgresql", Some(Postgres)),
        ("mariadb", Some(MySql)),
        ("microsoft.sql_server", Some(SqlServer)),
        ("oracle.db", Some(Oracle)),
        ("clickhouse", Some(Unknown)),
        ("redis", None),
        ("mongodb", None),
    ];
    for (name, dialect) in cases {
        assert_eq!(Dialect::of_db_system(name), dialect, "{name}");
    }
}

#[test]
fn hostile_statements_take_linear_time() {
    let shapes = [
        "(", "[", "'", "\"", "$a", "$a$", "/*", "--", "- ", ",", "values(", "in((", "a.", "`", "\\'", "q'",
        "u&", "((1),", "::",
    ];
    // Quadratic time would take minutes here.
    for dialect in [Postgres, MySql, Unknown] {
        for shape in shapes {
            for prefix in ["", "select 1 in ("] {
                let sql = format!("{prefix}{}", shape.repeat(50_000));
                assert!(text(&sql, dialect).len() <= TEXT_BYTES_MAX);
            }
        }
    }
}

proptest! {
    #[test]
    fn anything_at_all_has_a_bounded_fingerprint(sql: String, pieces in proptest::collection::vec(0_usize..PIECES.len(), 0..60)) {
        let pieces: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        for dialect in [Postgres, MySql, SqlServer, Oracle, Sqlite, Unknown] {
            for sql in [&sql, &pieces] {
                let found = fingerprint(sql, dialect);
                prop_assert!(found.text.len() <= TEXT_BYTES_MAX);
                prop_assert_eq!(&found, &fingerprint(sql, dialect));
            }
        }
    }

    #[test]
    fn how_many_values_there_are_changes_nothing(rows in 1_usize..20, columns in 1_usize..9, items in 1_usize..50) {
        let row = format!("({})", vec!["17"; columns].join(" , "));
        let list = vec!["'a'"; items].join(",");
        let sql = format!("insert into t values {} where a in ({list})", vec![row; rows].join(","));
        prop_assert_eq!(text(&sql, Unknown), "insert into t values (?) where a in (?)");
    }
}

const PIECES: [&str; 40] = [
    "select", "from", "values", "in", "array", "set", "into", "with", " ", "\n", "(", ")", "[", "]", ",",
    ".", ";", "'", "\"", "`", "\\", "$", "$a$", "?", ":", "::", "@", "%", "%(", "-", "--", "/*", "*/", "#",
    "1", "e", "é", "\u{3000}", "q'", "=",
];
