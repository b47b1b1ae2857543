//! Sets unite exactly, answer within their error and travel without losing a register.

use proptest::prelude::*;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::*;
use crate::rollup::DecodeError;

const STANDARD_ERROR: f64 = 1.04 / 64.0;

fn of(hashes: impl IntoIterator<Item = u64>) -> Distinct {
    let mut set = Distinct::new();
    hashes.into_iter().for_each(|hash| set.add(hash));
    set
}

/// Hashes of the numbers from 0, as of people under a tenant's salt.
fn people(count: u64, salt: u64) -> Distinct {
    of((0..count).map(|person| xxh3_64_with_seed(&person.to_le_bytes(), salt)))
}

fn united(left: &Distinct, right: &Distinct) -> Distinct {
    let mut union = left.clone();
    union.merge(right);
    union
}

fn set() -> impl Strategy<Value = Distinct> {
    (prop_oneof![0_u64..40, 300_u64..900, 0_u64..20_000], any::<u64>())
        .prop_map(|(count, salt)| people(count, salt))
}

#[test]
fn nobody_is_zero_and_one_is_one() {
    assert!(Distinct::new().is_empty());
    assert!(Distinct::new().estimate().abs() < 1e-9);
    let again = of([7, 7, 7]);
    assert!((again.estimate() - 1.0).abs() < 0.001, "{}", again.estimate());
    assert_eq!(again, of([7]));
}

#[test]
fn estimates_are_within_three_standard_errors() {
    for count in [10, 1_000, 100_000, 1_000_000] {
        for salt in 0..3 {
            let estimate = people(count, salt).estimate();
            let error = estimate / count as f64 - 1.0;
            assert!(error.abs() <= 3.0 * STANDARD_ERROR, "{count} salted {salt}: {estimate}");
        }
    }
}

#[test]
fn estimates_have_no_bias_at_any_size() {
    for count in [10, 100, 1_000, 3_000, 10_000, 20_000, 40_000] {
        let salts = 64_u64;
        let sum: f64 = (0..salts).map(|salt| people(count, salt).estimate()).sum();
        let error = sum / salts as f64 / count as f64 - 1.0;
        assert!(error.abs() <= 3.0 * STANDARD_ERROR / (salts as f64).sqrt(), "{count}: {error}");
    }
}

#[test]
fn the_rarest_hashes_have_the_highest_rank() {
    assert_eq!(of([0]).taken().collect::<Vec<_>>(), [(0, RANK_MAX)]);
    assert_eq!(of([u64::MAX]).taken().collect::<Vec<_>>(), [(4_095, 1)]);
    let full = of((0..REGISTERS as u64).map(|register| register << (64 - PRECISION)));
    assert!(full.taken().all(|(_, rank)| rank == RANK_MAX));
    assert!(full.estimate() > 1e18);
}

#[test]
fn stored_bytes_stay_readable() {
    // Golden: written by version 1. A change of the format is a new version, and these still decode.
    let golden = [
        (of([]), vec![1, 0]),
        (of([0, u64::MAX]), vec![1, 2, 53, 129, 255, 15]),
        (of([1 << 52, 3 << 51]), vec![1, 1, 117]),
    ];
    for (set, bytes) in golden {
        assert_eq!(set.encode(), bytes);
        assert_eq!(Distinct::decode(&bytes), Ok(set));
    }
}

#[test]
fn bytes_grow_with_the_people_and_end_at_three_kibibytes() {
    for (count, at_most) in [(0, 2), (10, 32), (500, 1_000), (5_000, 3_075), (1_000_000, 3_075)] {
        let bytes = people(count, 1).encode().len();
        assert!(bytes <= at_most, "{count}: {bytes}");
    }
}

#[test]
fn bytes_that_contradict_themselves_are_refused() {
    assert_eq!(Distinct::decode(&[]), Err(DecodeError::Truncated));
    assert_eq!(Distinct::decode(&[2, 0]), Err(DecodeError::Version(2)));
    let cases: [&[u8]; 5] = [&[1, 1], &[1, 1, 64], &[1, 1, 54], &[1, 1, 1, 1], &[1, 1, 129, 128, 16]];
    for bytes in cases {
        assert!(Distinct::decode(bytes).is_err(), "{bytes:?}");
    }
    let mut array = people(50_000, 1).encode();
    *array.last_mut().unwrap() = 0xff;
    assert!(Distinct::decode(&array).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn uniting_is_adding_everything_in_any_order(a in 0_u64..3_000, b in 0_u64..3_000, salt: u64) {
        let hash = |person: u64| xxh3_64_with_seed(&person.to_le_bytes(), salt);
        let (left, right) = (of((0..a).map(hash)), of((a / 2..a / 2 + b).map(hash)));
        let whole = of((0..a).chain(a / 2..a / 2 + b).rev().map(hash));
        prop_assert_eq!(&united(&left, &right), &whole);
        prop_assert_eq!(&united(&right, &left), &whole);
        prop_assert_eq!(&united(&whole, &left), &whole);
    }

    #[test]
    fn uniting_associates(a in set(), b in set(), c in set()) {
        prop_assert_eq!(united(&united(&a, &b), &c), united(&a, &united(&b, &c)));
    }

    #[test]
    fn a_set_reads_back_from_its_bytes(set in set()) {
        prop_assert_eq!(Distinct::decode(&set.encode()), Ok(set));
    }

    #[test]
    fn any_bytes_are_a_set_that_encodes_again_or_are_refused(tail in proptest::collection::vec(any::<u8>(), 0..60)) {
        for bytes in [&tail[..], &[&[1], &tail[..]].concat(), &[&[1, tail.len() as u8 / 2], &tail[..]].concat()] {
            if let Ok(set) = Distinct::decode(bytes) {
                prop_assert_eq!(&set.encode()[..], bytes);
            }
        }
    }

    #[test]
    fn any_array_is_a_set_that_encodes_again_or_is_refused(bytes in proptest::collection::vec(any::<u8>(), 3_072)) {
        for taken in [&[1, 128, 32][..], &[1, 0]] {
            if let Ok(set) = Distinct::decode(&[taken, &bytes].concat()) {
                prop_assert_eq!(Distinct::decode(&set.encode()), Ok(set));
            }
        }
    }
}
