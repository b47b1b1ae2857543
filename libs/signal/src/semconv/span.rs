//! Names in spans. Some old names mean different new ones on the two sides of a call.

use super::Rank;
use crate::SpanKind;

/// A typed column that a span attribute fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpanColumn {
    HttpMethod,
    HttpRoute,
    HttpStatusCode,
    UrlPath,
    UrlFull,
    /// `http.target`: path and query in one; fills [`Self::UrlPath`] when nothing better does.
    UrlTarget,
    ServerAddress,
    ServerPort,
    ClientAddress,
    UserAgent,
    UserId,
    SessionId,
    DbSystem,
    DbNamespace,
    DbOperation,
    DbStatement,
    RpcSystem,
    RpcMethod,
    /// Old `rpc.service`: goes before the method, `service/method`, as the new `rpc.method` holds both.
    RpcService,
    MessagingSystem,
    MessagingDestination,
    MessagingOperation,
    ErrorType,
    ExceptionType,
    ExceptionMessage,
    ExceptionStacktrace,
}

/// How many variants [`SpanColumn`] has, for tables by column.
pub const SPAN_COLUMNS: usize = SpanColumn::ExceptionStacktrace as usize + 1;

/// On which side of a call a name means its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Any,
    /// The span was called: SERVER, CONSUMER.
    Called,
    /// The span calls, or does neither: CLIENT, PRODUCER, INTERNAL.
    Calling,
}

impl Side {
    const fn holds(self, kind: SpanKind) -> bool {
        match self {
            Self::Any => true,
            Self::Called => kind.is_entry(),
            Self::Calling => !kind.is_entry(),
        }
    }
}

use Side::{Any, Called, Calling};
use SpanColumn as C;

/// Rank 0 is the newest name. Addresses of sockets rank behind names, since a proxy may sit between.
const NAMES: &[(&str, SpanColumn, Rank, Side)] = &[
    ("http.request.method", C::HttpMethod, 0, Any),
    ("http.method", C::HttpMethod, 1, Any),
    ("http.route", C::HttpRoute, 0, Any),
    ("http.response.status_code", C::HttpStatusCode, 0, Any),
    ("http.status_code", C::HttpStatusCode, 1, Any),
    ("url.path", C::UrlPath, 0, Any),
    ("http.target", C::UrlTarget, 0, Any),
    ("url.full", C::UrlFull, 0, Any),
    ("http.url", C::UrlFull, 1, Any),
    ("server.address", C::ServerAddress, 0, Any),
    ("net.peer.name", C::ServerAddress, 1, Calling),
    ("net.host.name", C::ServerAddress, 1, Called),
    ("http.host", C::ServerAddress, 2, Any),
    ("http.server_name", C::ServerAddress, 3, Called),
    ("server.socket.domain", C::ServerAddress, 4, Calling),
    ("net.sock.peer.name", C::ServerAddress, 4, Calling),
    ("network.peer.address", C::ServerAddress, 5, Calling),
    ("net.sock.peer.addr", C::ServerAddress, 6, Calling),
    ("net.peer.ip", C::ServerAddress, 7, Calling),
    ("server.port", C::ServerPort, 0, Any),
    ("net.peer.port", C::ServerPort, 1, Calling),
    ("net.host.port", C::ServerPort, 1, Called),
    ("network.peer.port", C::ServerPort, 2, Calling),
    ("net.sock.peer.port", C::ServerPort, 3, Calling),
    ("client.address", C::ClientAddress, 0, Any),
    ("http.client_ip", C::ClientAddress, 1, Any),
    ("net.peer.name", C::ClientAddress, 2, Called),
    ("network.peer.address", C::ClientAddress, 3, Called),
    ("net.sock.peer.addr", C::ClientAddress, 4, Called),
    ("net.peer.ip", C::ClientAddress, 5, Called),
    ("user_agent.original", C::UserAgent, 0, Any),
    ("http.user_agent", C::UserAgent, 1, Any),
    ("user.id", C::UserId, 0, Any),
    ("enduser.id", C::UserId, 1, Any),
    ("enduser.pseudo.id", C::UserId, 2, Any),
    ("session.id", C::SessionId, 0, Any),
    ("db.system.name", C::DbSystem, 0, Any),
    ("db.system", C::DbSystem, 1, Any),
    ("db.namespace", C::DbNamespace, 0, Any),
    ("db.name", C::DbNamespace, 1, Any),
    ("db.cassandra.keyspace", C::DbNamespace, 2, Any),
    ("db.hbase.namespace", C::DbNamespace, 2, Any),
    ("db.elasticsearch.cluster.name", C::DbNamespace, 2, Any),
    ("db.redis.database_index", C::DbNamespace, 3, Any),
    ("db.operation.name", C::DbOperation, 0, Any),
    ("db.operation", C::DbOperation, 1, Any),
    ("db.query.text", C::DbStatement, 0, Any),
    ("db.statement", C::DbStatement, 1, Any),
    ("rpc.system.name", C::RpcSystem, 0, Any),
    ("rpc.system", C::RpcSystem, 1, Any),
    ("rpc.method", C::RpcMethod, 0, Any),
    ("rpc.service", C::RpcService, 0, Any),
    ("messaging.system", C::MessagingSystem, 0, Any),
    ("messaging.destination.name", C::MessagingDestination, 0, Any),
    ("messaging.destination", C::MessagingDestination, 1, Any),
    ("messaging.operation.type", C::MessagingOperation, 0, Any),
    ("messaging.operation", C::MessagingOperation, 1, Any),
    ("messaging.operation.name", C::MessagingOperation, 2, Any),
    ("error.type", C::ErrorType, 0, Any),
    ("exception.type", C::ExceptionType, 0, Any),
    ("exception.message", C::ExceptionMessage, 0, Any),
    ("exception.stacktrace", C::ExceptionStacktrace, 0, Any),
];

