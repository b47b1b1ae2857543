//! What must hold when all faults are over.

use std::collections::BTreeMap;

use super::{catalog::Catalog, clients::Clients};

/// Says what is wrong, if anything is.
pub(super) fn judge(clients: &Clients, catalog: &Catalog) -> Result<(), String> {
    let mut committed_seq = 0;
    for cut in catalog.cuts.iter().map(|attempt| &attempt.cut) {
        if cut.prev_seq != committed_seq {
            return Err(format!("a cut {}..{} follows {committed_seq}", cut.prev_seq, cut.last_seq));
        }
        committed_seq = cut.last_seq;
    }
    let mut rows: BTreeMap<i64, u32> = BTreeMap::new();
    let mut quarantined: BTreeMap<&[u8], u32> = BTreeMap::new();
    for attempt in &catalog.cuts {
        attempt.rows.iter().for_each(|&row| *rows.entry(row).or_default() += 1);
        attempt.quarantined.iter().for_each(|bytes| *quarantined.entry(bytes).or_default() += 1);
    }
    let mut billable = 0;
    for (number, request) in clients.requests.iter().enumerate() {
        let times: Vec<u32> = if request.rows.is_empty() {
            vec![quarantined.get(request.entry.bytes.as_ref()).copied().unwrap_or(0)]
        } else {
            request.rows.iter().map(|row| rows.get(row).copied().unwrap_or(0)).collect()
        };
        let least = u32::from(request.is_acknowledged);
        if let Some(wrong) = times.iter().find(|times| !(least..=1).contains(*times)) {
            let known = if request.is_acknowledged { "acknowledged" } else { "unanswered" };
            return Err(format!("request {number}, {known}, is stored {wrong} times"));
        }
        if !request.entry.is_unbilled {
            billable +=
                times.iter().filter(|_| !request.rows.is_empty()).map(|&times| u64::from(times)).sum::<u64>();
        }
    }
    let billed: u64 =
        catalog.cuts.iter().flat_map(|attempt| &attempt.cut.usage).map(|usage| usage.items).sum();
    if billed != billable {
        return Err(format!("{billed} rows are billed, and {billable} are stored"));
    }
    Ok(())
}
