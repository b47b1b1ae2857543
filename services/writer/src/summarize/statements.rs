//! Fingerprints of statements, remembered: the same few come again and again.

use std::sync::Arc;

use super::key::HashMap;
use naru_lake::rollup::sql::{Dialect, fingerprint};
use xxhash_rust::xxh3::xxh3_128;

/// Statements remembered per project. When it is full all are forgotten: those that matter are back at once.
const REMEMBERED_MAX: usize = 10_000;

/// The name a statement is counted under, and its text without values.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    /// `<db.system>/<fingerprint in hex>`
    pub(super) name: Arc<str>,
    pub(super) text: Arc<str>,
}

#[derive(Debug, Default)]
pub(super) struct Statements(HashMap<u128, Statement>);

impl Statements {
    /// `None` for systems that are not asked in SQL.
    pub(super) fn of(&mut self, system: &str, sql: &str) -> Option<Statement> {
        let dialect = Dialect::of_db_system(system)?;
        // The system is part of it: databases disagree about what a string is.
        let hash = xxh3_128(sql.as_bytes()) ^ xxh3_128(system.as_bytes()).rotate_left(1);
        if let Some(known) = self.0.get(&hash) {
            return Some(known.clone());
        }
        if self.0.len() >= REMEMBERED_MAX {
            self.0.clear();
        }
        let fingerprint = fingerprint(sql, dialect);
        let statement = Statement {
            name: format!("{system}/{:016x}", fingerprint.id).into(),
            text: fingerprint.text.into(),
        };
        self.0.insert(hash, statement.clone());
        Some(statement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_differ_in_values_alone_have_one_name() {
        let mut statements = Statements::default();
        let one = statements.of("postgresql", "select * from orders where id = 7").unwrap();
        let other = statements.of("postgresql", "select * from orders where id = 8").unwrap();
        assert_eq!((&one.name, &*one.text), (&other.name, "select * from orders where id = ?"));
        assert!(statements.of("redis", "GET cart:7").is_none());
        assert_ne!(statements.of("mysql", "select * from orders where id = 7").unwrap().name, one.name);
    }
}
