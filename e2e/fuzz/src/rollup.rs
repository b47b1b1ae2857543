//! Summaries as bytes, and the names of statements and exceptions.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, AsArray, BinaryArray, Int64Array, RecordBatch, StringArray, UInt8Array, new_null_array,
    },
    datatypes::FieldRef,
};
use naru_lake::{
    rollup::{
        Distinct, Histogram, Kind, Sample, Summary,
        exception::{self, Exception, TITLE_BYTES_MAX},
        rows::{Builder, Rows},
        sql::{self, Dialect, TEXT_BYTES_MAX},
    },
    schema,
};

/// What decodes is written again in no more bytes, and reads back as it was.
pub fn histogram(data: &[u8]) {
    let Ok(histogram) = Histogram::decode(data) else { return };
    let encoded = histogram.encode();
    assert!(encoded.len() <= data.len(), "{encoded:?} is longer");
    assert_eq!(Histogram::decode(&encoded).as_ref(), Ok(&histogram), "it reads back as another");
    let mut doubled = histogram.clone();
    doubled.merge_encoded(data).expect("it decoded before");
    let mut merged = histogram.clone();
    merged.merge(&histogram);
    assert_eq!(doubled, merged, "merging bytes differs from merging what they hold");
    if let (Some(least), Some(most)) = (histogram.min_ns(), histogram.max_ns()) {
        for q in [0.0, 0.5, 0.95, 1.0] {
            let value = histogram.quantile_ns(q).expect("something was counted");
            assert!((least as f64..=most as f64).contains(&value), "{value} at {q}");
        }
        let bounds = histogram.count_at_or_below(least / 2 + most / 2);
        assert!(bounds.at_least <= bounds.at_most);
    }
}

#[must_use]
pub fn histogram_seeds() -> Vec<Vec<u8>> {
    let of = |durations: &[u64]| {
        let mut histogram = Histogram::new();
        durations.iter().for_each(|duration| histogram.add(*duration));
        histogram.encode()
    };
    let many: Vec<u64> = (0..200).map(|n| 1_000_000 + n * n * 7_919).collect();
    vec![of(&[]), of(&[0]), of(&[1_000_000]), of(&[1, u64::MAX]), of(&many)]
}

/// As [`histogram`].
pub fn distinct(data: &[u8]) {
    let Ok(set) = Distinct::decode(data) else { return };
    let encoded = set.encode();
    assert!(encoded.len() <= data.len(), "{encoded:?} is longer");
    assert_eq!(Distinct::decode(&encoded).as_ref(), Ok(&set), "it reads back as another");
    let mut united = set.clone();
    united.merge(&set);
    assert_eq!(united, set, "a set with itself is another");
    assert!(set.estimate().is_finite() && set.estimate() >= 0.0);
}

#[must_use]
pub fn distinct_seeds() -> Vec<Vec<u8>> {
    let of = |people: u64| {
        let mut set = Distinct::new();
        (0..people).for_each(|person| set.add(person.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        set.encode()
    };
    [0, 1, 40, 600, 9_000].map(of).to_vec()
}

/// Cells of a row of sums, one after the other, each after its length in two bytes: counts of APDEX, people, samples.
pub fn summary(data: &[u8]) {
    let (mut rest, mut cells) = (data, Vec::new());
    while cells.len() < 3
        && let Some((length, bytes)) = rest.split_first_chunk::<2>()
    {
        let (cell, after) = bytes.split_at(bytes.len().min(usize::from(u16::from_be_bytes(*length))));
        cells.push(cell);
        rest = after;
    }
    let Some(read) = summary_of(&row(&cells)) else { return };
    let mut builder = Builder::default();
    builder.push(Kind::Service, 0, "shop", "", &read);
    let again = summary_of(&builder.finish().expect("a row"));
    assert_eq!(again.as_ref(), Some(&read), "it reads back as another");
    let score = read.satisfaction.own_score();
    assert!(score.is_none_or(|(_, score)| (0.0..=1.0).contains(&score)), "{score:?}");
}

/// One row; cells that are missing are null.
fn row(cells: &[&[u8]]) -> RecordBatch {
    let cell = |number: usize| -> ArrayRef { Arc::new(BinaryArray::from_iter([cells.get(number)])) };
    let text = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text])) };
    let column = |field: &FieldRef| match field.name().as_str() {
        "kind" => Arc::new(UInt8Array::from(vec![Kind::Service.code()])) as ArrayRef,
        "at_ns" => Arc::new(Int64Array::from(vec![0])),
        "service" => text("shop"),
        "name" => text(""),
        "apdex" => cell(0),
        "people" => cell(1),
        "samples" => cell(2),
        _ => new_null_array(field.data_type(), 1),
    };
    let columns = schema::rollups().fields().iter().map(column).collect();
    RecordBatch::try_new(schema::rollups(), columns).expect("columns of the schema")
}

