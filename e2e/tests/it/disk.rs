//! A disk that is full under the bus: senders are told to come again, nothing is lost, and nobody has to help.

use std::{fs, time::Duration};

use naru_e2e::{Client, Shape, Stack, sign_up};
use naru_load::{
    corpus::Corpus,
    drive::now_ms,
    send::{Answer, HttpSender, Sender},
};
use naru_testkit::{SmallDisk, wait_until};

/// What the bus needs to begin with, what the launcher wants to see free, and something to fill.
const DISK_BYTES: u64 = 160 << 20;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_under_the_bus_is_try_again_until_there_is_room_and_loses_nothing() {
    let stack = Stack::new(Shape::OneProcess, false);
    let Some(disk) = SmallDisk::mount(&stack.data().join("nats"), DISK_BYTES) else { return };
    // The folder is a stack's from its first moment.
    fs::write(stack.data().join(".naru-stack"), "").unwrap();
    stack.up(&[]).unwrap();
    let status = stack.status().unwrap();
    let tenant = sign_up(&status, "full-co").await.unwrap();
    let sender = HttpSender::new(&status.otlp_http, &tenant.license_key, Duration::from_secs(30)).unwrap();
    let (sender, corpus) = (Sender::Http(sender), Corpus::new(5, 64));
    let answer = sender.send(&corpus.body(0, now_ms())).await;
    assert_eq!(answer, Answer::Acknowledged);

    disk.fill();

    let refused = corpus.body(1, now_ms());
    for _ in 0..3 {
        match sender.send(&refused).await {
            Answer::Again { status, after } => {
                assert!(status == "503" && after.is_some(), "{status}, again after {after:?}");
            }
            answer => panic!("a full disk was answered {answer:?}"),
        }
    }

    disk.clear();

    wait_until("the same bytes are taken", PATIENCE, || async {
        sender.send(&refused).await == Answer::Acknowledged
    })
    .await;
    let query = Client::new(&format!("http://{}", status.edge_addr), tenant.apm.host()).unwrap();
    let query = query.with_token(&tenant.token);
    for number in [0, 1] {
        let trace = corpus.first_trace(number).unwrap();
        let path = format!("/api/v1/projects/{}/traces/{trace:032x}", tenant.project);
        wait_until("what was acknowledged can be read", PATIENCE, || async {
            query.get(&path).await.is_ok_and(|answer| answer.status == 200)
        })
        .await;
    }
}
