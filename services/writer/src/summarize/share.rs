//! A part of all calls: those of a large project, counted again at once, would not fit in memory.

/// Calls whose id leaves this remainder. Other counts belong to the first share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    number: u64,
    of: u64,
}

impl Share {
    pub(crate) const ALL: Self = Self { number: 0, of: 1 };

    /// As many as it takes for each to have so many of `items` or fewer.
    pub(crate) fn each(items: u64, items_max: u64) -> impl Iterator<Item = Self> {
        let of = items.div_ceil(items_max.max(1)).max(1);
        (0..of).map(move |number| Self { number, of })
    }

    pub(super) const fn holds(self, call_id: u64) -> bool {
        call_id % self.of == self.number
    }

    pub(crate) const fn is_first(self) -> bool {
        self.number == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_is_in_one_share_and_there_is_always_a_first() {
        for (items, shares) in [(0, 1), (1, 1), (10, 1), (11, 2), (95, 10)] {
            let all: Vec<Share> = Share::each(items, 10).collect();
            assert_eq!(all.len(), shares, "{items}");
            assert!(all[0].is_first() && all[1..].iter().all(|share| !share.is_first()));
            assert!((0..100).all(|id| all.iter().filter(|share| share.holds(id)).count() == 1));
        }
    }
}
