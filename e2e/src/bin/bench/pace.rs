//! How fast the machine is at the moment: one thread, the same arithmetic, timed before and after everything else. Virtual
//! cores share real ones with strangers, so a figure means little without it.

use std::{hint::black_box, time::Instant};

/// About a tenth of a second.
const STEPS: u64 = 50_000_000;
const TIMES: usize = 9;

/// The median of several, ms.
pub(crate) fn ms() -> f64 {
    let mut all = [0.0; TIMES];
    for one in &mut all {
        let started = Instant::now();
        black_box((0..STEPS).fold(black_box(1_u64), |x, step| (x ^ (x << 13) ^ (x >> 7)).wrapping_add(step)));
        *one = started.elapsed().as_secs_f64() * 1_000.0;
    }
    all.sort_by(f64::total_cmp);
    all[TIMES / 2]
}
