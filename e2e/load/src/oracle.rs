//! The oracle: what the ledger promises against what a reader found.

use std::{collections::HashMap, fmt};

use crate::{
    corpus::{Corpus, Signal, SpanKey},
    ledger::{Account, Outcome},
    read::Billed,
};

/// Counts of spans, by what should have become of them and what did.
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

/// Judges all spans, or only entry spans for a reader that sees no others.
#[must_use]
pub fn judge(
    account: &Account,
    corpus: &Corpus,
    found: &HashMap<SpanKey, u32>,
    entries_only: bool,
) -> Verdict {
    let mut verdict =
        Verdict { found: found.values().map(|&times| u64::from(times)).sum(), ..Verdict::default() };
    let mut known = 0;
    for (&number, entry) in &account.requests {
        for (key, is_entry) in corpus.spans(number) {
            if entries_only && !is_entry {
                continue;
            }
            let times = found.get(&key).copied().unwrap_or(0);
            known += u64::from(times);
            verdict.doubled += u64::from(times.saturating_sub(1));
            let is_stored = u64::from(times > 0);
            match entry.outcome {
                Outcome::Acknowledged { .. } => {
                    verdict.acknowledged += 1;
                    verdict.lost += 1 - is_stored;
                }
                Outcome::Unknown => {
                    verdict.unknown += 1;
                    verdict.stored_of_unknown += is_stored;
                }
                Outcome::Rejected { .. } => {
                    verdict.rejected += 1;
                    verdict.stored_though_rejected += is_stored;
                }
            }
        }
    }
    verdict.strangers = verdict.found - known;
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
    use crate::{
        corpus::{Shape, Signal},
        ledger::Entry,
    };

    fn account(outcomes: &[Outcome]) -> Account {
        let requests = outcomes.iter().enumerate().map(|(number, outcome)| {
            let (signal, outcome) = (Signal::Traces, outcome.clone());
            (number as u64, Entry { base_ms: 1, tenant: 0, signal, items: 10, outcome })
        });
        let shape = Shape { seed: 1, traces_per_request: 2, ..Shape::default() };
        Account { shape, requests: requests.collect() }
    }

    fn all_of(corpus: &Corpus, number: u64) -> Vec<SpanKey> {
        corpus.spans(number).map(|(key, _)| key).collect()
    }

    #[test]
    fn a_lost_a_doubled_and_a_strange_span_are_each_caught() {
        let corpus = Corpus::new(1, 2);
        let acknowledged = Outcome::Acknowledged { ms: 1.0, attempts: 1 };
        let account = account(&[acknowledged.clone(), acknowledged, Outcome::Unknown]);
        let mut found: HashMap<_, _> =
            [0, 1].iter().flat_map(|&n| all_of(&corpus, n)).map(|key| (key, 1)).collect();
        assert!(judge(&account, &corpus, &found, false).holds());

        let victim = all_of(&corpus, 1)[0];
        found.insert(victim, 2);
        assert_eq!(judge(&account, &corpus, &found, false).doubled, 1);
        found.remove(&victim);
        assert_eq!(judge(&account, &corpus, &found, false).lost, 1);
        found.insert(victim, 1);
        found.insert(SpanKey { trace_id: 4, span_id: 4 }, 1);
        assert_eq!(judge(&account, &corpus, &found, false).strangers, 1);
    }

    #[test]
    fn an_unanswered_request_may_be_stored_or_not_but_never_twice() {
        let corpus = Corpus::new(1, 2);
        let account = account(&[Outcome::Unknown]);
        assert!(judge(&account, &corpus, &HashMap::new(), false).holds());
        let twice = all_of(&corpus, 0).into_iter().map(|key| (key, 2)).collect();
        assert!(!judge(&account, &corpus, &twice, false).holds());
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
