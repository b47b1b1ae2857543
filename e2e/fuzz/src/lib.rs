//! Every decoder, fed with anything.
//!
//! A target takes bytes and panics when a promise is broken: a decoder that panics, answers something else than the
//! reference does, or takes more than its bound. libFuzzer calls it through `fuzz_targets/`; the tests below call it with
//! its own seeds, which are made here and lie nowhere in the repository.

pub mod answers;
pub mod columns;
pub mod grpc;
pub mod inflate;
pub mod json;
pub mod names;
pub mod otlp;
pub mod pack;
pub mod rollup;
pub mod sealed;
pub mod segment;

use std::{fs, path::Path};

/// One decoder, or one promise of several.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Of its binary, too.
    pub name: &'static str,
    pub check: fn(&[u8]),
    /// Where mutation begins: valid input of each kind.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

pub const TARGETS: [Target; 18] = [
    Target { name: "buckets", check: answers::buckets, seeds: answers::buckets_seeds },
    Target { name: "columns", check: columns::check, seeds: columns::seeds },
    Target { name: "cursor", check: answers::cursor, seeds: answers::cursor_seeds },
    Target { name: "distinct", check: rollup::distinct, seeds: rollup::distinct_seeds },
    Target { name: "exception", check: rollup::exception, seeds: rollup::exception_seeds },
    Target { name: "grpc", check: grpc::check, seeds: grpc::seeds },
    Target { name: "histogram", check: rollup::histogram, seeds: rollup::histogram_seeds },
    Target { name: "inflate", check: inflate::check, seeds: inflate::seeds },
    Target { name: "names", check: names::check, seeds: names::seeds },
    Target { name: "otlp_json", check: json::check, seeds: json::seeds },
    Target { name: "otlp_logs", check: otlp::logs, seeds: otlp::seeds::logs },
    Target { name: "otlp_metrics", check: otlp::metrics, seeds: otlp::seeds::metrics },
    Target { name: "otlp_traces", check: otlp::traces, seeds: otlp::seeds::traces },
    Target { name: "pack", check: pack::check, seeds: pack::seeds },
    Target { name: "sealed", check: sealed::check, seeds: sealed::seeds },
    Target { name: "segment", check: segment::check, seeds: segment::seeds },
    Target { name: "sql", check: rollup::sql, seeds: rollup::sql_seeds },
    Target { name: "summary", check: rollup::summary, seeds: rollup::summary_seeds },
];

/// Writes the target's seeds into the corpus folder on libFuzzer's command line, before libFuzzer reads it.
pub fn plant(target: &str) {
    let folder = std::env::args().skip(1).find(|argument| Path::new(argument).is_dir());
    let target = TARGETS.iter().find(|known| known.name == target).expect("each binary names its target");
    let Some(folder) = folder else { return };
    for (number, seed) in (target.seeds)().into_iter().enumerate() {
        let path = Path::new(&folder).join(format!("seed-{number}"));
        fs::write(path, seed).expect("the corpus folder can be written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_passes_its_target() {
        for target in TARGETS {
            let seeds = (target.seeds)();
            assert!(!seeds.is_empty(), "{} begins with nothing", target.name);
            for seed in seeds {
                (target.check)(&seed);
                (target.check)(&seed[..seed.len() / 2]);
            }
            (target.check)(&[]);
        }
    }

    #[test]
    fn every_target_has_its_binary() {
        for target in TARGETS {
            let path = format!("{}/fuzz_targets/{}.rs", env!("CARGO_MANIFEST_DIR"), target.name);
            let text = fs::read_to_string(path).unwrap();
            assert!(text.contains(&format!("plant(\"{}\")", target.name)), "{}", target.name);
        }
    }
}
