//! What query reads: cursors of clients, and distributions of stored points.

use std::str;

use naru_query::{cursor_again, quantiles_since};

/// What is taken is written again as something that is taken, and says the same.
pub fn cursor(data: &[u8]) {
    let Some(again) = str::from_utf8(data).ok().and_then(cursor_again) else { return };
    assert_eq!(cursor_again(&again).as_deref(), Some(again.as_str()));
}

#[must_use]
pub fn cursor_seeds() -> Vec<Vec<u8>> {
    let seeds = ["1.19aa0c9ba00.53f1.187a6be3c0a3cd15.ffffffffffffffff", "1.0.0.8000000000000000.0"];
    seeds.map(|text| text.as_bytes().to_vec()).into()
}

/// Two of one series, a line each, the later one first: quantiles are numbers.
pub fn buckets(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let (now, earlier) = text.split_once('\n').unwrap_or((text, text));
    let Some(quantiles) = quantiles_since(now, earlier) else { return };
    assert!(quantiles.iter().all(|value| value.is_finite()), "{quantiles:?}");
}

#[must_use]
pub fn buckets_seeds() -> Vec<Vec<u8>> {
    let exponential = |scale: i32, counts: &str| {
        let side = format!(r#"{{"offset":-3,"counts":{counts}}}"#);
        format!(
            r#"{{"scale":{scale},"zero_count":2,"zero_threshold":0.1,"positive":{side},"negative":{side}}}"#
        )
    };
    let pairs = [
        [
            r#"{"bounds":[1,2],"counts":[5,10,1]}"#.to_owned(),
            r#"{"bounds":[1,2],"counts":[0,7,1]}"#.to_owned(),
        ],
        [exponential(0, "[4,5,6]"), exponential(1, "[1,1,1,1]")],
        [r#"{"quantiles":[[0.5,7],[0.99,9]]}"#.to_owned(), r#"{"quantiles":[]}"#.to_owned()],
    ];
    pairs.map(|pair| pair.join("\n").into_bytes()).into()
}
