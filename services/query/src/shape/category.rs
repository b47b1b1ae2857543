//! What a span spends its time on, as colours on the screen tell it.

use naru_signal::SpanKind;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Category {
    /// An HTTP request that came in.
    Http,
    /// A statement to a database that speaks SQL or something near it.
    Sql,
    /// A call to another process: HTTP, a cache, a document store.
    External,
    Messaging,
    Rpc,
    Internal,
}

/// The columns that decide.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Traits<'a> {
    pub(crate) kind: u8,
    pub(crate) db_system: Option<&'a str>,
    pub(crate) messaging_system: Option<&'a str>,
    pub(crate) rpc_system: Option<&'a str>,
    pub(crate) http_method: Option<&'a str>,
}

/// Databases one talks to in something other than SQL. Every other `db.system` counts as SQL.
const NOT_SQL: [&str; 18] = [
    "redis",
    "valkey",
    "memcached",
    "mongodb",
    "elasticsearch",
    "opensearch",
    "dynamodb",
    "aws.dynamodb",
    "couchdb",
    "couchbase",
    "neo4j",
    "hbase",
    "etcd",
    "consul",
    "zookeeper",
    "geode",
    "influxdb",
    "cosmosdb",
];

impl Category {
    #[must_use]
    pub(crate) fn of(traits: &Traits<'_>) -> Self {
        let kind = SpanKind::from_code(traits.kind);
        if let Some(system) = traits.db_system {
            return if NOT_SQL.contains(&system) { Self::External } else { Self::Sql };
        }
        if traits.messaging_system.is_some() || matches!(kind, SpanKind::Producer | SpanKind::Consumer) {
            return Self::Messaging;
        }
        if traits.rpc_system.is_some() {
            return Self::Rpc;
        }
        match kind {
            SpanKind::Client => Self::External,
            SpanKind::Server if traits.http_method.is_some() => Self::Http,
            _ => Self::Internal,
        }
    }

    /// A call that leaves the process and is no SQL: what "external time" adds up.
    #[must_use]
    pub(crate) fn is_external_call(self, kind: u8) -> bool {
        let leaves = matches!(SpanKind::from_code(kind), SpanKind::Client | SpanKind::Producer);
        self == Self::External || (leaves && matches!(self, Self::Messaging | Self::Rpc))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_what_its_columns_say() {
        const SERVER: u8 = 2;
        const CLIENT: u8 = 3;
        const PRODUCER: u8 = 4;
        let none = Traits::default();
        let table = [
            (Traits { kind: SERVER, http_method: Some("GET"), ..none }, Category::Http, false),
            (Traits { kind: CLIENT, http_method: Some("GET"), ..none }, Category::External, true),
            (Traits { kind: CLIENT, db_system: Some("postgresql"), ..none }, Category::Sql, false),
            (Traits { kind: CLIENT, db_system: Some("redis"), ..none }, Category::External, true),
            (Traits { kind: CLIENT, rpc_system: Some("grpc"), ..none }, Category::Rpc, true),
            (Traits { kind: SERVER, rpc_system: Some("grpc"), ..none }, Category::Rpc, false),
            (Traits { kind: PRODUCER, ..none }, Category::Messaging, true),
            (Traits { kind: CLIENT, ..none }, Category::External, true),
            (Traits { kind: 1, ..none }, Category::Internal, false),
            (Traits { kind: SERVER, ..none }, Category::Internal, false),
        ];
        for (traits, category, is_external_call) in table {
            assert_eq!(Category::of(&traits), category, "{traits:?}");
            assert_eq!(category.is_external_call(traits.kind), is_external_call, "{traits:?}");
        }
    }
}
