//! What says where a segment's attributes are, and what says whose the bytes of a pack are.

use bytes::Bytes;
use naru_lake::segment::{attributes::Shapes, pairs::PairFilter};
use naru_otlp::pack::Shares;

/// The first byte chooses what the others are.
pub fn check(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    match first % 3 {
        0 => pairs(bytes),
        1 => shapes(&String::from_utf8_lossy(bytes)),
        _ => shares(&String::from_utf8_lossy(bytes)),
    }
}

fn pairs(bytes: &[u8]) {
    let Ok(filter) = PairFilter::new(Bytes::copy_from_slice(bytes)) else { return };
    for group in 0..filter.len() {
        for value in ["", "a", "shop", "500"] {
            let _ = filter.may_hold(group, "key", value);
        }
    }
    // Of a group it does not know nothing is known: it may hold anything.
    assert!(filter.may_hold(filter.len(), "key", "value"));
}

fn shapes(text: &str) {
    let Ok(shapes) = Shapes::parse(text) else { return };
    let columns = shapes.columns().count();
    for key in ["a", "http.route", ""] {
        let places = shapes.places_of(key);
        assert!(places.iter().flatten().all(|place| usize::from(*place) < columns), "{places:?}");
    }
}

fn shares(text: &str) {
    let shares = Shares::from_text(text);
    let again = Shares::from_text(&shares.to_text());
    assert!(shares.iter().eq(again.iter()), "{text} reads as another");
}

#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let shapes = [
        r#"{"sources":[],"shapes":[]}"#,
        r#"{"sources":[{"key":"a","column":"attr.a"},{"key":"http.route","column":"http_route"}],"shapes":[[0,1],[null,0],[]]}"#,
    ];
    let shares = [
        "",
        "0190a0a0a0a07000800000000000000f=512",
        "0190a0a0a0a07000800000000000000f=1,0290a0a0a0a07000800000000000000f=70000",
    ];
    let of = |kind: u8, text: &str| [&[kind], text.as_bytes()].concat();
    let texts = shapes.iter().map(|text| of(1, text)).chain(shares.iter().map(|text| of(2, text)));
    // No filter at all, and one of a group without pairs, as long as a small one is.
    texts
        .chain([vec![0], [&[0_u8][..], &[0; 64]].concat(), [&[0_u8][..], &[1, 0, 0, 0], &[0; 60]].concat()])
        .collect()
}
