//! One request from its bytes to the bus: the same for HTTP and gRPC.

mod body;
mod resources;

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::HeaderMap;
use naru_ids::{ProjectId, TenantId};
use naru_license_api::{Claims, Refused, hint_of};
use naru_otlp::{
    admit::{Admitted, Entry, Rules, admit},
    pack::PackedEntry,
};
use naru_signal::Signal;

use crate::{
    admit::{claims::Permit, key},
    answer::{Accepted, Refusal},
    app::App,
    bus::onboarding::{Look, Sender},
    memory::Reserved,
    normalize::decompress::{Inflating, REQUEST_BYTES_MAX},
    work::INLINE_BYTES_MAX,
};

pub(crate) use body::{discard, read_body};
pub(crate) use resources::{ResourceFacts, first_span, resources};

/// A span with a dozen attributes has half of this.
const ITEM_BYTES: usize = 1024;
/// A thousand agents that send every second stay far below what a tenant may send.
const REQUEST_ITEMS: u64 = 20;

/// A request as its edge sees it before the body is read.
#[derive(Debug, Clone)]
pub(crate) struct Knock {
    pub(crate) signal: Signal,
    /// `http/protobuf`, `http/json` or `grpc`.
    pub(crate) protocol: &'static str,
    pub(crate) peer: IpAddr,
}

/// A request whose key is good.
#[derive(Debug, Clone)]
pub(crate) struct Welcome {
    pub(crate) claims: Claims,
    pub(crate) sender: Sender,
}

/// Is the key good? Asked before the body is read: strangers cost nothing.
pub(crate) async fn welcome(app: &App, knock: &Knock, headers: &HeaderMap) -> Result<Welcome, Refusal> {
    let key = key::find(headers).map_err(Refusal::Key)?;
    let sender = Sender { key_hint: hint_of(key.expose()), protocol: knock.protocol, peer: knock.peer };
    match app.claims.permit(key.digest()).await {
        // License refuses such a key when it is asked; the word that it was issued goes to gateways of all regions.
        Permit::Good(claims) if key.region() != app.region => {
            let refusal = Refusal::Key(Refused::WrongRegion);
            app.onboarding.refused(claims.tenant, claims.project, &refusal, &sender);
            Err(refusal)
        }
        Permit::Good(claims) => {
            app.onboarding.key_accepted(&claims, &sender);
            app.used.note(claims.tenant, claims.key);
            Ok(Welcome { claims, sender })
        }
        Permit::Refused { reason, project } => {
            // A key of another region that nobody here knows is still that, and not "unknown".
            let is_elsewhere = reason == Refused::Unknown && key.region() != app.region;
            let reason = if is_elsewhere { Refused::WrongRegion } else { reason };
            let refusal = Refusal::Key(reason);
            if let Some(project) = project {
                app.onboarding.refused(project.tenant, project.project, &refusal, &sender);
            }
            Err(refusal)
        }
        Permit::Unknown => Err(Refusal::away("the license service")),
    }
}

/// May this tenant add to what it has sent? Asked before the body is read: one that was told to wait costs little.
pub(crate) fn may_come(app: &App, tenant: TenantId) -> Result<(), Refusal> {
    app.limits.may_come(tenant).map_err(|retry_after| Refusal::TooFast { retry_after })?;
    let partition = naru_ingest_api::partition_of(tenant, app.partitions);
    app.backlogs.may_come(partition, tenant).map_err(|retry_after| Refusal::Backlog { retry_after })
}

/// The sender's mistakes are told to its project; our own troubles are not its business.
pub(crate) fn told(app: &App, welcome: &Welcome, refusal: Refusal) -> Refusal {
    if !refusal.is_ours() {
        app.onboarding.refused(welcome.claims.tenant, welcome.claims.project, &refusal, &welcome.sender);
    }
    refusal
}

/// A request that was read: made plain, admitted, appended. Returns when the bus has every entry.
pub(crate) async fn receive(
    app: &Arc<App>,
    knock: &Knock,
    welcome: &Welcome,
    mut body: Inflating,
    wire: fn(Signal, Bytes, &mut Reserved) -> Result<Bytes, Refusal>,
    mut memory: Reserved,
) -> Result<Accepted, Refusal> {
    let Claims { tenant, project, retention_days, .. } = welcome.claims;
    let received_ms = app.clock.now().0;
    let rules = Rules::at(received_ms.saturating_mul(1_000_000), retention_days);
    let signal = knock.signal;
    let is_small = match inflate_here(&mut body, &mut memory) {
        Ok(is_small) => is_small,
        Err(refusal) => return Err(charged(app, welcome, refusal, body.worked_bytes()).await),
    };
    let (worked_bytes, prepared) = app
        .work
        .run(is_small, move || {
            let plain = body.finish(&mut memory);
            // Neither what was announced nor what is left of it: JSON may say a lot that becomes nothing.
            let worked_bytes = body.worked_bytes();
            drop(body);
            (
                worked_bytes,
                plain.and_then(|plain| prepare(plain, signal, project, &rules, is_small, wire, memory)),
            )
        })
        .await;
    let (request, admitted, memory) = match prepared {
        Ok(prepared) => prepared,
        Err(refusal) => return Err(charged(app, welcome, refusal, worked_bytes).await),
    };
    let items = cost(admitted.items + admitted.rejections.total(), worked_bytes.max(request.len()));
    app.limits.take(tenant, items).await.map_err(|retry_after| Refusal::TooFast { retry_after })?;
    let offset_ms = clock_offset_ms(admitted.newest_ns, received_ms);
    let Admitted { entries, rejections, items, .. } = admitted;
    let first_stored = entries.first().map(|entry| entry.bytes.clone());
    if !entries.is_empty() {
        let packed = entries.into_iter().map(|entry| PackedEntry {
            id: entry.id,
            tenant,
            project,
            key: welcome.claims.key,
            signal,
            is_unbilled: false,
            items: entry.items,
            received_ms,
            clock_offset_ms: offset_ms,
            bytes: entry.bytes,
        });
        append(app, tenant, packed.collect(), memory).await?;
    }
    metrics::counter!("ingest_items_total", "signal" => signal.as_str()).increment(items);
    metrics::counter!("ingest_rejected_total", "signal" => signal.as_str()).increment(rejections.total());
    app.onboarding.rejected(tenant, project, signal, &rejections);
    let look = Look { tenant, project, signal, request, first_stored, offset_ms };
    look_at(app, look);
    Ok(Accepted { rejections })
}

