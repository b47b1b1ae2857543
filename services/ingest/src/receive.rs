//! One request from its bytes to the bus: the same for HTTP and gRPC.

mod resources;

use std::{net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http::HeaderMap;
use naru_ids::{ProjectId, TenantId};
use naru_license_api::{Claims, Refused, hint_of};
use naru_otlp::{
    admit::{Admitted, Rules, admit},
    pack::PackedEntry,
};
use naru_signal::Signal;

use crate::{
    admit::{claims::Permit, key},
    answer::{Accepted, Refusal},
    app::App,
    bus::onboarding::Sender,
};

pub(crate) use resources::{ResourceFacts, first_span, resources};

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

/// Admits and appends; `request` is plain protobuf. Returns when the bus has every entry.
pub(crate) async fn receive(
    app: &Arc<App>,
    knock: &Knock,
    welcome: &Welcome,
    request: Bytes,
) -> Result<Accepted, Refusal> {
    let _memory = app.in_flight.try_reserve(request.len()).ok_or(Refusal::away("the gateway's memory"))?;
    let Claims { tenant, project, retention_days, .. } = welcome.claims;
    let received_ms = app.clock.now().0;
    let rules = Rules::at(received_ms.saturating_mul(1_000_000), retention_days);
    let admitted = match admit(project, knock.signal, &request, &rules) {
        Ok(admitted) => admitted,
        Err(refused) => {
            let refusal = Refusal::from(refused);
            app.onboarding.refused(tenant, project, &refusal, &welcome.sender);
            return Err(refusal);
        }
    };
    app.limits.take(tenant, admitted.items).await.map_err(|retry_after| Refusal::TooFast { retry_after })?;
    let offset_ms = clock_offset_ms(admitted.newest_ns, received_ms);
    let Admitted { entries, rejections, items, .. } = admitted;
    if !entries.is_empty() {
        let packed = entries.into_iter().map(|entry| PackedEntry {
            id: entry.id,
            tenant,
            project,
            key: welcome.claims.key,
            signal: knock.signal,
            is_unbilled: false,
            items: entry.items,
            received_ms,
            clock_offset_ms: offset_ms,
            bytes: entry.bytes,
        });
        append(app, tenant, packed.collect()).await?;
    }
    metrics::counter!("ingest_items_total", "signal" => knock.signal.as_str()).increment(items);
    metrics::counter!("ingest_rejected_total", "signal" => knock.signal.as_str())
        .increment(rejections.total());
    tell(app, knock.signal, project, tenant, &request, &rejections, offset_ms);
    Ok(Accepted { rejections })
}

pub(crate) async fn append(app: &App, tenant: TenantId, entries: Vec<PackedEntry>) -> Result<(), Refusal> {
    let partition = naru_ingest_api::partition_of(tenant, app.partitions);
    app.appender.append(partition, entries).await.map_err(|_| Refusal::away("the bus"))
}

/// What the install page shows of a request that was stored. Told, not counted: it must not slow the answer.
fn tell(
    app: &Arc<App>,
    signal: Signal,
    project: ProjectId,
    tenant: TenantId,
    request: &Bytes,
    rejections: &naru_otlp::admit::Rejections,
    offset_ms: i32,
) {
    app.onboarding.rejected(tenant, project, signal, rejections);
    if app.onboarding.is_quiet(project, signal) {
        return;
    }
    let (app, request) = (Arc::clone(app), request.clone());
    tokio::spawn(async move {
        app.onboarding.look_at(&app.redis, tenant, project, signal, &request, offset_ms).await
    });
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

/// Bytes of requests that wait for the bus, bounded.
#[derive(Debug, Clone)]
pub(crate) struct InFlight(Arc<tokio::sync::Semaphore>);

impl InFlight {
    const UNIT: usize = 1_024;

    pub(crate) fn new(bytes_max: usize) -> Self {
        Self(Arc::new(tokio::sync::Semaphore::new((bytes_max / Self::UNIT).max(1))))
    }

    /// A place for `bytes`, free again when dropped.
    pub(crate) fn try_reserve(&self, bytes: usize) -> Option<tokio::sync::OwnedSemaphorePermit> {
        let units = u32::try_from(bytes.div_ceil(Self::UNIT)).ok()?;
        Arc::clone(&self.0).try_acquire_many_owned(units).ok()
    }
}

/// A slow client holds nothing of ours but a connection, and not for ever.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_offset_is_the_newest_time_against_ours() {
        assert_eq!(clock_offset_ms(0, 1_000_000), 0);
        assert_eq!(clock_offset_ms(1_540_000 * 1_000_000, 1_000_000), 540_000);
        assert_eq!(clock_offset_ms(u64::MAX, 0), i32::MAX);
    }

    #[test]
    fn memory_in_flight_is_bounded_and_given_back() {
        let in_flight = InFlight::new(10 * 1_024);
        let held = in_flight.try_reserve(9 * 1_024).unwrap();
        assert!(in_flight.try_reserve(2_000).is_none());
        drop(held);
        assert!(in_flight.try_reserve(2_000).is_some());
    }
}
