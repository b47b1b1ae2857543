//! Any log can be searched and any metric drawn.

use naru_signal::Signal;
use serde_json::{Value, json};

use crate::world::{Log, Metric, World, exemplar_cell, span_id, trace_id};

const BASE_MS: i64 = 1_700_000_000_000;

fn range(rest: &str) -> String {
    format!("from={BASE_MS}&to={}{rest}", BASE_MS + 60_000)
}

fn bodies(answer: &Value) -> Vec<&str> {
    answer["logs"].as_array().unwrap().iter().map(|log| log["body"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_found_by_words_severity_and_page() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let stored = [Log::at(BASE_MS + 1, 9, "Order paid"), Log::at(BASE_MS + 2, 17, "payment FAILED 100%")];
    world.writer.append(&acme, Signal::Logs, &stored);
    world.writer.cut(&acme).await;
    let same_time: Vec<_> =
        (0..5).map(|number| Log::at(BASE_MS + 5, 13, &format!("결제 지연 {number}"))).collect();
    world.writer.append(&acme, Signal::Logs, &same_time);

    let failed = world.get(&acme, &format!("logs?{}", range("&q=failed"))).await;
    assert_eq!(bodies(&failed), ["payment FAILED 100%"]);
    let literal = world.get(&acme, &format!("logs?{}", range("&q=00%25"))).await;
    assert_eq!(bodies(&literal), ["payment FAILED 100%"]);
    let nothing = world.get(&acme, &format!("logs?{}", range("&q=Order%25paid"))).await;
    assert_eq!(bodies(&nothing), [""; 0], "% is a letter, not a wildcard");
    let korean = world.get(&acme, &format!("logs?{}", range("&q=지연&severity=warn"))).await;
    assert_eq!(bodies(&korean).len(), 5);
    let errors = world.get(&acme, &format!("logs?{}", range("&severity=error"))).await;
    assert_eq!(bodies(&errors), ["payment FAILED 100%"]);

    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.get(&acme, &format!("logs?{}", range(&format!("&limit=2&cursor={cursor}")))).await;
        all.extend(bodies(&page).into_iter().map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(all.len(), 7);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 7, "no record comes twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_listed_and_drawn_as_their_kind_wants() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let counter = |at: i64, value: f64| {
        Metric::at(BASE_MS + at, "orders", "sum")
            .with("temporality", "cumulative")
            .with("is_monotonic", true)
            .with("start_ns", (BASE_MS - 1_000_000) * 1_000_000)
            .with("value", value)
    };
    let histogram = Metric::at(BASE_MS + 1_000, "latency", "histogram")
        .with("temporality", "delta")
        .with("count", 10)
        .with("sum", 150.0)
        .with("buckets", json!({ "bounds": [10, 20], "counts": [0, 10, 0] }).to_string())
        .with("exemplars", exemplar_cell(BASE_MS + 900, 19.5, 7));
    let gauge =
        |at: i64, value: f64| Metric::at(BASE_MS + at, "jvm.memory.used", "gauge").with("value", value);
    world.writer.append(&acme, Signal::Metrics, &[counter(-10_000, 100.0), counter(5_000, 130.0), histogram]);
    world.writer.cut(&acme).await;
    world.writer.append(&acme, Signal::Metrics, &[counter(15_000, 20.0), gauge(0, 3.0), gauge(1_000, 5.0)]);

    let names = world.get(&acme, &format!("metrics?{}", range(""))).await;
    let names: Vec<_> =
        names["metrics"].as_array().unwrap().iter().map(|m| (&m["name"], &m["kind"])).collect();
    let (heap, latency, orders) = (json!("jvm.memory.used"), json!("latency"), json!("orders"));
    let (of_gauge, of_histogram, of_sum) = (json!("gauge"), json!("histogram"), json!("sum"));
    assert_eq!(names, [(&heap, &of_gauge), (&latency, &of_histogram), (&orders, &of_sum)]);

    let draw = async |rest: &str| {
        let answer =
            world.get(&acme, &format!("metrics/series?{}", range(&format!("&step=10000&{rest}")))).await;
        assert_eq!(answer["series"].as_array().unwrap().len(), 1, "{answer}");
        answer["series"][0].clone()
    };
    let value = |line: &Value, column: usize| line["points"][column][1].clone();
    // 100 → 130, then a restart that counted 20.
    let rate = draw("name=orders").await;
    assert_eq!((value(&rate, 0), value(&rate, 1), value(&rate, 2)), (json!(3.0), json!(2.0), Value::Null));
    let p50 = draw("name=latency&aggregation=p50").await;
    assert_eq!(value(&p50, 0), json!(15.0));
    let exemplars =
        &world.get(&acme, &format!("metrics/series?{}", range("&name=latency"))).await["exemplars"];
    let seen = json!({ "time_ms": (BASE_MS + 900) as f64, "value": 19.5, "trace_id": trace_id(7),
                       "span_id": span_id(7), "attributes": { "pool": "spare" } });
    assert_eq!(*exemplars, json!([seen]));
    let average = draw("name=jvm.memory.used&group_by=pool").await;
    assert_eq!((value(&average, 0), &average["labels"]), (json!(4.0), &json!({ "pool": "main" })));
    let pool = draw("name=jvm.memory.used&attr=pool=main").await;
    assert_eq!(value(&pool, 0), json!(4.0));
    let none =
        world.get(&acme, &format!("metrics/series?{}", range("&name=jvm.memory.used&attr=pool=spare"))).await;
    assert_eq!(none["series"], json!([]));
    // Agents of long ago called it otherwise, and so may whoever asks.
    let most = draw("name=process.runtime.jvm.memory.usage&aggregation=max&group_by=application").await;
    assert_eq!((value(&most, 0), &most["labels"]["application"]), (json!(5.0), &json!("shop")));

    let unknown = world.get(&acme, &format!("metrics/series?{}", range("&name=nothing"))).await;
    assert_eq!((&unknown["series"], &unknown["kind"]), (&json!([]), &json!("unknown")));
}
