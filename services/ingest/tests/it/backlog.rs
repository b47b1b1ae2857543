//! Writers say what waits; who fills the bus is told to wait, and the others are not.

use naru_ingest_api::partition_of;
use naru_otlp::pack::{SHARES_HEADER, Shares};
use naru_testkit::wait_until;
use naru_writer_api::{Backlog, TenantBacklog, backlog_subject};
use prost::Message;

use crate::{
    grpc::Client,
    world::{Key, PARTITIONS, PROTOBUF, RpcStatus, WITHIN, World, request_of, span, spans},
};

const CAP: u64 = 1 << 30;

impl World {
    /// As the writer of this tenant's partition says it.
    async fn say(&self, holder: &Key, waiting_bytes: u64, drained_bytes_per_s: u64) {
        let partition = partition_of(holder.claims.tenant, PARTITIONS);
        let backlog = Backlog {
            v: 1,
            partition,
            epoch: 1,
            committed_seq: 0,
            last_seq: 0,
            cap_bytes: CAP,
            waiting_bytes,
            drained_bytes_per_s,
            tenants_count: 1,
            tenants: vec![TenantBacklog { tenant: holder.claims.tenant, waiting_bytes }],
        };
        self.bus.publish(backlog_subject(partition), &backlog).await.unwrap();
    }
}

#[tokio::test]
async fn a_tenant_that_fills_the_bus_waits_as_long_as_its_excess_takes_to_drain_and_nobody_else_does() {
    let w = World::start().await;
    let (filler, neighbour) = (w.license.issue(), w.license.issue());
    assert_eq!(w.send(&filler, spans(1)).await.status(), 200);
    // A quarter may wait. A tenth of the cap more drains in 7 s at this rate.
    w.say(&filler, CAP / 4 + CAP / 10, CAP / 70).await;
    wait_until("the filler waits", WITHIN, || async { w.send(&filler, spans(1)).await.status() == 429 })
        .await;
    let answer = w.send(&filler, spans(1)).await;
    assert_eq!(answer.headers()["retry-after"], "7");
    let status = RpcStatus::decode(answer.bytes().await.unwrap()).unwrap();
    assert!(status.message.contains("waits to be stored"), "{}", status.message);
    assert_eq!(status.details[0].type_url, "type.googleapis.com/google.rpc.RetryInfo");
    assert_eq!(w.send(&neighbour, spans(1)).await.status(), 200);

    // The same over gRPC.
    let refused =
        Client::of(&w, None).await.traces(Some(&filler), request_of(vec![span(1)])).await.unwrap_err();
    let status = RpcStatus::decode(refused.details()).unwrap();
    assert_eq!((refused.code(), status.code), (tonic::Code::ResourceExhausted, 8));
    assert_eq!(status.details[0].type_url, "type.googleapis.com/google.rpc.RetryInfo");

    w.say(&filler, 0, CAP / 70).await;
    wait_until("the filler may send", WITHIN, || async { w.send(&filler, spans(1)).await.status() == 200 })
        .await;
}

#[tokio::test]
async fn a_pack_says_whose_bytes_it_holds() {
    let w = World::start().await;
    let key = w.license.issue();
    let sent = w.post(spans(100)).header("x-naru-license", &key.text).header("content-type", PROTOBUF);
    assert_eq!(sent.send().await.unwrap().status(), 200);
    let partition = partition_of(key.claims.tenant, PARTITIONS);
    let stream = w.bus.jetstream.get_stream(naru_ingest_api::stream_name(partition)).await.unwrap();
    let message = stream.get_raw_message(1).await.unwrap();
    let shares = Shares::from_text(message.headers.get(SHARES_HEADER).unwrap().as_str());
    let expected = [(key.claims.tenant, message.payload.len() as u64)];
    assert_eq!(shares.iter().collect::<Vec<_>>(), expected);
}
