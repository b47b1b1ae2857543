//! What a cut must say besides rows: which entries it holds, what they count, which could not be read.

use std::collections::BTreeMap;

use bytes::Bytes;
use naru_ids::{ProjectId, TenantId, UnixMs, UsageId};
use naru_lake::catalog::commit::UsageRow;
use naru_signal::Signal;

use crate::tail::TableKey;

const HOUR_MS: u64 = 3_600_000;

/// Filled as packs are decoded, emptied by each cut.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// (entry id, sequence of its pack).
    pub(crate) entries: Vec<(u128, u64)>,
    pub(crate) quarantined: Vec<Quarantined>,
    /// When the bus stored the newest of its packs, unix ms.
    pub(crate) at_ms: u64,
    usage: BTreeMap<(TableKey, u64), Counted>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counted {
    items: u64,
    bytes: u64,
}

/// An entry that could not be decoded, with the bytes as they came.
#[derive(Debug, Clone)]
pub(crate) struct Quarantined {
    pub(crate) tenant: TenantId,
    pub(crate) project: ProjectId,
    pub(crate) signal: Signal,
    pub(crate) seq: u64,
    pub(crate) reason: String,
    pub(crate) received_ms: u64,
    pub(crate) bytes: Bytes,
}

impl Ledger {
    /// Counts stored items under the UTC hour in which the gateway received them.
    pub(crate) fn count(&mut self, key: TableKey, received_ms: u64, items: u64, bytes: u64) {
        let hour_ms = received_ms - received_ms % HOUR_MS;
        let counted = self.usage.entry((key, hour_ms)).or_default();
        counted.items += items;
        counted.bytes += bytes;
    }

    pub(crate) fn absorb(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.quarantined.extend(other.quarantined);
        self.at_ms = self.at_ms.max(other.at_ms);
        for ((key, hour_ms), counted) in other.usage {
            self.count(key, hour_ms, counted.items, counted.bytes);
        }
    }

    /// One outbox row per project, signal and hour.
    pub(crate) fn usage_rows(&self, now: UnixMs) -> Vec<UsageRow> {
        self.usage
            .iter()
            .map(|(&(key, hour_ms), counted)| UsageRow {
                id: UsageId::new(now),
                tenant: key.tenant,
                project: key.project,
                signal: key.signal,
                hour_ms,
                items: counted.items,
                bytes: counted.bytes,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_is_totalled_by_project_signal_and_receive_hour() {
        let key = TableKey {
            tenant: TenantId::new(UnixMs(1)),
            project: ProjectId::new(UnixMs(1)),
            signal: Signal::Traces,
        };
        let mut ledger = Ledger::default();
        ledger.count(key, HOUR_MS + 1, 10, 100);
        let mut more = Ledger { at_ms: 7, ..Ledger::default() };
        more.count(key, 2 * HOUR_MS - 1, 5, 50);
        more.count(key, 2 * HOUR_MS, 1, 1);
        ledger.absorb(more);
        ledger.absorb(Ledger { at_ms: 5, ..Ledger::default() });

        let rows: Vec<_> =
            ledger.usage_rows(UnixMs(9)).iter().map(|row| (row.hour_ms, row.items, row.bytes)).collect();

        assert_eq!(rows, [(HOUR_MS, 15, 150), (2 * HOUR_MS, 1, 1)]);
        assert_eq!(ledger.at_ms, 7, "the newest pack's");
    }
}
