//! What a row of a rollup summarises, and in which buckets of time.

use naru_signal::Table;

/// One kind of summary. What `service` and `name` of its rows mean is said here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Transactions of the whole project. Neither service nor name.
    Project,
    /// Transactions of a service. No name; the agents' language is in `text`.
    Service,
    /// Transactions of one of its instances: the name is `service.instance.id`, or empty.
    Instance,
    /// Transactions of one operation.
    Operation,
    /// Calls between two nodes of the service map; both are [`super::Node`]s as text: caller and called.
    Edge,
    /// Calls that [`Kind::Edge`] counted before it was known who was called: to be taken off.
    EdgeTaken,
    /// Calls of one SQL statement: `<db.system>/<fingerprint in hex>`; the statement is in `text`.
    Statement,
    /// Occurrences of one exception: the fingerprint in hex; its title is in `text`.
    Exception,
    /// Who made transactions of a service, and, without a service, of the project. The name is what tells people apart, see
    /// [`super::Identity`].
    Users,
    /// The slowest transactions, as samples. No name.
    Slowest,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::Project,
        Self::Service,
        Self::Instance,
        Self::Operation,
        Self::Edge,
        Self::EdgeTaken,
        Self::Statement,
        Self::Exception,
        Self::Users,
        Self::Slowest,
    ];

    /// The byte in rows. Never change one: rows hold them.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Service => 1,
            Self::Instance => 2,
            Self::Operation => 3,
            Self::Edge => 4,
            Self::EdgeTaken => 5,
            Self::Statement => 6,
            Self::Exception => 7,
            Self::Users => 8,
            Self::Slowest => 9,
            Self::Project => 10,
        }
    }

    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// How long a bucket is. All divide a UTC day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grain {
    TenSeconds,
    Minute,
    Hour,
}

impl Grain {
    pub const ALL: [Self; 3] = [Self::TenSeconds, Self::Minute, Self::Hour];

    #[must_use]
    pub const fn ns(self) -> i64 {
        let s = match self {
            Self::TenSeconds => 10,
            Self::Minute => 60,
            Self::Hour => 3_600,
        };
        s * 1_000_000_000
    }

    /// Of the buckets of a table; the finest for tables without any.
    #[must_use]
    pub const fn of(table: Table) -> Self {
        match table {
            Table::Rollups1m => Self::Minute,
            Table::Rollups1h => Self::Hour,
            Table::Rollups10s
            | Table::RollupDeltas
            | Table::Spans
            | Table::MetricPoints
            | Table::LogRecords => Self::TenSeconds,
        }
    }

    /// How long buckets are kept, today not counted, for tenants without a wish of their own: days.
    #[must_use]
    pub const fn days_kept(self) -> u32 {
        match self {
            Self::TenSeconds => 7,
            Self::Minute => 90,
            Self::Hour => 396,
        }
    }

    /// Whether the bucket of a moment is still there: unix ns.
    #[must_use]
    pub const fn is_kept(self, at_ns: i64, now_ns: i64) -> bool {
        now_ns.saturating_sub(at_ns) <= self.days_kept() as i64 * 86_400_000_000_000
    }

    /// Where merged rows of this grain lie. Those of fresh cuts lie in [`Table::RollupDeltas`], whatever the grain.
    #[must_use]
    pub const fn table(self) -> Table {
        match self {
            Self::TenSeconds => Table::Rollups10s,
            Self::Minute => Table::Rollups1m,
            Self::Hour => Table::Rollups1h,
        }
    }

    /// Where the bucket begins that a moment falls into: unix ns; also before 1970.
    #[must_use]
    pub const fn floor(self, unix_ns: i64) -> i64 {
        // The first bucket of all is cut short by what an i64 holds.
        unix_ns.saturating_sub(unix_ns.rem_euclid(self.ns()))
    }

    /// Where the next bucket begins, or this one when the moment is its first: unix ns.
    #[must_use]
    pub const fn ceil(self, unix_ns: i64) -> i64 {
        let begin = self.floor(unix_ns);
        if begin == unix_ns { begin } else { begin.saturating_add(self.ns()) }
    }

    /// The coarsest grain of which a step is a whole multiple; `None` for steps that no bucket divides.
    #[must_use]
    pub fn dividing(step_ns: i64) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|grain| step_ns > 0 && step_ns % grain.ns() == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_code_of_its_own() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(Kind::from_code(0), None);
    }

    #[test]
    fn a_moment_is_in_the_bucket_that_began_last() {
        const S: i64 = 1_000_000_000;
        let table = [(0, 0), (9 * S, 0), (10 * S, 10 * S), (-1, -10 * S), (i64::MIN, i64::MIN)];
        for (moment, begin) in table {
            assert_eq!(Grain::TenSeconds.floor(moment), begin, "{moment}");
        }
        assert_eq!(Grain::Hour.floor(3_601 * S), 3_600 * S);
        assert_eq!([3_600, 3_601].map(|s| Grain::Hour.ceil(s * S) / S), [3_600, 7_200]);
    }

    #[test]
    fn a_step_is_read_from_the_coarsest_buckets_that_divide_it() {
        const S: i64 = 1_000_000_000;
        let table = [
            (20 * S, Some(Grain::TenSeconds)),
            (300 * S, Some(Grain::Minute)),
            (7_200 * S, Some(Grain::Hour)),
            (15 * S, None),
            (0, None),
        ];
        for (step, grain) in table {
            assert_eq!(Grain::dividing(step), grain, "{step}");
        }
    }
}
