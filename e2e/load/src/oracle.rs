//! The oracle: what the ledger promises against what a reader found.

use std::{collections::HashMap, fmt};

use crate::{
    corpus::{Corpus, ItemKey, Part, Signal},
    ledger::{Account, Outcome},
    read::Billed,
};

/// Counts of items, by what should have become of them and what did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub acknowledged: u64,
    pub unknown: u64,
    pub rejected: u64,
    /// Acknowledged, and not found.
    pub lost: u64,
    /// Found more than once, whoever sent it.
    pub doubled: u64,
    /// Of requests that were finally refused, yet stored. A client may have given up, so this is no error by itself.
    pub stored_though_rejected: u64,
    /// Found once, of requests without an answer: allowed.
    pub stored_of_unknown: u64,
    /// Found, and never sent by this ledger's client.
    pub strangers: u64,
    pub found: u64,
}

impl Verdict {
    /// Nothing acknowledged is missing, nothing is there twice, nothing came from nowhere.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.strangers == 0
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} acknowledged, {} lost, {} doubled, {} strangers; {} without an answer ({} of them stored), {} rejected ({} stored); {} found",
            self.acknowledged,
            self.lost,
            self.doubled,
            self.strangers,
            self.unknown,
            self.stored_of_unknown,
            self.rejected,
            self.stored_though_rejected,
            self.found
        )
    }
}

/// What the ledger knows of one key.
#[derive(Default)]
struct Sent {
    acknowledged: u32,
    unknown: u32,
    rejected: u32,
}

/// Judges the items that a reader can see.
#[must_use]
pub fn judge(account: &Account, corpus: &Corpus, found: &HashMap<ItemKey, u32>, part: Part) -> Verdict {
    let mut sent: HashMap<ItemKey, Sent> = HashMap::new();
    for (&number, entry) in &account.requests {
        for key in corpus.keys(number, entry.base_ms, part) {
            let of_key = sent.entry(key).or_default();
            *match entry.outcome {
                Outcome::Acknowledged { .. } => &mut of_key.acknowledged,
                Outcome::Unknown => &mut of_key.unknown,
                Outcome::Rejected { .. } => &mut of_key.rejected,
            } += 1;
        }
    }
    let mut verdict = Verdict { found: found.values().copied().map(u64::from).sum(), ..Verdict::default() };
    verdict.strangers = verdict.found;
    for (key, sent) in &sent {
        let times = found.get(key).copied().unwrap_or(0);
        verdict.strangers -= u64::from(times);
        verdict.acknowledged += u64::from(sent.acknowledged);
        verdict.unknown += u64::from(sent.unknown);
        verdict.rejected += u64::from(sent.rejected);
        verdict.lost += u64::from(sent.acknowledged.saturating_sub(times));
        // What is left is of those without an answer first, then of those that were refused.
        let left = times.saturating_sub(sent.acknowledged);
        verdict.stored_of_unknown += u64::from(left.min(sent.unknown));
        let left = left.saturating_sub(sent.unknown);
        verdict.stored_though_rejected += u64::from(left.min(sent.rejected));
        verdict.doubled += u64::from(left.saturating_sub(sent.rejected));
    }
    verdict
}

