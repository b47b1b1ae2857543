//! How fast the machine is at the moment: one thread, the same arithmetic and the same walk through memory, timed before and
//! after everything else. Virtual cores share real ones, their caches and their memory with strangers, so a figure means little
//! without it.

use std::{hint::black_box, time::Instant};

use rand::{Rng, SeedableRng, rngs::StdRng};

/// About a tenth of a second.
const STEPS: u64 = 50_000_000;
/// 64 MiB, more than a core's caches hold.
const PLACES: u32 = 16 << 20;
/// About a tenth of a second, too.
const LEAPS: u32 = 1_000_000;
const TIMES: usize = 9;

/// Medians of several, ms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) arithmetic_ms: f64,
    pub(crate) memory_ms: f64,
}

impl Pace {
    pub(crate) fn now() -> Self {
        let arithmetic = || {
            black_box(
                (0..STEPS).fold(black_box(1_u64), |x, step| (x ^ (x << 13) ^ (x >> 7)).wrapping_add(step)),
            );
        };
        let next = circle();
        let mut at = 0;
        let memory = || at = black_box((0..LEAPS).fold(at, |at, _| next[at as usize]));
        Self { arithmetic_ms: median_ms(arithmetic), memory_ms: median_ms(memory) }
    }
}

/// By place the next one, so that a walk comes to all of them in no order that a core could guess.
fn circle() -> Vec<u32> {
    let (mut next, mut rng) = ((0..PLACES).collect::<Vec<_>>(), StdRng::seed_from_u64(1));
    for last in (1..next.len()).rev() {
        next.swap(last, rng.random_range(0..last));
    }
    next
}

fn median_ms(mut work: impl FnMut()) -> f64 {
    let mut all = [0.0; TIMES];
    for one in &mut all {
        let started = Instant::now();
        work();
        *one = started.elapsed().as_secs_f64() * 1_000.0;
    }
    all.sort_by(f64::total_cmp);
    all[TIMES / 2]
}
