//! Which of several runs has the least row: a binary heap of their numbers, ordered by whoever asks.

#[derive(Debug)]
pub(super) struct Heads(Vec<usize>);

impl Heads {
    /// Of runs `0..count`.
    pub(super) fn new(count: usize, precedes: impl Fn(usize, usize) -> bool) -> Self {
        let mut heads = Self((0..count).collect());
        for at in (0..count / 2).rev() {
            heads.sink(at, &precedes);
        }
        heads
    }

    pub(super) fn least(&self) -> Option<usize> {
        self.0.first().copied()
    }

    /// Puts the least in its place after its row changed.
    pub(super) fn settle(&mut self, precedes: impl Fn(usize, usize) -> bool) {
        self.sink(0, &precedes);
    }

    /// Of the run that has ended. Settle afterwards.
    pub(super) fn remove_least(&mut self) {
        if !self.0.is_empty() {
            self.0.swap_remove(0);
        }
    }

    /// Runs that have not ended.
    pub(super) fn members(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().copied()
    }

    fn sink(&mut self, mut at: usize, precedes: &impl Fn(usize, usize) -> bool) {
        loop {
            let mut least = at;
            for child in [2 * at + 1, 2 * at + 2] {
                if child < self.0.len() && precedes(self.0[child], self.0[least]) {
                    least = child;
                }
            }
            if least == at {
                return;
            }
            self.0.swap(at, least);
            at = least;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn runs_come_out_merged(mut runs in proptest::collection::vec(proptest::collection::vec(0_u8..20, 1..9), 0..9)) {
            runs.iter_mut().for_each(|run| run.sort_unstable());
            let mut expected = runs.concat();
            expected.sort_unstable();
            let mut at = vec![0; runs.len()];
            let mut merged = Vec::new();
            let mut heads = Heads::new(runs.len(), |a, b| runs[a][0] < runs[b][0]);
            while let Some(run) = heads.least() {
                merged.push(runs[run][at[run]]);
                at[run] += 1;
                if at[run] == runs[run].len() {
                    heads.remove_least();
                }
                heads.settle(|a, b| runs[a][at[a]] < runs[b][at[b]]);
            }
            prop_assert_eq!(merged, expected);
        }
    }
}