/// What a tenant must have been billed for, if nobody else sends with its key.
#[must_use]
pub fn is_billed_for(account: &Account, billed: &Billed) -> bool {
    [
        (Signal::Traces, billed.spans),
        (Signal::Metrics, billed.metric_points),
        (Signal::Logs, billed.log_records),
    ]
    .into_iter()
    .all(|(signal, billed)| {
        let items = |is_counted: fn(&Outcome) -> bool| -> u64 {
            let entries = account.requests.values().filter(|entry| entry.signal == signal);
            entries.filter(|entry| is_counted(&entry.outcome)).map(|entry| u64::from(entry.items)).sum()
        };
        // What had no answer may be stored or not, and so may the rest of what was rejected in part.
        let at_least = items(|outcome| matches!(outcome, Outcome::Acknowledged { .. }));
        (at_least..=items(|_| true)).contains(&billed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{corpus::Shape, ledger::Entry};

    fn account(outcomes: &[Outcome]) -> Account {
        let requests = outcomes.iter().enumerate().map(|(number, outcome)| {
            let (signal, outcome) = (Signal::Traces, outcome.clone());
            (number as u64, Entry { base_ms: 1, tenant: 0, signal, items: 10, outcome })
        });
        let shape = Shape { seed: 1, traces_per_request: 2, ..Shape::default() };
        Account { shape, requests: requests.collect() }
    }

    const SPANS: Part = Part::All(Signal::Traces);

    fn all_of(corpus: &Corpus, number: u64) -> Vec<ItemKey> {
        corpus.keys(number, 1, SPANS)
    }

    #[test]
    fn a_lost_a_doubled_and_a_strange_span_are_each_caught() {
        let corpus = Corpus::new(1, 2);
        let acknowledged = Outcome::Acknowledged { ms: 1.0, attempts: 1 };
        let account = account(&[acknowledged.clone(), acknowledged, Outcome::Unknown]);
        let mut found: HashMap<_, _> =
            [0, 1].iter().flat_map(|&n| all_of(&corpus, n)).map(|key| (key, 1)).collect();
        assert!(judge(&account, &corpus, &found, SPANS).holds());

        let victim = all_of(&corpus, 1)[0];
        found.insert(victim, 2);
        assert_eq!(judge(&account, &corpus, &found, SPANS).doubled, 1);
        found.remove(&victim);
        assert_eq!(judge(&account, &corpus, &found, SPANS).lost, 1);
        found.insert(victim, 1);
        found.insert(ItemKey::Ids { trace_id: 4, span_id: 4 }, 1);
        assert_eq!(judge(&account, &corpus, &found, SPANS).strangers, 1);
    }

    #[test]
    fn an_unanswered_request_may_be_stored_or_not_but_never_twice() {
        let corpus = Corpus::new(1, 2);
        let account = account(&[Outcome::Unknown]);
        assert!(judge(&account, &corpus, &HashMap::new(), SPANS).holds());
        let twice = all_of(&corpus, 0).into_iter().map(|key| (key, 2)).collect();
        assert!(!judge(&account, &corpus, &twice, SPANS).holds());
    }

    #[test]
    fn of_points_that_share_their_times_each_counts() {
        let shape = Shape { seed: 1, traces_per_request: 2, with_metrics: true, ..Shape::default() };
        let (corpus, points) = (Corpus::of(shape), Part::All(Signal::Metrics));
        let acknowledged = Outcome::Acknowledged { ms: 1.0, attempts: 1 };
        let mut account = account(&[]);
        for number in [8, 18] {
            let signal = Signal::Metrics;
            let entry = Entry { base_ms: 9, tenant: 0, signal, items: 1, outcome: acknowledged.clone() };
            account.requests.insert(number, entry);
        }
        let mut found: HashMap<_, u32> = HashMap::new();
        for number in [8, 18] {
            corpus.keys(number, 9, points).into_iter().for_each(|key| *found.entry(key).or_default() += 1);
        }
        assert!(judge(&account, &corpus, &found, points).holds());
        let shared = *found.iter().find(|(_, times)| **times == 2).unwrap().0;
        found.insert(shared, 1);
        assert_eq!(judge(&account, &corpus, &found, points).lost, 1);
        found.insert(shared, 3);
        assert_eq!(judge(&account, &corpus, &found, points).doubled, 1);
    }

    #[test]
    fn a_bill_covers_what_was_acknowledged_and_nothing_that_was_not_sent() {
        let account = account(&[Outcome::Acknowledged { ms: 1.0, attempts: 1 }, Outcome::Unknown]);
        let billed = |spans| Billed { spans, metric_points: 0, log_records: 0 };
        for (spans, is_right) in [(9, false), (10, true), (20, true), (21, false)] {
            assert_eq!(is_billed_for(&account, &billed(spans)), is_right, "{spans}");
        }
        assert!(!is_billed_for(&account, &Billed { log_records: 1, ..billed(10) }));
    }
}
