//! A 2xx means stored: every process is killed again and again under load, and an independent account is compared
//! afterwards. `cargo xtask faults` does the same for longer.

use std::time::Duration;

use naru_e2e::faults::{self, Campaign};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_kills_lose_nothing_and_store_and_bill_nothing_twice() {
    let campaign = Campaign {
        seed: 20_261_121,
        kills_min: 40,
        spans_min: 20_000,
        within: Duration::from_secs(900),
        requests_per_s: 8.0,
        traces_per_request: 32,
        is_release: false,
    };

    let report = faults::run(&campaign, say).await.unwrap();

    say(&report.to_string());
    assert!(report.holds(), "{report}");
}

#[expect(clippy::print_stderr, reason = "a long test says where it is")]
fn say(line: &str) {
    eprintln!("{line}");
}
