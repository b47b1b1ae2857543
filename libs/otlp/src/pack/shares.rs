//! Whose bytes a pack holds, in a header beside it: who counts what waits on the bus reads no packs for it.

use std::collections::HashMap;

use naru_ids::TenantId;

use super::PackedEntry;

/// The header's name on the bus.
pub const SHARES_HEADER: &str = "Naru-Shares";
/// Of a pack with more tenants these many are named, those with most of it; the others hold too little to matter.
pub const SHARES_MAX: usize = 16;

/// Each tenant's part of one message, in bytes on the bus; the largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shares(Vec<(TenantId, u64)>);

impl Shares {
    /// A message's bytes are shared out by what went into it: it is compressed as one.
    pub(super) fn of(entries: &[PackedEntry], message_bytes: usize) -> Self {
        let mut raw: HashMap<TenantId, u64> = HashMap::new();
        for entry in entries {
            *raw.entry(entry.tenant).or_default() += entry.bytes.len() as u64;
        }
        let all = raw.values().sum::<u64>().max(1);
        let part = |bytes: u64| bytes * message_bytes as u64 / all;
        let mut shares: Vec<_> = raw.into_iter().map(|(tenant, bytes)| (tenant, part(bytes))).collect();
        shares.sort_unstable_by_key(|&(tenant, bytes)| (std::cmp::Reverse(bytes), tenant));
        shares.truncate(SHARES_MAX);
        Self(shares)
    }

    pub fn iter(&self) -> impl Iterator<Item = (TenantId, u64)> + '_ {
        self.0.iter().copied()
    }

    /// `<32 hex letters>=<bytes>`, with commas between.
    #[must_use]
    pub fn to_text(&self) -> String {
        let one = |(tenant, bytes): (TenantId, u64)| format!("{}={bytes}", tenant.hex());
        self.iter().map(one).collect::<Vec<_>>().join(",")
    }

    /// What cannot be read is left out: this is counted, never billed.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let one = |part: &str| {
            let (tenant, bytes) = part.split_once('=')?;
            Some((TenantId::from_hex(tenant)?, bytes.parse().ok()?))
        };
        Self(text.split(',').filter_map(one).take(SHARES_MAX).collect())
    }
}

#[cfg(test)]
mod tests {
    use naru_ids::UnixMs;

    use super::*;

    #[test]
    fn shares_are_read_as_they_were_written_and_nonsense_is_left_out() {
        let shares = Shares((1..4).map(|n| (TenantId::new(UnixMs(n)), n * 1_000)).collect());
        assert_eq!(Shares::from_text(&shares.to_text()), shares);
        assert_eq!(Shares::from_text("nonsense,=5,abc=1"), Shares::default());
        assert_eq!(Shares::from_text(""), Shares::default());
    }
}
