//! The document says what runs.

#[test]
fn every_running_route_is_documented_and_nothing_else_is() {
    let mut documented: Vec<String> =
        naru_query::openapi("naru_session").paths.paths.keys().cloned().collect();
    documented.push("/api/openapi.json".to_owned());
    documented.sort();
    assert_eq!(naru_query::paths(), documented);
}

#[test]
fn every_operation_names_its_refusals() {
    for (path, item) in naru_query::openapi("naru_session").paths.paths {
        let operation = item.get.or(item.post).unwrap_or_else(|| panic!("{path} has a GET or a POST"));
        assert!(operation.responses.responses.contains_key("401"), "{path}");
        assert!(operation.responses.responses.contains_key("503"), "{path}");
    }
}

#[test]
fn every_name_in_the_document_means_one_thing() {
    let document = serde_json::to_value(naru_query::openapi("naru_session")).unwrap();
    let metric = &document["components"]["schemas"]["Metric"];
    assert_eq!(metric["type"], "object", "a metric of the list, not the figure of a series: {metric}");
    assert_eq!(document["components"]["schemas"]["SeriesMetric"]["type"], "string");
}
