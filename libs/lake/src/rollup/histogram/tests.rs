//! Histograms merge, shrink, answer and travel without losing a duration.

use proptest::prelude::*;

use super::*;
use crate::rollup::DecodeError;

fn of(durations_ns: &[u64]) -> Histogram {
    let mut histogram = Histogram::new();
    durations_ns.iter().for_each(|duration| histogram.add(*duration));
    histogram
}

fn merged(left: &Histogram, right: &Histogram) -> Histogram {
    let mut sum = left.clone();
    sum.merge(right);
    sum
}

fn downscaled(histogram: &Histogram, scale: u8) -> Histogram {
    let mut coarse = histogram.clone();
    coarse.downscale(scale);
    coarse
}

/// Durations of every magnitude, zeros and extremes among them.
fn duration() -> impl Strategy<Value = u64> {
    prop_oneof![
        8 => (any::<u64>(), 0_u32..64).prop_map(|(bits, shift)| bits >> shift),
        8 => 200_000_u64..90_000_000,
        1 => Just(0),
        1 => Just(u64::MAX),
        2 => (0_u32..64).prop_map(|octave| 1 << octave),
    ]
}

fn durations() -> impl Strategy<Value = Vec<u64>> {
    proptest::collection::vec(duration(), 0..120)
}

fn histogram() -> impl Strategy<Value = Histogram> {
    let many = proptest::collection::vec((duration(), prop_oneof![1_u64..9, any::<u64>()]), 0..40);
    (many, 0_u8..=4).prop_map(|(many, scale)| {
        let mut histogram = Histogram::new();
        many.iter().for_each(|(duration, times)| histogram.add_many(*duration, *times));
        histogram.downscale(scale);
        histogram
    })
}

#[test]
fn nothing_counted_answers_nothing() {
    let nothing = Histogram::new();
    assert_eq!(
        (nothing.quantile_ns(0.5), nothing.mean_ns(), nothing.min_ns(), nothing.max_ns()),
        (None, None, None, None)
    );
    assert_eq!(nothing.count_at_or_below(u64::MAX), Bounds { at_least: 0, at_most: 0 });
    assert_eq!(nothing.encode(), [1, 4, 0]);
}

#[test]
fn zeros_are_counted_beside_the_buckets() {
    let three = of(&[0, 0, 8]);
    assert_eq!((three.zeros(), three.count(), three.sum_ns()), (2, 3, 8));
    assert_eq!((three.quantile_ns(0.5), three.quantile_ns(1.0)), (Some(0.0), Some(8.0)));
    assert_eq!(three.buckets().collect::<Vec<_>>(), [(47, 1)]);
    assert_eq!(three.count_at_or_below(0), Bounds { at_least: 2, at_most: 2 });
}

#[test]
fn no_q_is_out_of_range() {
    let two = of(&[10, 1_000]);
    for (q, answer) in
        [(f64::NAN, 10.0), (-1.0, 10.0), (0.0, 10.0), (0.5, 10.0), (0.51, 1_000.0), (7.0, 1_000.0)]
    {
        assert_eq!(two.quantile_ns(q), Some(answer), "{q}");
    }
}

#[test]
fn downscaling_pairs_buckets_as_the_specification_says() {
    let fine = of(&[1, 2, 3, 1_024, 1_025]);
    assert_eq!(fine.buckets().collect::<Vec<_>>(), [(-1, 1), (15, 1), (25, 1), (159, 1), (160, 1)]);
    assert_eq!(
        downscaled(&fine, 0).buckets().collect::<Vec<_>>(),
        [(-1, 1), (0, 1), (1, 1), (9, 1), (10, 1)]
    );
}

#[test]
fn a_full_counter_stays_full() {
    let mut full = Histogram::new();
    full.add_many(7, u64::MAX);
    full.add_many(7, u64::MAX);
    assert_eq!((full.count(), full.buckets().next()), (u64::MAX, Some((44, u64::MAX))));
    assert_eq!(Histogram::decode(&full.encode()).as_ref(), Ok(&full));
    full.add(1_000_000);
    let bounds = full.count_at_or_below(1_000);
    assert_eq!((bounds.at_least, bounds.at_most), (u64::MAX - 1, u64::MAX - 1));
}

#[test]
fn stored_bytes_stay_readable() {
    // Golden: written by version 1. A change of the format is a new version, and these still decode.
    let golden: [(&[u64], &[u8]); 4] = [
        (&[], &[1, 4, 0]),
        (&[1_000_000], &[1, 4, 0, 192, 132, 61, 0, 0, 0]),
        (&[0, 1, 2, 2], &[1, 4, 1, 0, 2, 3, 0, 31, 0]),
        (&[100, 101, 105, 106, 106, 111, 111, 111], &[1, 12, 0, 100, 11, 40, 0, 2, 2, 3, 3]),
    ];
    for (durations, bytes) in golden {
        assert_eq!(of(durations).encode(), bytes);
        assert_eq!(Histogram::decode(bytes), Ok(of(durations)));
    }
}

#[test]
fn bytes_that_contradict_themselves_are_refused() {
    assert_eq!(Histogram::decode(&[]), Err(DecodeError::Truncated));
    assert_eq!(Histogram::decode(&[9, 4, 0]), Err(DecodeError::Version(9)));
    let cases: [&[u8]; 9] = [
        &[1, 5, 0],
        &[1, 12, 0],
        // Nothing counted, yet a minimum.
        &[1, 4, 0, 1, 0, 0],
        // A maximum in another bucket than the last.
        &[1, 4, 0, 100, 100, 0, 0],
        // One duration that is shorter than itself.
        &[1, 4, 0, 192, 132, 61, 39, 0, 0],
        // One duration that sums to more than itself.
        &[1, 4, 0, 100, 0, 1, 0],
        // A gap beyond the last bucket.
        &[1, 4, 0, 100, 0, 0, 0, 254, 255, 3],
        // A run that leaves a gap, and one without an end.
        &[1, 12, 0, 100, 0, 0, 0, 0, 0],
        &[1, 12, 0, 100, 0, 0, 0, 255, 255, 3, 1],
    ];
    for bytes in cases {
        assert!(Histogram::decode(bytes).is_err(), "{bytes:?}");
    }
}

