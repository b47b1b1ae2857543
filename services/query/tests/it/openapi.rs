//! The document says what runs.

#[test]
fn every_running_route_is_documented_and_nothing_else_is() {
    let mut documented: Vec<String> = naru_query::openapi().paths.paths.keys().cloned().collect();
    documented.push("/api/openapi.json".to_owned());
    documented.sort();
    assert_eq!(naru_query::paths(), documented);
}

#[test]
fn every_operation_names_its_refusals() {
    for (path, item) in naru_query::openapi().paths.paths {
        let operation = item.get.unwrap_or_else(|| panic!("{path} has a GET"));
        assert!(operation.responses.responses.contains_key("401"), "{path}");
        assert!(operation.responses.responses.contains_key("503"), "{path}");
    }
}
