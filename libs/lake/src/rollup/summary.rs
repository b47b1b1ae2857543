//! What a row says: counts, durations, people, samples. Which of them a kind fills is the kind's matter.

use super::{Distinct, Histogram, Samples, Satisfaction};

/// Summaries of one key merge field by field, in any order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Durations of what succeeded.
    pub ok: Histogram,
    /// Durations of what failed. Exceptions are counted here, without a duration.
    pub failed: Histogram,
    pub satisfaction: Satisfaction,
    pub people: Distinct,
    pub samples: Samples,
    /// What the name stands for, such as a statement.
    pub text: Option<Box<str>>,
}

impl Summary {
    /// Counts one duration.
    #[inline]
    pub fn count(&mut self, duration_ns: u64, is_error: bool) {
        if is_error { &mut self.failed } else { &mut self.ok }.add(duration_ns);
    }

    pub fn merge(&mut self, other: &Self) {
        self.ok.merge(&other.ok);
        self.failed.merge(&other.failed);
        self.satisfaction.merge(&other.satisfaction);
        self.people.merge(&other.people);
        self.samples.merge(&other.samples);
        self.merge_text(other.text.as_deref());
    }

    /// Of two texts for one name the first in the alphabet is kept, whichever came first.
    pub fn merge_text(&mut self, other: Option<&str>) {
        let Some(other) = other else { return };
        if self.text.as_deref().is_none_or(|held| other < held) {
            self.text = Some(other.into());
        }
    }

    /// All that was counted.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.ok.count().saturating_add(self.failed.count())
    }
}

/// What tells people apart; the name of rows of [`super::Kind::Users`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identity {
    /// `user.id`
    User,
    /// `session.id`
    Session,
    /// Client address and user agent.
    Client,
}

impl Identity {
    pub const ALL: [Self; 3] = [Self::User, Self::Session, Self::Client];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Session => "session",
            Self::Client => "client",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|identity| identity.as_str() == text)
    }
}