fn summary_of(rows: &RecordBatch) -> Option<Summary> {
    let (rows, mut summary) = (Rows::of(rows)?, Summary::default());
    let read = rows.iter().all(|row| row.merge_into(&mut summary).is_ok());
    read.then_some(summary)
}

#[must_use]
pub fn summary_seeds() -> Vec<Vec<u8>> {
    let mut summary = Summary::default();
    for (number, t_ns) in [(1, 250), (2, 500), (900, 500)] {
        summary.satisfaction.add(number * 100, number == 2, t_ns);
        summary.people.add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        summary.samples.add(Sample {
            rank: number,
            trace_id: [number as u8; 16],
            span_id: [number as u8; 8],
            start_ns: number.cast_signed(),
            duration_ns: number,
            is_error: number == 2,
        });
    }
    let mut builder = Builder::default();
    builder.push(Kind::Service, 0, "shop", "", &summary);
    let rows = builder.finish().expect("a row");
    let cells = ["apdex", "people", "samples"].map(|name| {
        let cell = rows[name].as_binary::<i32>().value(0);
        [&u16::try_from(cell.len()).expect("a few bytes").to_be_bytes(), cell].concat()
    });
    vec![Vec::new(), cells[0].clone(), cells[..2].concat(), cells.concat()]
}

const DIALECTS: [Dialect; 6] = [
    Dialect::Postgres,
    Dialect::MySql,
    Dialect::SqlServer,
    Dialect::Oracle,
    Dialect::Sqlite,
    Dialect::Unknown,
];

/// The first byte chooses the dialect.
pub fn sql(data: &[u8]) {
    let Some((first, statement)) = data.split_first() else { return };
    let dialect = DIALECTS[usize::from(*first) % DIALECTS.len()];
    let found = sql::fingerprint(&String::from_utf8_lossy(statement), dialect);
    assert!(found.text.len() <= TEXT_BYTES_MAX, "{} bytes", found.text.len());
}

#[must_use]
pub fn sql_seeds() -> Vec<Vec<u8>> {
    let statements = [
        "select a.\"B\", count(*) from shop.orders a where id in (1, 2, 3) and name = 'it''s' limit 10",
        "insert into t (a, b) values ($1, E'\\'x'), (:b, $$y$$) on conflict do nothing -- end",
        "update `t` set a = 0x1F, b = -1.5e3 /* why */ where [c] <> N'q' or d = q'[z]'",
        "with x as (select 1) delete from x using y where y.z = ? and a ->> '$.b' = \"c\"",
    ];
    let seeds = statements.iter().enumerate();
    seeds.map(|(dialect, statement)| [&[dialect as u8], statement.as_bytes()].concat()).collect()
}

/// Type, message and stack trace with zero bytes between them.
pub fn exception(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.splitn(3, '\0');
    let mut part = || parts.next().unwrap_or_default();
    let (type_name, message, stacktrace) = (part(), part(), part());
    let found = exception::fingerprint(&Exception { type_name, message, stacktrace });
    assert!(found.title.len() <= TITLE_BYTES_MAX, "{} bytes", found.title.len());
}

#[must_use]
pub fn exception_seeds() -> Vec<Vec<u8>> {
    let traces = [
        "Traceback (most recent call last):\n  File \"/app/shop/views.py\", line 12, in charge\n    total()\nKeyError: 'total'",
        "com.shop.Broken: order 17\n\tat com.shop.Web.lambda$list$3(Web.java:7) ~[shop.jar!/:1.2]\nCaused by: java.sql.SQLException: gone\n\t... 23 more",
        "TypeError: no\n    at async Pay.run [as go] (file:///srv/app/src/pay.js:40:1)\n    at charge (/srv/pay.js:12:5)",
        "goroutine 34 [running]:\ngithub.com/acme/shop/pay.(*Server).charge.func1(0xc000010000)\n\t/home/ci/build/pay/server.go:88 +0x1d",
        "System.InvalidOperationException: no\n ---> Npgsql.PostgresException (0x80004005): 42P01\n   at Shop.Pay.<>c__DisplayClass5_0.<Charge>b__0(String card) in /src/Pay.cs:line 12",
        "#0 /var/www/shop/src/Pay.php(12): Shop\\Pay->charge(Object(Shop\\Card))\n#1 {main}",
        "/srv/shop/app/pay.rb:12:in `block in charge': no (Shop::Broken)\n\tfrom /srv/shop/app/pay.rb:3:in `charge'",
    ];
    traces.map(|trace| [b"a.b.Broken\0order 17 of 'kim' failed\0", trace.as_bytes()].concat()).to_vec()
}
