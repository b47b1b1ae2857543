//! A 2xx means stored: everything that can go wrong is done to a split stack under load, and an independent account is
//! compared afterwards. `cargo xtask faults` does the same for longer.

use std::time::Duration;

use naru_e2e::faults::{self, Campaign, Traffic, Trial};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_kills_lose_nothing_and_store_and_bill_nothing_twice() {
    let campaign = Campaign {
        traffic: TRAFFIC,
        kills_min: 40,
        items_min: 20_000,
        within: Duration::from_secs(900),
        is_release: false,
    };

    let report = faults::kills(&campaign, say).await.unwrap();

    say(&report.to_string());
    assert!(report.compared.holds(), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gaps_outages_zombies_and_replays_lose_nothing_and_store_and_bill_nothing_twice() {
    let trial = Trial { traffic: TRAFFIC, within: Duration::from_secs(900), is_release: false };

    let compared = faults::troubles(&trial, say).await.unwrap();

    say(&compared.to_string());
    assert!(compared.holds(), "{compared}");
}

const TRAFFIC: Traffic = Traffic { seed: 20_261_121, requests_per_s: 8.0, traces_per_request: 32 };

#[expect(clippy::print_stderr, reason = "a long test says where it is")]
fn say(line: &str) {
    eprintln!("{line}");
}
