//! What databases disagree about, as far as it moves the end of a string, a name or a comment.

/// Which rules a statement was written by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    Postgres,
    MySql,
    SqlServer,
    Oracle,
    Sqlite,
    /// Some SQL, or something like it. What the others disagree about is left out.
    Unknown,
}

/// Whether a backslash in a string guards the quote behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backslash {
    Guards,
    IsText,
    Disputed,
}

impl Dialect {
    /// By `db.system.name` (semantic conventions 1.44) or the older `db.system`. `None` for systems that aren't asked in
    /// SQL: their commands are no statements, and values stand in them bare.
    #[must_use]
    pub fn of_db_system(name: &str) -> Option<Self> {
        Some(match name {
            "postgresql" | "cockroachdb" => Self::Postgres,
            "mysql" | "mariadb" => Self::MySql,
            "microsoft.sql_server" | "mssql" => Self::SqlServer,
            "oracle.db" | "oracle" => Self::Oracle,
            "sqlite" => Self::Sqlite,
            "redis" | "memcached" | "mongodb" | "elasticsearch" | "opensearch" | "couchdb"
            | "aws.dynamodb" | "dynamodb" | "hbase" | "geode" | "neo4j" => return None,
            _ => Self::Unknown,
        })
    }

    /// In `'…'` without a prefix, as the database is set up when nobody changes it.
    pub(super) const fn backslash(self) -> Backslash {
        match self {
            Self::MySql => Backslash::Guards,
            Self::Postgres | Self::SqlServer | Self::Oracle | Self::Sqlite => Backslash::IsText,
            Self::Unknown => Backslash::Disputed,
        }
    }

    /// `"…"` is a name for certain. MySQL takes it for a string, SQLite for whichever makes sense.
    pub(super) const fn double_quotes_are_names(self) -> bool {
        matches!(self, Self::Postgres | Self::SqlServer | Self::Oracle)
    }

    pub(super) const fn backticks_are_names(self) -> bool {
        matches!(self, Self::MySql | Self::Sqlite | Self::Unknown)
    }

    pub(super) const fn brackets_are_names(self) -> bool {
        matches!(self, Self::SqlServer | Self::Sqlite)
    }

    /// `/* /* */ */` is one comment; `None` where databases disagree.
    pub(super) const fn comments_nest(self) -> Option<bool> {
        match self {
            Self::Postgres | Self::SqlServer => Some(true),
            Self::MySql | Self::Oracle | Self::Sqlite => Some(false),
            Self::Unknown => None,
        }
    }

    /// `$tag$…$tag$` is a string.
    pub(super) const fn has_dollar_quotes(self) -> bool {
        matches!(self, Self::Postgres | Self::Unknown)
    }

    /// `q'[…]'` is a string. Nobody else puts a q before a quote.
    pub(super) const fn has_q_quotes(self) -> bool {
        matches!(self, Self::Oracle | Self::Unknown)
    }

    /// `#` belongs to names: `#staged`, `sys$x#1`.
    pub(super) const fn hash_is_letter(self) -> bool {
        matches!(self, Self::SqlServer | Self::Oracle)
    }
}
