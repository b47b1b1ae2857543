//! Where a duration falls: the mapping of OpenTelemetry's base-2 exponential histogram, in integers.
//!
//! With base = 2^(2^-scale), bucket `i` holds (base^i, base^(i+1)]: the lower bound is outside, the upper inside.
//! Source: <https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponential-buckets>.
//!
//! A logarithm in floating point misplaces values next to a bound, differently on other processors. A table of the
//! sixteen bounds of one doubling, cut to 64 bits, cannot: an integer is above an irrational bound exactly when it is
//! above its integer part.

/// The finest scale, the one durations are counted at: 2^4 buckets per doubling.
pub const SCALE_MAX: u8 = 4;

const PER_DOUBLING: usize = 1 << SCALE_MAX;

/// ⌊2^(63 + k/16)⌋: the lower bounds of the buckets between 2^63 and 2^64. The last, which nothing exceeds, ends a search.
const BOUNDS: [u64; PER_DOUBLING + 1] = [
    0x8000_0000_0000_0000,
    0x85aa_c367_cc48_7b14,
    0x8b95_c1e3_ea8b_d6e6,
    0x91c3_d373_ab11_c336,
    0x9837_f051_8db8_a96f,
    0x9ef5_3260_91a1_11ad,
    0xa5fe_d6a9_b151_38ea,
    0xad58_3eea_42a1_4ac6,
    0xb504_f333_f9de_6484,
    0xbd08_a39f_580c_36be,
    0xc567_2a11_5506_dadd,
    0xce24_8c15_1f84_80e3,
    0xd744_fcca_d69d_6af4,
    0xe0cc_deec_2a94_e111,
    0xeac0_c6e7_dd24_392e,
    0xf525_7d15_2486_cc2c,
    u64::MAX,
];

/// A doubling cut into equal slices, each so narrow (1/32) that at most one bound (4.4 % apart) lies inside.
const SLICES: usize = 32;

/// How many bounds lie below each slice.
const BOUNDS_BELOW_SLICE: [u8; SLICES] = {
    let mut below = [0; SLICES];
    let mut slice = 1;
    while slice < SLICES {
        let start = (1 << 63) + ((slice as u64) << 58);
        let mut count = 0;
        while BOUNDS[count] < start {
            count += 1;
        }
        below[slice] = count as u8;
        slice += 1;
    }
    below
};

/// 2^(j/32), nearest: the geometric middles of buckets of scales 0 to 4 are such powers, times a power of two.
const MIDDLES: [f64; 32] = [
    1.0,
    1.0218971486541166,
    1.0442737824274138,
    1.0671404006768237,
    1.0905077326652577,
    1.1143867425958924,
    1.1387886347566916,
    1.1637248587775775,
    1.189207115002721,
    1.215247359980469,
    1.241857812073484,
    1.2690509571917332,
    1.2968395546510096,
    1.3252366431597413,
    1.3542555469368927,
    1.383909881963832,
    std::f64::consts::SQRT_2,
    1.4451808069770467,
    1.4768261459394993,
    1.5091644275934228,
    1.5422108254079407,
    1.5759808451078865,
    1.6104903319492543,
    1.645755478153965,
    1.681792830507429,
    1.718619298122478,
    1.7562521603732995,
    1.7947090750031072,
    1.8340080864093424,
    1.8741676341103,
    1.9152065613971474,
    1.9571441241754002,
];

/// The bucket of a duration at scale 4: −1 for 1 ns, 1,023 for the longest. 0 ns has none and is told as −1, too; ask first.
#[inline]
#[must_use]
pub const fn index_of(duration_ns: u64) -> i16 {
    let octave = 63 - (duration_ns | 1).leading_zeros();
    let widened = (duration_ns | (duration_ns == 0) as u64) << (63 - octave);
    let below = BOUNDS_BELOW_SLICE[(widened >> 58) as usize & (SLICES - 1)] as usize;
    let at = below + (widened > BOUNDS[below]) as usize;
    // 16 × 63 + 16 − 1 at most.
    (octave as i16) * PER_DOUBLING as i16 + at as i16 - 1
}

/// The longest duration, in whole ns, that a bucket of scale 4 holds: ⌊2^((index+1)/16)⌋.
///
/// Boxes and cells snap to it: everything up to it is in this bucket or below, everything above is in a later one.
#[must_use]
pub const fn longest_ns(index: i16) -> u64 {
    let after = index as i32 + 1;
    if after < 0 {
        return 0;
    }
    let octave = after as usize / PER_DOUBLING;
    if octave >= 64 {
        return u64::MAX;
    }
    BOUNDS[after as usize % PER_DOUBLING] >> (63 - octave)
}

