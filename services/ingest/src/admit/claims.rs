//! What this gateway knows of keys: answers of license, kept fresh, never downgraded by an older word.
//!
//! A key that was good stays good for an hour while license is away. If license answers, its word counts. A revocation
//! leaves a tombstone, so that an answer asked before it and arriving after it changes nothing.

mod known;
mod refresh;

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::future::Cache;
use naru_license_api::{Claims, KeyDigest, KeyEvent, ProjectRef, Refused, Verdict};
use naru_runtime::Clock;

use crate::clients::license::License;
use known::Known;

pub(crate) use refresh::keep_fresh;

/// Asked in the background this often; a word this fresh needs no question.
pub(crate) const FRESH: Duration = Duration::from_secs(30);
/// "Unknown" is asked again sooner: the key may have been issued a moment ago. Junk still can't hammer license.
const REFUSED_FRESH: Duration = Duration::from_secs(5);
/// After a question in vain, keys that may serve stale don't wait for another one this long: an agent should not feel
/// that license hangs.
const AWAY_BELIEVED: Duration = Duration::from_secs(5);
/// How long a good key serves without a word from license.
const STALE_MAX: Duration = Duration::from_secs(3_600);

#[derive(Debug)]
pub(crate) struct ClaimsCache {
    license: License,
    clock: Clock,
    known: Mutex<Known>,
    /// Unix ms of the last question in vain.
    away_ms: AtomicU64,
    /// Questions on their way, so that a thousand requests with a new key are one question.
    asking: Cache<KeyDigest, Result<Verdict, ()>>,
}

/// What a request with this key may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Permit {
    Good(Claims),
    Refused {
        reason: Refused,
        project: Option<ProjectRef>,
    },
    /// License can't be asked and we don't know the key.
    Unknown,
}

impl ClaimsCache {
    pub(crate) fn new(license: License, clock: Clock) -> Self {
        // The cache only joins questions that are asked at the same time; what is known lives in `known`.
        let asking = Cache::builder().max_capacity(10_000).time_to_live(Duration::from_millis(200)).build();
        Self { license, clock, known: Mutex::new(Known::default()), away_ms: AtomicU64::new(0), asking }
    }

    pub(crate) async fn permit(&self, digest: KeyDigest) -> Permit {
        let now_ms = self.clock.now().0;
        if let Some(verdict) = self.with(|known| known.fresh(digest, now_ms)) {
            return permit_of(verdict, now_ms);
        }
        if self.is_license_away(now_ms)
            && let Some(verdict) = self.with(|known| known.stale(digest, now_ms))
        {
            return permit_of(verdict, now_ms);
        }
        let asked = self
            .asking
            .get_with(digest, async { self.license.resolve(&[digest]).await.map(|mut v| v.remove(0)) })
            .await;
        match asked {
            Ok(verdict) => {
                let verdict = self.with(|known| known.learn(digest, verdict, now_ms));
                permit_of(verdict, now_ms)
            }
            Err(()) => {
                self.away_ms.store(now_ms, Ordering::Relaxed);
                match self.with(|known| known.stale(digest, now_ms)) {
                    Some(verdict) => permit_of(verdict, now_ms),
                    None => Permit::Unknown,
                }
            }
        }
    }

    fn is_license_away(&self, now_ms: u64) -> bool {
        let since_ms = now_ms.saturating_sub(self.away_ms.load(Ordering::Relaxed));
        u128::from(since_ms) < AWAY_BELIEVED.as_millis()
    }

    pub(crate) fn hear(&self, event: KeyEvent) {
        let now_ms = self.clock.now().0;
        self.with(|known| known.hear(event, now_ms));
    }

    fn with<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        change(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A key can expire between two words of license.
fn permit_of(verdict: Verdict, now_ms: u64) -> Permit {
    match verdict {
        Verdict::Good(claims) if claims.expires_ms.is_some_and(|expires_ms| expires_ms <= now_ms) => {
            let project = ProjectRef { tenant: claims.tenant, project: claims.project };
            Permit::Refused { reason: Refused::Expired, project: Some(project) }
        }
        Verdict::Good(claims) => Permit::Good(claims),
        Verdict::Refused { reason, project, .. } => Permit::Refused { reason, project },
    }
}
