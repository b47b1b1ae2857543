use super::*;

/// Runs a test in a process of its own, where no other test takes memory; true in there.
fn is_alone(test: &str) -> bool {
    const ALONE: &str = "NARU_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let test = format!("{}::{test}", module_path!().split_once("::").unwrap().1);
    let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
    let ended = alone.args([&test, "--exact"]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success() && said.contains("1 passed"), "{said}");
    false
}

/// The most memory this process ever held.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_rolling_deployment_does_not_double_the_level_of_its_step() {
    const S: i64 = 1_000_000_000;
    let range = TimeRange { from_ns: 0, to_ns: 1_800 * S };
    let mut fold = Fold::new(Step { range, ns: 900 * S }, GroupBy::Nothing);
    fold.kind = Some(("sum".to_owned(), Nature::Level));
    fold.points = 180;
    // One pod until the middle of the first step, its successor from then on.
    for (number, seconds) in [(1, 0..450), (2, 450..1_800)] {
        let point = |s: i64| Point { time_ns: s * S, value: Some(6.0), ..Point::default() };
        fold.series.insert(number, Series { group: None, points: seconds.step_by(10).map(point).collect() });
    }
    let drawn = fold.finish("jvm.memory.used".to_owned(), None, Vec::new());
    assert_eq!(drawn.series[0].points, [(0.0, Some(6.0)), (900_000.0, Some(6.0))]);
}

#[test]
fn a_level_that_is_sent_every_five_minutes_has_no_gaps_and_is_there_from_the_left_edge() {
    const S: i64 = 1_000_000_000;
    let range = TimeRange { from_ns: 300 * S, to_ns: 900 * S };
    let mut fold = Fold::new(Step { range, ns: 60 * S }, GroupBy::Nothing);
    fold.kind = Some(("sum".to_owned(), Nature::Level));
    assert!(read_range(range).from_ns <= 120 * S, "what was said five minutes before counts");
    let point = |s: i64| Point { time_ns: s * S, value: Some(6.0), ..Point::default() };
    let points: Vec<Point> = [120, 420, 720].map(point).into();
    fold.points = 3;
    fold.series.insert(1, Series { group: None, points });
    let drawn = fold.finish("jvm.memory.used".to_owned(), None, Vec::new());
    assert!(drawn.series[0].points.iter().all(|point| point.1 == Some(6.0)), "{:?}", drawn.series[0].points);
}

#[test]
fn of_very_many_groups_only_the_drawn_ones_cost_memory() {
    if !is_alone("of_very_many_groups_only_the_drawn_ones_cost_memory") {
        return;
    }
    const COLUMNS: i64 = 2_000;
    const GROUPS: u64 = 3_000;
    let range = TimeRange { from_ns: 0, to_ns: COLUMNS * NS_PER_MS };
    let mut fold = Fold::new(Step { range, ns: NS_PER_MS }, GroupBy::Attribute("id".to_owned()));
    for number in 0..GROUPS {
        let point = |time_ms| Point { time_ns: time_ms * NS_PER_MS, value: Some(1.0), ..Point::default() };
        // The last group has the most points.
        let points = (0..=i64::from(number == GROUPS - 1)).map(point).collect();
        fold.series.insert(number, Series { group: Some(format!("{number:05}")), points });
    }
    let before_kib = peak_kib();
    let drawn = fold.finish("m".to_owned(), None, Vec::new());
    assert!(peak_kib() - before_kib < 256 * 1_024, "{before_kib} KiB grew to {}", peak_kib());
    assert_eq!((drawn.series.len(), drawn.omitted_series), (GROUPS_MAX, GROUPS as usize - GROUPS_MAX));
    let first: Vec<&str> = drawn.series[..2].iter().map(|line| line.labels["id"].as_str()).collect();
    assert_eq!(first, ["02999", "00000"]);
}
