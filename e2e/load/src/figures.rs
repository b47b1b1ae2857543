//! Figures of transactions by their definitions: every duration is sorted, every person is kept, nothing is summed up
//! beforehand. What a dashboard shows can be held against them.

use std::collections::BTreeSet;

/// T of the APDEX of applications that do not say theirs.
const APDEX_T_NS: u64 = 500_000_000;

/// An entry span: a root, or one of kind SERVER or CONSUMER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    pub application: String,
    /// Unix ns.
    pub start_ns: u64,
    pub duration_ns: u64,
    /// Its status says so.
    pub is_error: bool,
    /// Whom the agent named.
    pub user: Option<String>,
}

/// Of some transactions. Times in ms.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    pub transactions: u64,
    pub errors: u64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    pub mean_ms: f64,
    pub max_ms: f64,
    /// 0 (everybody frustrated) to 1: satisfied up to T, half as much up to 4 T, not at all beyond or with an error.
    pub apdex: f64,
    /// Different people.
    pub users: u64,
}

impl Figures {
    /// `None` of nothing.
    #[must_use]
    pub fn of<'a>(transactions: impl Iterator<Item = &'a Transaction>) -> Option<Self> {
        let all: Vec<&Transaction> = transactions.collect();
        let mut ms: Vec<f64> = all.iter().map(|one| one.duration_ns as f64 / 1e6).collect();
        ms.sort_by(f64::total_cmp);
        let max_ms = *ms.last()?;
        let count = all.len() as f64;
        // Rank ⌈q × count⌉ of the sorted ones, the first is 1.
        let quantile = |q: f64| ms[((q * count).ceil() as usize).clamp(1, ms.len()) - 1];
        let users: BTreeSet<&str> = all.iter().filter_map(|one| one.user.as_deref()).collect();
        Some(Self {
            transactions: all.len() as u64,
            errors: all.iter().filter(|one| one.is_error).count() as u64,
            p50_ms: quantile(0.50),
            p95_ms: quantile(0.95),
            p99_ms: quantile(0.99),
            mean_ms: ms.iter().sum::<f64>() / count,
            max_ms,
            apdex: all.iter().map(|one| satisfaction(one)).sum::<f64>() / count,
            users: users.len() as u64,
        })
    }
}

fn satisfaction(transaction: &Transaction) -> f64 {
    match transaction {
        Transaction { is_error: true, .. } => 0.0,
        Transaction { duration_ns: ..=APDEX_T_NS, .. } => 1.0,
        Transaction { duration_ns, .. } if *duration_ns <= 4 * APDEX_T_NS => 0.5,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transaction(duration_ms: u64, is_error: bool, user: &str) -> Transaction {
        Transaction {
            application: "shop".to_owned(),
            start_ns: 1,
            duration_ns: duration_ms * 1_000_000,
            is_error,
            user: Some(user.to_owned()),
        }
    }

    #[test]
    fn figures_follow_their_definitions() {
        let all = [
            transaction(500, false, "ann"),
            transaction(501, false, "bob"),
            transaction(2_000, false, "ann"),
            transaction(2_001, false, "eve"),
            transaction(3, true, "bob"),
        ];
        let figures = Figures::of(all.iter()).unwrap();
        assert_eq!((figures.transactions, figures.errors, figures.users), (5, 1, 3));
        assert_eq!((figures.p50_ms, figures.p95_ms, figures.p99_ms), (501.0, 2_001.0, 2_001.0));
        assert_eq!((figures.mean_ms, figures.max_ms), (1_001.0, 2_001.0));
        assert_eq!(figures.apdex, (1.0 + 0.5 + 0.5) / 5.0);
        assert_eq!(Figures::of([].iter()), None);
    }
}
