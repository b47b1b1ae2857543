//! Which typed columns may say the same as an attribute of a name: those that decoding may have filled from it.

use super::{EXCEPTION_TYPE, SpanColumn as C, span::span_columns_named};
use crate::Table;

/// Names of columns, most likely first. A name is no promise: look whether column and attribute are equal.
pub fn columns_named(table: Table, key: &str) -> impl Iterator<Item = &'static str> {
    let of_span = (table == Table::Spans).then(|| span_columns_named(key).filter_map(column_name));
    let of_log = (table == Table::LogRecords && key == EXCEPTION_TYPE).then_some("exception_type");
    of_span.into_iter().flatten().chain(of_log)
}

/// The lake's name; `None` for what only helps to fill another column.
const fn column_name(column: C) -> Option<&'static str> {
    Some(match column {
        C::HttpMethod => "http_method",
        C::HttpRoute => "http_route",
        C::HttpStatusCode => "http_status_code",
        C::UrlPath | C::UrlTarget => "url_path",
        C::UrlFull => "url_full",
        C::ServerAddress => "server_address",
        C::ServerPort => "server_port",
        C::ClientAddress => "client_address",
        C::UserAgent => "user_agent",
        C::UserId => "user_id",
        C::SessionId => "session_id",
        C::DbSystem => "db_system",
        C::DbNamespace => "db_namespace",
        C::DbOperation => "db_operation",
        C::DbStatement => "db_statement",
        C::RpcSystem => "rpc_system",
        C::RpcMethod | C::RpcService => "rpc_method",
        C::MessagingSystem => "messaging_system",
        C::MessagingDestination => "messaging_destination",
        C::MessagingOperation => "messaging_operation",
        C::ErrorType => "error_type",
        C::ExceptionType => "exception_type",
        C::ExceptionMessage => "exception_message",
        C::ExceptionStacktrace => "exception_stacktrace",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_every_column_it_may_have_filled() {
        let of = |table, key| columns_named(table, key).collect::<Vec<_>>();
        assert_eq!(of(Table::Spans, "http.method"), ["http_method"]);
        assert_eq!(of(Table::Spans, "net.peer.name"), ["server_address", "client_address"]);
        assert_eq!(of(Table::Spans, "thread.id"), Vec::<&str>::new());
        assert_eq!(of(Table::LogRecords, "exception.type"), ["exception_type"]);
        assert_eq!(of(Table::LogRecords, "http.method"), Vec::<&str>::new());
    }
}
