//! The memory itself: plain maps, no clock, no network.

use std::collections::HashMap;

use naru_ids::KeyId;
use naru_license_api::{KeyDigest, KeyEvent, Refused, Verdict};

use super::{FRESH, REFUSED_FRESH, STALE_MAX};

/// Keys remembered at a time. Junk keys fill it first, and are dropped first.
const KEYS_MAX: usize = 200_000;

#[derive(Debug, Default)]
pub(super) struct Known {
    keys: HashMap<KeyDigest, Word>,
    /// Where to find a key that an event names by its id.
    by_id: HashMap<KeyId, KeyDigest>,
    /// The newest version heard of a key, whoever said it.
    versions: HashMap<KeyId, u64>,
}

#[derive(Debug, Clone)]
struct Word {
    verdict: Verdict,
    said_ms: u64,
    used_ms: u64,
}

impl Known {
    /// What needs no question. Good keys are kept fresh in the background, so they serve while they are not stale.
    pub(super) fn fresh(&mut self, digest: KeyDigest, now_ms: u64) -> Option<Verdict> {
        let word = self.keys.get_mut(&digest)?;
        word.used_ms = now_ms;
        let kept = match word.verdict {
            Verdict::Good(_) => 2 * FRESH,
            Verdict::Refused { .. } => REFUSED_FRESH,
        };
        is_within(word.said_ms, now_ms, kept).then(|| word.verdict.clone())
    }

    /// What serves while license is away. An old "unknown" does not: the key may have been issued since, and its
    /// sender would drop what it could send again.
    pub(super) fn stale(&self, digest: KeyDigest, now_ms: u64) -> Option<Verdict> {
        let word = self.keys.get(&digest)?;
        let may_have_changed =
            matches!(word.verdict, Verdict::Refused { reason: Refused::Unknown | Refused::WrongRegion, .. });
        (!may_have_changed && is_within(word.said_ms, now_ms, STALE_MAX)).then(|| word.verdict.clone())
    }

    /// Takes license's answer unless something newer is known of the same key; what is known afterwards.
    pub(super) fn learn(&mut self, digest: KeyDigest, verdict: Verdict, now_ms: u64) -> Verdict {
        let older = self.keys.get(&digest).filter(|word| is_older(&verdict, &word.verdict));
        let tombstone = match &verdict {
            Verdict::Good(claims) => {
                self.versions.get(&claims.key).is_some_and(|version| *version > claims.version)
            }
            Verdict::Refused { .. } => false,
        };
        if let Some(word) = older {
            return word.verdict.clone();
        }
        if tombstone {
            return Verdict::Refused { reason: Refused::Revoked, project: None, version: 0 };
        }
        self.store(digest, verdict.clone(), now_ms);
        verdict
    }

    /// An event is newer than whatever was asked before it.
    pub(super) fn hear(&mut self, event: KeyEvent, now_ms: u64) {
        let version = version_of(&event.verdict);
        let newest = self.versions.entry(event.key).or_default();
        if version < *newest {
            return;
        }
        *newest = version;
        if let Some(digest) = event.digest.or_else(|| self.by_id.get(&event.key).copied()) {
            self.store(digest, event.verdict, now_ms);
        }
    }

    fn store(&mut self, digest: KeyDigest, verdict: Verdict, now_ms: u64) {
        if let Verdict::Good(claims) = &verdict {
            self.by_id.insert(claims.key, digest);
            let newest = self.versions.entry(claims.key).or_default();
            *newest = claims.version.max(*newest);
        }
        let used_ms = self.keys.get(&digest).map_or(now_ms, |word| word.used_ms);
        self.keys.insert(digest, Word { verdict, said_ms: now_ms, used_ms });
        if self.keys.len() > KEYS_MAX {
            self.forget_refused();
        }
    }

    /// Keys that somebody used within the stale time: those worth asking about.
    pub(super) fn in_use(&self, now_ms: u64) -> Vec<KeyDigest> {
        let is_used = |word: &Word| {
            is_within(word.used_ms, now_ms, STALE_MAX) && matches!(word.verdict, Verdict::Good(_))
        };
        self.keys.iter().filter(|(_, word)| is_used(word)).map(|(digest, _)| *digest).collect()
    }

