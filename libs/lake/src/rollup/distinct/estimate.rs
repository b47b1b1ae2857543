//! From registers to a number: the improved raw estimator of Otmar Ertl, "New cardinality estimation algorithms for
//! HyperLogLog sketches", 2017, <https://arxiv.org/abs/1702.01284>, algorithm 6.
//!
//! It has no bias to correct and no switch between small and large numbers, hence no tables. Only + × √ are used, which
//! every processor rounds alike.

use super::{RANK_MAX, REGISTERS};

/// `registers_by_rank[k]` registers have rank k.
pub(super) fn estimate(registers_by_rank: &[u16; RANK_MAX as usize + 1]) -> f64 {
    let registers = REGISTERS as f64;
    let share = |rank: usize| f64::from(registers_by_rank[rank]) / registers;
    let last = usize::from(RANK_MAX);
    let mut sum = registers * tau(1.0 - share(last));
    for rank in (1..last).rev() {
        sum = 0.5 * (sum + f64::from(registers_by_rank[rank]));
    }
    sum += registers * sigma(share(0));
    registers * registers / (2.0 * std::f64::consts::LN_2 * sum)
}

/// x + Σ x^(2^k) × 2^(k−1): what registers that nobody took say. Infinite for 1, where nothing was added.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut power, mut sum) = (1.0, x);
    loop {
        x *= x;
        let before = sum;
        sum += x * power;
        power += power;
        if sum <= before {
            return sum;
        }
    }
}

/// (1 − x − Σ (1 − x^(2^−k))² × 2^−k) / 3: what full registers say.
fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut power, mut sum) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = sum;
        power *= 0.5;
        sum -= (1.0 - x) * (1.0 - x) * power;
        if sum >= before {
            return sum / 3.0;
        }
    }
}