#[test]
fn a_busy_minute_takes_a_hundred_bytes() {
    // 3,000 durations around 20 ms, falling off over two doublings on either side, and a few outliers.
    let mut busy = Histogram::new();
    for n in 0..3_000_u64 {
        let spread = (n * 7_919 % 1_000) as i32 - 500;
        busy.add((20e6 * 2_f64.powf(f64::from(spread).powi(3) / 125e6 * 2.0)) as u64);
    }
    [90_000_000, 400_000_000, 5_000_000_000].iter().for_each(|outlier| busy.add(*outlier));
    let bytes = busy.encode().len();
    assert!((60..120).contains(&bytes), "{bytes}");
}

proptest! {
    #[test]
    fn any_split_in_any_order_is_the_same_histogram(all in durations(), at in any::<prop::sample::Index>()) {
        let (left, right) = all.split_at(at.index(all.len() + 1));
        let whole = of(&all);
        prop_assert_eq!(&merged(&of(left), &of(right)), &whole);
        prop_assert_eq!(&merged(&of(right), &of(left)), &whole);
        let mut sorted = all.clone();
        sorted.sort_unstable();
        prop_assert_eq!(of(&sorted).encode(), whole.encode());
        prop_assert_eq!(whole.sum_ns(), all.iter().map(|ns| u128::from(*ns)).sum::<u128>());
        prop_assert_eq!((whole.min_ns(), whole.max_ns()), (all.iter().min().copied(), all.iter().max().copied()));
    }

    #[test]
    fn merging_associates(a in histogram(), b in histogram(), c in histogram()) {
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
    }

    #[test]
    fn shrinking_the_sum_is_summing_the_shrunk(a in histogram(), b in histogram(), scale in 0_u8..=4) {
        let shrunk = downscaled(&merged(&a, &b), scale);
        prop_assert_eq!(&merged(&downscaled(&a, scale), &downscaled(&b, scale)), &shrunk);
        prop_assert_eq!(downscaled(&downscaled(&shrunk, 1), 0), downscaled(&shrunk, 0));
    }

    #[test]
    fn counting_at_a_coarse_scale_is_shrinking_afterwards(all in durations(), scale in 0_u8..=4) {
        let mut coarse = Histogram::new();
        coarse.downscale(scale);
        all.iter().for_each(|duration| coarse.add(*duration));
        prop_assert_eq!(coarse, downscaled(&of(&all), scale));
    }

    #[test]
    fn a_percentile_is_within_2_2_percent_of_the_exact_one(
        mut all in proptest::collection::vec(duration(), 1..120),
        q in 0.0_f64..=1.0,
    ) {
        let answer = of(&all).quantile_ns(q).unwrap();
        all.sort_unstable();
        let exact = all[((q * all.len() as f64).ceil() as usize).clamp(1, all.len()) - 1] as f64;
        prop_assert!((answer - exact).abs() <= exact * 0.022, "{answer} for {exact}");
    }

    #[test]
    fn the_exact_count_lies_within_the_bounds(all in durations(), threshold in duration(), scale in 0_u8..=4) {
        let Bounds { at_least, at_most } = downscaled(&of(&all), scale).count_at_or_below(threshold);
        let exact = all.iter().filter(|duration| **duration <= threshold).count() as u64;
        prop_assert!((at_least..=at_most).contains(&exact), "{at_least} <= {exact} <= {at_most}");
    }

    #[test]
    fn bounds_are_exact_where_a_bucket_ends(all in durations(), index in -1_i16..=1_023) {
        let threshold = longest_ns(index);
        let exact = all.iter().filter(|duration| **duration <= threshold).count() as u64;
        prop_assert_eq!(of(&all).count_at_or_below(threshold), Bounds { at_least: exact, at_most: exact });
    }

    #[test]
    fn a_histogram_reads_back_from_its_bytes(histogram in histogram()) {
        let bytes = histogram.encode();
        prop_assert_eq!(Histogram::decode(&bytes), Ok(histogram.clone()));
        for end in 0..bytes.len() {
            prop_assert_ne!(Histogram::decode(&bytes[..end]), Ok(histogram.clone()));
        }
    }

    #[test]
    fn merging_bytes_is_merging_what_they_hold(a in histogram(), b in histogram()) {
        let mut sum = a.clone();
        sum.merge_encoded(&b.encode()).unwrap();
        prop_assert_eq!(sum, merged(&a, &b));
    }

    #[test]
    fn any_bytes_are_a_histogram_that_encodes_again_or_are_refused(
        tail in proptest::collection::vec(any::<u8>(), 0..40),
        form in 0_u8..16,
    ) {
        let bytes = [&[1, form], &tail[..]].concat();
        let mut sum = of(&[5]);
        if let Ok(histogram) = Histogram::decode(&bytes) {
            prop_assert!(histogram.encode().len() <= bytes.len());
            prop_assert_eq!(Histogram::decode(&histogram.encode()), Ok(histogram.clone()));
            prop_assert!(histogram.quantile_ns(0.5).is_some() || histogram.is_empty());
        } else {
            prop_assert!(sum.merge_encoded(&bytes).is_err());
            prop_assert_eq!(sum, of(&[5]));
        }
        let _ = Histogram::decode(&tail);
    }
}
