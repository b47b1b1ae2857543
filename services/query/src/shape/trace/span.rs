//! A span as the trace screen shows it.

use std::borrow::Cow;

use arrow::array::Array;
use naru_otlp::view::{self, AnyValue, EventView, LinkView, members};
use naru_signal::{SpanKind, semconv};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    parse::{SpanId, TraceId, ms_of_ns},
    scan::{Rows, ScanError, text},
    shape::{
        Attributes, Ms,
        category::{Category, Traits},
        json, status_word,
    },
};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Span {
    pub(super) span_id: String,
    pub(super) parent_span_id: Option<String>,
    name: String,
    operation: String,
    kind: &'static str,
    category: Category,
    pub(super) application: String,
    instance: Option<String>,
    start_ms: Ms,
    /// After the start of the trace.
    start_offset_ms: Ms,
    duration_ms: Ms,
    /// While none of its children ran.
    self_ms: Ms,
    /// `ok`, `error` or `unset`.
    status: &'static str,
    status_message: Option<String>,
    db: Option<Database>,
    http: Option<Http>,
    exceptions: Vec<Exception>,
    /// Without the exceptions.
    events: Vec<Event>,
    links: Vec<Link>,
    #[schema(value_type = Object)]
    attributes: Attributes,
    #[schema(value_type = Object)]
    resource: Attributes,
    scope_name: Option<String>,
    #[serde(skip)]
    #[schema(ignore)]
    pub(super) start_ns: i64,
    #[serde(skip)]
    #[schema(ignore)]
    duration_ns: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct Database {
    system: Option<String>,
    namespace: Option<String>,
    operation: Option<String>,
    statement: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Http {
    method: Option<String>,
    route: Option<String>,
    status_code: Option<i32>,
    url: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Exception {
    time_ms: Ms,
    #[serde(rename = "type")]
    kind: Option<String>,
    message: Option<String>,
    stacktrace: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Event {
    time_ms: Ms,
    name: String,
    #[schema(value_type = Object)]
    attributes: Attributes,
}

#[derive(Debug, Serialize, ToSchema)]
struct Link {
    trace_id: String,
    span_id: String,
    #[schema(value_type = Object)]
    attributes: Attributes,
}

impl Span {
    pub(super) fn end_ns(&self) -> i64 {
        self.start_ns.saturating_add(self.duration_ns.max(0))
    }

    /// What only the whole trace can tell.
    pub(super) fn place(&mut self, trace_start_ns: i64, self_ns: i64) {
        self.start_offset_ms = ms_of_ns(self.start_ns - trace_start_ns);
        self.self_ms = ms_of_ns(self_ns);
    }
}

/// Of the lake's table: what [`read`] needs, and `trace_id`, by which rows are found.
pub(crate) const COLUMNS: &[&str] = &[
    "trace_id",
    "span_id",
    "parent_span_id",
    "start_ns",
    "duration_ns",
    "name",
    "kind",
    "status_code",
    "status_message",
    "service_name",
    "service_instance",
    "http_method",
    "http_route",
    "http_status_code",
    "url_path",
    "url_full",
    "db_system",
    "db_namespace",
    "db_operation",
    "db_statement",
    "rpc_system",
    "messaging_system",
    "exception_type",
    "exception_message",
    "exception_stacktrace",
    "operation",
    "scope_name",
    "attributes",
    "resource",
    "events",
    "links",
];

/// A span of a batch with these columns.
pub(super) fn read(rows: Rows<'_>, row: usize) -> Result<Span, ScanError> {
    Reader { rows, row }.span()
}

/// One row. A trace has few enough that columns may be looked up for each.
#[derive(Clone, Copy)]
struct Reader<'a> {
    rows: Rows<'a>,
    row: usize,
}

impl<'a> Reader<'a> {
    fn maybe(self, column: &'static str) -> Result<Option<&'a str>, ScanError> {
        Ok(text(self.rows.texts(column)?, self.row))
    }

    fn owned(self, column: &'static str) -> Result<Option<String>, ScanError> {
        Ok(self.maybe(column)?.map(str::to_owned))
    }

    fn plain(self, column: &'static str) -> Result<&'a str, ScanError> {
        Ok(self.rows.texts(column)?.value(self.row))
    }

    /// Empty for none.
    fn message(self, column: &'static str) -> Result<&'a [u8], ScanError> {
        let messages = self.rows.messages(column)?;
        Ok(if messages.is_valid(self.row) { messages.value(self.row) } else { &[] })
    }

    fn span_id(self, column: &'static str) -> Result<Option<String>, ScanError> {
        let ids = self.rows.ids(column)?;
        let bytes = ids.is_valid(self.row).then(|| ids.value(self.row));
        Ok(bytes.and_then(SpanId::from_slice).map(|id| id.to_string()))
    }

    fn span(self) -> Result<Span, ScanError> {
        let start_ns = self.rows.i64s("start_ns")?.value(self.row);
        let duration_ns = self.rows.i64s("duration_ns")?.value(self.row);
        let kind = self.rows.u8s("kind")?.value(self.row);
        let traits = Traits {
            kind,
            db_system: self.maybe("db_system")?,
            messaging_system: self.maybe("messaging_system")?,
            rpc_system: self.maybe("rpc_system")?,
            http_method: self.maybe("http_method")?,
        };
        let (exceptions, events): (Vec<_>, Vec<_>) = members(self.message("events")?, 1)
            .flatten()
            .filter_map(|message| EventView::parse(message).ok())
            .partition(|event| event.name == semconv::EXCEPTION_EVENT.as_bytes());
        let links = members(self.message("links")?, 1).flatten();
        let links = links.filter_map(|message| LinkView::parse(message).ok());
        let mut exceptions: Vec<Exception> = exceptions.iter().map(Exception::of).collect();
        if exceptions.is_empty() {
            exceptions.extend(self.exception_of_columns(start_ns.saturating_add(duration_ns))?);
        }
        Ok(Span {
            span_id: self.span_id("span_id")?.unwrap_or_default(),
            parent_span_id: self.span_id("parent_span_id")?,
            name: self.plain("name")?.to_owned(),
            operation: self.plain("operation")?.to_owned(),
            kind: SpanKind::from_code(kind).as_str(),
            category: Category::of(&traits),
            application: self.plain("service_name")?.to_owned(),
            instance: self.owned("service_instance")?,
            start_ms: ms_of_ns(start_ns),
            start_offset_ms: 0.0,
            duration_ms: ms_of_ns(duration_ns),
            self_ms: 0.0,
            status: status_word(self.rows.u8s("status_code")?.value(self.row)),
            status_message: self.owned("status_message")?,
            db: self.database()?,
            http: self.http()?,
            exceptions,
            events: events.iter().map(Event::of).collect(),
            links: links.map(|link| Link::of(&link)).collect(),
            attributes: json::attributes(self.message("attributes")?),
            resource: json::attributes(self.message("resource")?),
            scope_name: self.owned("scope_name")?,
            start_ns,
            duration_ns,
        })
    }

    fn database(self) -> Result<Option<Database>, ScanError> {
        let (system, statement) = (self.owned("db_system")?, self.owned("db_statement")?);
        if system.is_none() && statement.is_none() {
            return Ok(None);
        }
        let (namespace, operation) = (self.owned("db_namespace")?, self.owned("db_operation")?);
        Ok(Some(Database { system, namespace, operation, statement }))
    }

    fn http(self) -> Result<Option<Http>, ScanError> {
        let codes = self.rows.i32s("http_status_code")?;
        let status_code = codes.is_valid(self.row).then(|| codes.value(self.row));
        let method = self.owned("http_method")?;
        if method.is_none() && status_code.is_none() {
            return Ok(None);
        }
        let url = self.owned("url_full")?.map_or_else(|| self.owned("url_path"), |url| Ok(Some(url)))?;
        Ok(Some(Http { method, route: self.owned("http_route")?, status_code, url }))
    }

    /// Some agents name the exception in attributes and send no event.
    fn exception_of_columns(self, end_ns: i64) -> Result<Option<Exception>, ScanError> {
        let (kind, message) = (self.owned("exception_type")?, self.owned("exception_message")?);
        if kind.is_none() && message.is_none() {
            return Ok(None);
        }
        let stacktrace = self.owned("exception_stacktrace")?;
        Ok(Some(Exception { time_ms: ms_of_ns(end_ns), kind, message, stacktrace }))
    }
}

impl Exception {
    fn of(event: &EventView<'_>) -> Self {
        let text =
            |name| event.attributes().find(name).as_ref().and_then(AnyValue::as_text).map(Cow::into_owned);
        Self {
            time_ms: ms_of(event.time_ns),
            kind: text(semconv::EXCEPTION_TYPE),
            message: text(semconv::EXCEPTION_MESSAGE),
            stacktrace: text(semconv::EXCEPTION_STACKTRACE),
        }
    }
}

impl Event {
    fn of(event: &EventView<'_>) -> Self {
        Self {
            time_ms: ms_of(event.time_ns),
            name: view::text(event.name).into_owned(),
            attributes: json::of(&event.attributes()),
        }
    }
}

impl Link {
    fn of(link: &LinkView<'_>) -> Self {
        Self {
            trace_id: TraceId::from_slice(link.trace_id).map(|id| id.to_string()).unwrap_or_default(),
            span_id: SpanId::from_slice(link.span_id).map(|id| id.to_string()).unwrap_or_default(),
            attributes: json::of(&link.attributes()),
        }
    }
}

/// Times of events are as they were sent, and may be anything.
fn ms_of(time_ns: u64) -> Ms {
    ms_of_ns(i64::try_from(time_ns).unwrap_or(i64::MAX))
}