/// Names by length, so that a look-up compares texts of equal length only. Longest known name: 29 bytes.
const LENGTHS: usize = 32;

struct ByLength([Vec<&'static (&'static str, SpanColumn, Rank, Side)>; LENGTHS]);

static BY_LENGTH: std::sync::LazyLock<ByLength> = std::sync::LazyLock::new(|| {
    let mut lists = [const { Vec::new() }; LENGTHS];
    for name in NAMES {
        lists[name.0.len()].push(name);
    }
    ByLength(lists)
});

/// The column that an attribute of a span of this kind fills, and how good a source it is.
#[must_use]
pub fn span_column(key: &str, kind: SpanKind) -> Option<(SpanColumn, Rank)> {
    BY_LENGTH
        .0
        .get(key.len())?
        .iter()
        .find(|(name, _, _, side)| *name == key && side.holds(kind))
        .map(|&&(_, column, rank, _)| (column, rank))
}

/// The columns that an attribute of this name fills in spans of any kind.
pub(super) fn span_columns_named(key: &str) -> impl Iterator<Item = SpanColumn> + '_ {
    let names = BY_LENGTH.0.get(key.len()).map_or(&[][..], Vec::as_slice);
    names.iter().filter(move |(name, ..)| *name == key).map(|&&(_, column, ..)| column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_names_fill_the_same_column_and_the_new_one_wins() {
        let pairs = [
            ("http.method", "http.request.method"),
            ("http.status_code", "http.response.status_code"),
            ("http.url", "url.full"),
            ("http.client_ip", "client.address"),
            ("http.user_agent", "user_agent.original"),
            ("db.statement", "db.query.text"),
            ("db.system", "db.system.name"),
            ("db.name", "db.namespace"),
            ("db.cassandra.keyspace", "db.namespace"),
            ("db.elasticsearch.cluster.name", "db.namespace"),
            ("db.hbase.namespace", "db.namespace"),
            ("db.operation", "db.operation.name"),
            ("enduser.id", "user.id"),
            ("rpc.system", "rpc.system.name"),
            ("messaging.destination", "messaging.destination.name"),
            ("messaging.operation", "messaging.operation.type"),
        ];
        for (old, new) in pairs {
            for kind in [SpanKind::Server, SpanKind::Client] {
                let (old, new) = (span_column(old, kind).unwrap(), span_column(new, kind).unwrap());
                assert_eq!(old.0, new.0);
                assert!(new.1 < old.1, "{new:?} must win over {old:?}");
            }
        }
    }

    #[test]
    fn the_peer_of_a_server_is_its_client_and_the_other_way_round() {
        let column = |key, kind| span_column(key, kind).map(|(column, _)| column);
        assert_eq!(column("net.peer.name", SpanKind::Client), Some(SpanColumn::ServerAddress));
        assert_eq!(column("net.peer.name", SpanKind::Server), Some(SpanColumn::ClientAddress));
        assert_eq!(column("net.peer.ip", SpanKind::Consumer), Some(SpanColumn::ClientAddress));
        assert_eq!(column("net.host.name", SpanKind::Server), Some(SpanColumn::ServerAddress));
        assert_eq!(column("net.host.name", SpanKind::Client), None);
        assert_eq!(column("net.peer.port", SpanKind::Server), None);
    }

    #[test]
    fn other_names_have_no_column() {
        for key in ["", "thread.id", "http.request.header.accept", &"x".repeat(500)] {
            assert_eq!(span_column(key, SpanKind::Internal), None);
        }
        assert!(NAMES.iter().all(|(name, ..)| name.len() < LENGTHS));
    }
}