/// From the plain body to entries. `memory` then holds the request and those that are copies.
fn prepare(
    plain: Bytes,
    signal: Signal,
    project: ProjectId,
    rules: &Rules,
    is_small: bool,
    wire: fn(Signal, Bytes, &mut Reserved) -> Result<Bytes, Refusal>,
    mut memory: Reserved,
) -> Result<(Bytes, Admitted, Reserved), Refusal> {
    let request = wire(signal, plain, &mut memory)?;
    // Entries are pieces of the request, and copies unless it is a small one.
    memory.set(if is_small { request.len() } else { 2 * request.len() })?;
    let admitted = admit(project, signal, &request, rules)?;
    let copied = if is_passed_as_it_is(&request, &admitted.entries) {
        0
    } else {
        admitted.entries.iter().map(|entry| entry.bytes.len()).sum()
    };
    memory.set(request.len() + copied)?;
    Ok((request, admitted, memory))
}

/// A request that was read in vain. What is wrong with it is what its sender must learn; that there are too many of them
/// is for the next to hear.
async fn charged(app: &App, welcome: &Welcome, refusal: Refusal, worked_bytes: usize) -> Refusal {
    if !refusal.is_ours() {
        let bytes = if refusal.is_too_large() { REQUEST_BYTES_MAX } else { worked_bytes };
        let _ = app.limits.take(welcome.claims.tenant, cost(0, bytes.min(REQUEST_BYTES_MAX))).await;
    }
    told(app, welcome, refusal)
}

/// Items that a request takes of its tenant's allowance: those in it, also those that are left out; as many as its bytes are
/// usually of, if that is more; and never fewer than the request itself costs us.
fn cost(items: u64, bytes: usize) -> u64 {
    items.max((bytes / ITEM_BYTES) as u64).max(REQUEST_ITEMS)
}

/// Inflates a request that says it is a small one, here. True if it was: a bomb looks like one, too.
fn inflate_here(body: &mut Inflating, memory: &mut Reserved) -> Result<bool, Refusal> {
    if body.announced_bytes() <= INLINE_BYTES_MAX {
        body.inflate(INLINE_BYTES_MAX, memory)?;
    }
    let is_small = body.is_done_within(INLINE_BYTES_MAX);
    if !is_small {
        body.rest(memory)?;
    }
    Ok(is_small)
}

/// Small and all good: its one entry is the request, and not a copy.
fn is_passed_as_it_is(request: &Bytes, entries: &[Entry]) -> bool {
    entries.first().is_some_and(|entry| entry.bytes.as_ptr() == request.as_ptr())
}

pub(crate) async fn append(
    app: &App,
    tenant: TenantId,
    entries: Vec<PackedEntry>,
    memory: Reserved,
) -> Result<(), Refusal> {
    let partition = naru_ingest_api::partition_of(tenant, app.partitions);
    app.appender.append(partition, entries, memory).await.map_err(|_| Refusal::away("the bus"))
}

/// What the install page shows of a request that was stored. Told, not counted: it must not slow the answer.
fn look_at(app: &Arc<App>, look: Look) {
    if app.onboarding.is_quiet(look.project, look.signal) {
        return;
    }
    let app = Arc::clone(app);
    tokio::spawn(async move { app.onboarding.look_at(&app.redis, look).await });
}

/// How far the sender's clock is ahead of ours. Data that lags is not a clock that lags, unless it lags by a lot less
/// than any buffer would: only what is ahead, or behind by minutes in a fresh export, is told.
fn clock_offset_ms(newest_ns: u64, received_ms: u64) -> i32 {
    if newest_ns == 0 {
        return 0;
    }
    let offset = i128::from(newest_ns / 1_000_000) - i128::from(received_ms);
    i32::try_from(offset).unwrap_or(if offset > 0 { i32::MAX } else { i32::MIN })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_free() {
        for (items, bytes, expected) in [
            (0, 0, REQUEST_ITEMS),
            (1, 300, REQUEST_ITEMS),
            (1_000, 500_000, 1_000),
            // All rejected, or metrics without a point.
            (0, 1 << 20, 1_024),
            (3, 3 << 20, 3_072),
        ] {
            assert_eq!(cost(items, bytes), expected, "{items} items of {bytes} bytes");
        }
    }

    #[test]
    fn the_clock_offset_is_the_newest_time_against_ours() {
        assert_eq!(clock_offset_ms(0, 1_000_000), 0);
        assert_eq!(clock_offset_ms(1_540_000 * 1_000_000, 1_000_000), 540_000);
        assert_eq!(clock_offset_ms(u64::MAX, 0), i32::MAX);
    }
}
