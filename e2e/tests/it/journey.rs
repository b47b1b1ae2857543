//! A stranger's first minutes, in a real browser: see `browser/journey.spec.ts`.

use std::{path::Path, process::Command};

use naru_e2e::{Shape, Stack};

#[test]
fn a_stranger_sees_their_own_request_and_its_sql_in_one_process() {
    journey(Shape::OneProcess);
}

#[test]
fn a_stranger_sees_their_own_request_and_its_sql_in_split_shape() {
    journey(Shape::Split);
}

fn journey(shape: Shape) {
    let stack = Stack::start(shape, &[]).unwrap();
    let status = stack.status().unwrap();
    let browser = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let outcome = Command::new("npx")
        .args(["playwright", "test"])
        .current_dir(browser)
        .env("NARU_CONSOLE_URL", &status.console_url)
        .env("NARU_APM_URL_TEMPLATE", &status.apm_url_template)
        .env("NARU_MAIL_DIR", &status.mail_dir)
        .env("NARU_WORK_DIR", stack.data())
        .status()
        .unwrap();
    assert!(outcome.success(), "the browser journey failed in shape {shape:?}; its report is above");
}
