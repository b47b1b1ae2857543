//! Fingerprints of statements, remembered: the same few come again and again.

use std::sync::Arc;

use naru_lake::rollup::sql::{Dialect, fingerprint};
use xxhash_rust::xxh3::xxh3_128;

use super::remembered::{Memory, Remembered};

/// The name a statement is counted under, and its text without values.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    /// `<db.system>/<fingerprint in hex>`
    pub(super) name: Arc<str>,
    pub(super) text: Arc<str>,
}

#[derive(Debug)]
pub(super) struct Statements(Remembered<Statement>);

impl Statements {
    pub(super) fn new(memory: Arc<Memory>) -> Self {
        Self(Remembered::new(memory))
    }

    /// `None` for systems that are not asked in SQL.
    pub(super) fn of(&mut self, system: &str, sql: &str) -> Option<Statement> {
        let dialect = Dialect::of_db_system(system)?;
        // The system is part of it: databases disagree about what a string is.
        let hash = xxh3_128(sql.as_bytes()) ^ xxh3_128(system.as_bytes()).rotate_left(1);
        if let Some(known) = self.0.get(hash) {
            return Some(known.clone());
        }
        let fingerprint = fingerprint(sql, dialect);
        let statement = Statement {
            name: format!("{system}/{:016x}", fingerprint.id).into(),
            text: fingerprint.text.into(),
        };
        self.0.keep(hash, statement.clone(), statement.name.len() + statement.text.len());
        Some(statement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_differ_in_values_alone_have_one_name() {
        let mut statements = Statements::new(Arc::new(Memory::new(1 << 20)));
        let one = statements.of("postgresql", "select * from orders where id = 7").unwrap();
        let other = statements.of("postgresql", "select * from orders where id = 8").unwrap();
        assert_eq!((&one.name, &*one.text), (&other.name, "select * from orders where id = ?"));
        assert!(statements.of("redis", "GET cart:7").is_none());
        assert_ne!(statements.of("mysql", "select * from orders where id = 7").unwrap().name, one.name);
    }
}
