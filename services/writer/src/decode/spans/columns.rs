//! Typed columns of a span out of its attributes.

use std::borrow::Cow;

use naru_otlp::{
    view::{AnyValue, Attributes},
    wire::{WireError, put_bytes},
};
use naru_signal::{
    SpanKind,
    semconv::{
        self, Rank, SPAN_COLUMNS, SpanColumn as C, db_system, host_without_port, path_of_target, path_of_url,
        span_column,
    },
};

use super::MaybeText;
use crate::decode::events::Exception;

/// The cells of one row.
#[derive(Debug, Default)]
pub(super) struct Typed<'a> {
    pub(super) http_method: MaybeText<'a>,
    pub(super) http_route: MaybeText<'a>,
    pub(super) http_status_code: Option<i32>,
    pub(super) url_path: MaybeText<'a>,
    pub(super) url_full: MaybeText<'a>,
    pub(super) server_address: MaybeText<'a>,
    pub(super) server_port: Option<i32>,
    pub(super) client_address: MaybeText<'a>,
    pub(super) user_agent: MaybeText<'a>,
    pub(super) user_id: MaybeText<'a>,
    pub(super) session_id: MaybeText<'a>,
    pub(super) db_system: MaybeText<'a>,
    pub(super) db_namespace: MaybeText<'a>,
    pub(super) db_operation: MaybeText<'a>,
    pub(super) db_statement: MaybeText<'a>,
    pub(super) rpc_system: MaybeText<'a>,
    pub(super) rpc_method: MaybeText<'a>,
    pub(super) messaging_system: MaybeText<'a>,
    pub(super) messaging_destination: MaybeText<'a>,
    pub(super) messaging_operation: MaybeText<'a>,
    pub(super) error_type: MaybeText<'a>,
    pub(super) exception: Exception<'a>,
}

/// The best value seen so far for each column.
struct Best<'a>([Option<(Rank, AnyValue<'a>)>; SPAN_COLUMNS]);

impl<'a> Best<'a> {
    /// Copies each attribute to `out` as field 1: one walk does both.
    fn of(attributes: Attributes<'a>, kind: SpanKind, out: &mut Vec<u8>) -> Result<Self, WireError> {
        let mut best = Self([None; SPAN_COLUMNS]);
        for attribute in attributes {
            let attribute = attribute?;
            put_bytes(out, 1, attribute.message);
            let Ok(key) = std::str::from_utf8(attribute.key) else { continue };
            let Some((column, rank)) = span_column(key, kind) else { continue };
            let slot = &mut best.0[column as usize];
            if slot.is_none_or(|(held, _)| rank < held) {
                *slot = Some((rank, attribute.value));
            }
        }
        Ok(best)
    }

    fn text(&self, column: C) -> MaybeText<'a> {
        self.0[column as usize]
            .as_ref()
            .and_then(|(_, value)| value.as_text())
            .filter(|text| !text.is_empty())
    }

    fn number(&self, column: C) -> Option<i32> {
        self.0[column as usize]
            .as_ref()
            .and_then(|(_, value)| value.as_int())
            .and_then(|int| i32::try_from(int).ok())
    }
}

impl<'a> Typed<'a> {
    /// Copies the attributes to `out`, too. An exception event says more than attributes of the span itself.
    pub(super) fn read(
        attributes: Attributes<'a>,
        kind: SpanKind,
        exception: Option<Exception<'a>>,
        out: &mut Vec<u8>,
    ) -> Result<Self, WireError> {
        let best = Best::of(attributes, kind, out)?;
        let url_full = best.text(C::UrlFull);
        let exception = exception.unwrap_or_default();
        Ok(Self {
            http_method: best.text(C::HttpMethod),
            http_route: best.text(C::HttpRoute),
            http_status_code: best.number(C::HttpStatusCode),
            url_path: url_path(&best, url_full.as_deref()),
            url_full,
            server_address: best.text(C::ServerAddress).map(|host| mapped(host, host_without_port)),
            server_port: best.number(C::ServerPort),
            client_address: best.text(C::ClientAddress),
            user_agent: best.text(C::UserAgent),
            user_id: best.text(C::UserId),
            session_id: best.text(C::SessionId),
            db_system: best.text(C::DbSystem).map(|system| mapped(system, db_system)),
            db_namespace: best.text(C::DbNamespace),
            db_operation: best.text(C::DbOperation),
            db_statement: best.text(C::DbStatement),
            rpc_system: best.text(C::RpcSystem),
            rpc_method: rpc_method(&best),
            messaging_system: best.text(C::MessagingSystem),
            messaging_destination: best.text(C::MessagingDestination),
            messaging_operation: best
                .text(C::MessagingOperation)
                .map(|operation| mapped(operation, semconv::messaging_operation)),
            error_type: best.text(C::ErrorType),
            exception: Exception {
                kind: exception.kind.or_else(|| best.text(C::ExceptionType)),
                message: exception.message.or_else(|| best.text(C::ExceptionMessage)),
                stacktrace: exception.stacktrace.or_else(|| best.text(C::ExceptionStacktrace)),
            },
        })
    }
}

/// The new name's path, else that of the old target, else that of the URL.
fn url_path<'a>(best: &Best<'a>, url_full: Option<&str>) -> MaybeText<'a> {
    best.text(C::UrlPath)
        .or_else(|| best.text(C::UrlTarget).map(|target| mapped(target, path_of_target)))
        .or_else(|| url_full.and_then(path_of_url).map(|path| Cow::Owned(path.to_owned())))
}

/// `service/method`, as the new `rpc.method` has it.
fn rpc_method<'a>(best: &Best<'a>) -> MaybeText<'a> {
    match (best.text(C::RpcService), best.text(C::RpcMethod)) {
        (Some(service), Some(method)) if !method.contains('/') => {
            Some(Cow::Owned(format!("{service}/{method}")))
        }
        (service, method) => method.or(service),
    }
}

/// `of` answers a part of its argument or a constant; borrowed text stays borrowed when nothing changes.
fn mapped<'a>(text: Cow<'a, str>, of: impl Fn(&str) -> &str) -> Cow<'a, str> {
    let new = of(&text);
    if new.len() == text.len() && new == text { text } else { Cow::Owned(new.to_owned()) }
}