    fn forget_refused(&mut self) {
        self.keys.retain(|_, word| matches!(word.verdict, Verdict::Good(_)));
        if self.versions.len() > KEYS_MAX {
            let (keys, by_id) = (&self.keys, &self.by_id);
            self.versions.retain(|key, _| by_id.get(key).is_some_and(|digest| keys.contains_key(digest)));
        }
    }
}

fn is_within(then_ms: u64, now_ms: u64, kept: std::time::Duration) -> bool {
    u128::from(now_ms.saturating_sub(then_ms)) <= kept.as_millis()
}

/// "Unknown" has no version: when license says it, it is obeyed.
fn is_older(new: &Verdict, known: &Verdict) -> bool {
    let new = version_of(new);
    new != 0 && new < version_of(known)
}

fn version_of(verdict: &Verdict) -> u64 {
    match verdict {
        Verdict::Good(claims) => claims.version,
        Verdict::Refused { version, .. } => *version,
    }
}

#[cfg(test)]
mod tests {
    use naru_ids::{ProjectId, TenantId, UnixMs};
    use naru_license_api::{Claims, KeyText};
    use uuid::Uuid;

    use super::*;

    const MINUTE_MS: u64 = 60_000;

    fn good(key: KeyId, version: u64) -> Verdict {
        let (tenant, project) = (TenantId::from_uuid(Uuid::nil()), ProjectId::from_uuid(Uuid::nil()));
        Verdict::Good(Claims { tenant, project, key, version, retention_days: 14, expires_ms: None })
    }

    fn revoked(version: u64) -> Verdict {
        Verdict::Refused { reason: Refused::Revoked, project: None, version }
    }

    fn key() -> (KeyId, KeyDigest) {
        (KeyId::new(UnixMs(1)), KeyText::generate("local").digest())
    }

    #[test]
    fn a_good_key_serves_stale_for_an_hour_and_no_longer() {
        let (id, digest) = key();
        let mut known = Known::default();
        known.learn(digest, good(id, 1), 0);
        assert!(known.fresh(digest, MINUTE_MS / 2).is_some());
        assert!(known.fresh(digest, 2 * MINUTE_MS).is_none());
        assert!(known.stale(digest, 59 * MINUTE_MS).is_some());
        assert!(known.stale(digest, 61 * MINUTE_MS).is_none());
    }

    #[test]
    fn a_revocation_counts_at_once_and_an_older_answer_does_not_bring_the_key_back() {
        let (id, digest) = key();
        let mut known = Known::default();
        known.learn(digest, good(id, 1), 0);
        known.hear(KeyEvent { v: 1, key: id, digest: None, verdict: revoked(2) }, 10);
        assert_eq!(known.fresh(digest, 10), Some(revoked(2)));
        assert_eq!(known.learn(digest, good(id, 1), 20), revoked(2));
    }

    #[test]
    fn a_revocation_of_a_key_not_seen_yet_leaves_a_tombstone() {
        let (id, digest) = key();
        let mut known = Known::default();
        known.hear(KeyEvent { v: 1, key: id, digest: None, verdict: revoked(2) }, 10);
        assert!(matches!(known.learn(digest, good(id, 1), 20), Verdict::Refused { .. }));
        assert_eq!(known.learn(digest, good(id, 3), 30), good(id, 3));
    }

    #[test]
    fn while_license_is_away_a_revoked_key_stays_refused_and_an_unknown_one_is_not_called_unknown() {
        let ((id, revoked_key), (_, junk)) = (key(), key());
        let mut known = Known::default();
        known.learn(revoked_key, good(id, 1), 0);
        known.learn(revoked_key, revoked(2), 0);
        known.learn(junk, Verdict::Refused { reason: Refused::Unknown, project: None, version: 0 }, 0);
        assert_eq!(known.stale(revoked_key, MINUTE_MS), Some(revoked(2)));
        assert_eq!(known.stale(junk, MINUTE_MS), None);
    }

    #[test]
    fn license_is_obeyed_when_it_no_longer_knows_a_key() {
        let (id, digest) = key();
        let mut known = Known::default();
        known.learn(digest, good(id, 5), 0);
        let unknown = Verdict::Refused { reason: Refused::Unknown, project: None, version: 0 };
        assert_eq!(known.learn(digest, unknown.clone(), 10), unknown);
        assert!(known.fresh(digest, 10 + 6_000).is_none());
    }
}
