//! Which words may stand where: doors are opened in their rooms only.

use super::{Finding, files::Source};

/// A word, the path parts it may stand under, and what to do otherwise.
struct Place {
    word: &'static str,
    allowed: &'static [&'static str],
    what_to_do: &'static str,
}

const PLACES: &[Place] = &[
    Place {
        word: "sqlx::",
        allowed: &["/store/", "/store.rs", "libs/postgres/", "libs/lake/", "libs/testkit/", "/tests/"],
        what_to_do: "SQL belongs into store/, one file per table",
    },
    Place {
        word: "axum::",
        allowed: &[
            "/http/",
            "/http.rs",
            "/grpc/",
            "/grpc.rs",
            "libs/http/",
            "libs/runtime/",
            "/error.rs",
            "/tests/",
        ],
        what_to_do: "HTTP belongs into http/, one file per resource",
    },
    Place {
        word: "tonic::",
        allowed: &["/grpc/", "/grpc.rs", "/clients/", "/tests/", "e2e/"],
        what_to_do: "gRPC belongs into grpc/ or clients/",
    },
    Place {
        word: ".begin()",
        allowed: &["libs/postgres/", "services/", "libs/lake/"],
        what_to_do: "transactions begin in libs/postgres, which can't be cancelled half-way",
    },
    Place {
        word: "executor().begin",
        allowed: &[],
        what_to_do: "use the pool's own begin(): the driver's can leave an open transaction in the pool",
    },
];

/// Words that say "later" or "trust me".
const NOT_YET: [&str; 4] = ["todo!(", "unimplemented!(", "FIXME", "XXX:"];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust() && !source.path.starts_with("infra/xtask/"))
    {
        let Some(text) = source.text() else { continue };
        let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
        for (number, line) in shipped.lines().enumerate() {
            let code = line.split("//").next().unwrap_or(line);
            // The OTLP message types live in a module of that name.
            let code = code.replace("opentelemetry_proto::tonic::", "");
            for place in PLACES {
                let may = place.allowed.iter().any(|part| source.path.contains(part));
                if !may && code.contains(place.word) {
                    findings.push(Finding::new(&source.path, number + 1, place.what_to_do));
                }
            }
            for word in NOT_YET.iter().filter(|word| line.contains(**word)) {
                findings.push(Finding::new(
                    &source.path,
                    number + 1,
                    format!("{word} is a promise: keep it or drop it"),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> usize {
        check(&[Source { path: path.to_owned(), bytes: text.as_bytes().to_vec() }]).len()
    }

    #[test]
    fn sql_outside_a_store_is_found_and_in_tests_it_is_not() {
        assert_eq!(findings("services/console/src/tenant/name.rs", "use sqlx::Row;"), 1);
        assert_eq!(findings("services/console/src/store/tenant.rs", "use sqlx::Row;"), 0);
        let in_tests = "fn a() {}\n#[cfg(test)]\nmod tests {\n    use sqlx::Row;\n}\n";
        assert_eq!(findings("services/console/src/tenant/name.rs", in_tests), 0);
        assert_eq!(findings("services/console/src/tenant/name.rs", "// why not sqlx::Row"), 0);
    }

    #[test]
    fn the_message_types_of_otlp_are_no_grpc() {
        let path = "libs/otlp/src/admit/rules.rs";
        assert_eq!(findings(path, "use opentelemetry_proto::tonic::common::v1::AnyValue;"), 0);
        assert_eq!(findings(path, "use tonic::Status;"), 1);
    }
}