/// The geometric middle of a bucket in ns. Off from any value in the bucket by 2^(1/2^(scale+1)) − 1 at most: 2.2 % at
/// scale 4, 41 % at scale 0. Bit for bit the same everywhere, as no logarithm is taken.
pub(super) fn middle_ns(index: i16, scale: u8) -> f64 {
    let half_steps = (2 * i32::from(index) + 1) << (SCALE_MAX - scale.min(SCALE_MAX));
    let power = MIDDLES[half_steps.rem_euclid(32) as usize];
    match half_steps.div_euclid(32) {
        octave @ 0..64 => power * (1_u64 << octave) as f64,
        // Only the bucket that ends at 1 ns lies lower.
        _ => power / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// value^16 as 64-bit digits, lowest first.
    fn power_of_16(value: u128) -> Vec<u64> {
        let mut product = vec![1_u64];
        for _ in 0..16 {
            let mut carry = 0_u128;
            let mut next = Vec::new();
            for digit in &product {
                // Values are at most 2^64: the digit product fits beside a carry below 2^65.
                let sum = u128::from(*digit) * value + carry;
                next.push(sum as u64);
                carry = sum >> 64;
            }
            while carry > 0 {
                next.push(carry as u64);
                carry >>= 64;
            }
            product = next;
        }
        product
    }

    /// value > 2^(sixteenths/16), that is value^16 > 2^sixteenths, without rounding.
    fn exceeds(value: u64, sixteenths: u32) -> bool {
        let digits = power_of_16(u128::from(value));
        let bits = digits.len() as u32 * 64 - digits.last().unwrap().leading_zeros();
        match bits.cmp(&(sixteenths + 1)) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => digits.iter().map(|digit| digit.count_ones()).sum::<u32>() > 1,
        }
    }

    #[test]
    fn the_bounds_are_the_integer_parts_of_sixteenth_powers_of_two() {
        for (k, bound) in BOUNDS[..PER_DOUBLING].iter().enumerate() {
            let sixteenths = 63 * 16 + k as u32;
            assert!(!exceeds(*bound, sixteenths), "bound {k} is too high");
            assert!(exceeds(bound + 1, sixteenths), "bound {k} is too low");
        }
    }

    #[test]
    fn no_slice_holds_two_bounds() {
        for slice in 0..SLICES as u64 {
            let start = (1_u64 << 63) + (slice << 58);
            let inside = BOUNDS[..PER_DOUBLING].iter().filter(|bound| **bound >> 58 == start >> 58);
            assert!(inside.count() <= 1, "slice {slice}");
        }
    }

    #[test]
    fn powers_of_two_close_a_bucket_and_the_next_value_opens_one() {
        let cases = [(1, -1), (2, 15), (3, 25), (4, 31), (5, 37), (1 << 20, 319), ((1 << 20) + 1, 320)];
        for (duration_ns, index) in cases {
            assert_eq!(index_of(duration_ns), index, "{duration_ns}");
        }
        for octave in 0..64 {
            assert_eq!(index_of(1 << octave), octave * 16 - 1);
        }
        assert_eq!(
            (index_of(u64::MAX), longest_ns(1_023), longest_ns(-1), longest_ns(-2)),
            (1_023, u64::MAX, 1, 0)
        );
    }

    #[test]
    fn the_longest_of_a_bucket_is_in_it_and_one_more_is_not() {
        for index in (-1..1_023).filter(|index| longest_ns(*index) > longest_ns(*index - 1)) {
            let longest = longest_ns(index);
            assert_eq!((index_of(longest), index_of(longest + 1) > index), (index, true), "{index}");
        }
    }

    #[test]
    fn middles_lie_between_the_bounds_of_their_bucket() {
        for scale in 0..=SCALE_MAX {
            let last = (1_024_i16 >> (SCALE_MAX - scale)) - 1;
            for index in -1..=last {
                let exact = 2_f64.powf((f64::from(index) + 0.5) / f64::from(1_u16 << scale));
                let middle = middle_ns(index, scale);
                assert!((middle / exact - 1.0).abs() < 1e-12, "{index} at {scale}: {middle} for {exact}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_duration_is_above_its_bucket_s_lower_bound_and_not_above_its_upper(duration: u64, shift in 0_u32..64) {
            let duration = (duration >> shift).max(1);
            let index = i32::from(index_of(duration));
            prop_assert!(index < 0 || exceeds(duration, index as u32));
            prop_assert!(!exceeds(duration, (index + 1) as u32));
        }

        #[test]
        fn values_beside_a_bound_fall_on_their_side(index in 0_i16..1_023, offset in -2_i64..3) {
            let duration = longest_ns(index).saturating_add_signed(offset).max(1);
            let found = i32::from(index_of(duration));
            prop_assert!(found < 0 || exceeds(duration, found as u32));
            prop_assert!(!exceeds(duration, (found + 1) as u32));
        }
    }
}
