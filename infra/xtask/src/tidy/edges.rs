//! Which crate may know which: strictly downwards, by the layer each states in its Cargo metadata.

use std::{collections::BTreeMap, path::Path, process::Command};

use anyhow::{Context, ensure};
use serde::Deserialize;

use super::Finding;

/// Edges between crates of layer L2. A new one needs a reason in the pull request that adds it.
const DOOR_EDGES: [(&str, &str); 2] = [("naru-http", "naru-auth"), ("naru-lake", "naru-postgres")];
/// Doors write our own logs.
const FOR_ALL_DOORS: &str = "naru-telemetry";
/// Starts servers as children: nothing that ships may depend on it.
const BENCH: &str = "naru-testkit";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: String,
    metadata: Option<serde_json::Value>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    path: Option<String>,
}

pub(super) fn check(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("running cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let layers: BTreeMap<&str, &str> = metadata
        .packages
        .iter()
        .filter_map(|package| Some((package.name.as_str(), layer(package)?)))
        .collect();
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let file = Path::new(&package.manifest_path).strip_prefix(root).unwrap_or(Path::new("Cargo.toml"));
        let file = file.display().to_string();
        let Some(&from) = layers.get(package.name.as_str()) else {
            let what = "state the crate's layer: [package.metadata.naru] layer = \"L2\"";
            findings.push(Finding::new(file, 0, what));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| dependency.path.is_some()) {
            let to = layers.get(dependency.name.as_str()).copied().unwrap_or("?");
            let is_dev = dependency.kind.as_deref() == Some("dev");
            if let Some(problem) = problem(&package.name, from, &dependency.name, to, is_dev) {
                findings.push(Finding::new(file.clone(), 0, problem));
            }
        }
    }
    Ok(findings)
}

fn layer(package: &Package) -> Option<&str> {
    package.metadata.as_ref()?.pointer("/naru/layer")?.as_str()
}

/// Why this edge must not be, if so.
fn problem(from_name: &str, from: &str, to_name: &str, to: &str, is_dev: bool) -> Option<String> {
    if to_name == BENCH {
        let may = is_dev || matches!(from, "stack" | "e2e");
        return (!may).then(|| format!("{from_name} may use {BENCH} in tests only"));
    }
    let may = match (from, to) {
        // Tests may look one layer sideways, at the words and contracts they play.
        _ if is_dev => matches!(to, "L0" | "L1" | "L2" | "L3" | "e2e") || from == "e2e",
        ("L1" | "bench", "L0") | ("L2", "L0" | "L1") => true,
        ("bench", "L2") => true,
        ("L2", "L2") => to_name == FOR_ALL_DOORS || DOOR_EDGES.contains(&(from_name, to_name)),
        ("L3", "L0" | "L1" | "L2") => true,
        ("service", "L0" | "L1" | "L2" | "L3") => true,
        ("stack", "service" | "L3" | "L2" | "L1" | "L0") => true,
        ("e2e", "e2e" | "L0" | "L1") => true,
        // Makes stored days with the writer's own code; nothing that ships knows it.
        ("past", "e2e" | "service" | "L2" | "L1" | "L0") => true,
        // Decoders lie in libraries, and in the gateway.
        ("fuzz", "service" | "L2" | "L1" | "L0") => true,
        _ => false,
    };
    (!may).then(|| {
        format!("{from_name} ({from}) must not depend on {to_name} ({to}): dependencies point downwards")
    })
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn edges_point_downwards_only() {
        let allowed = [
            ("naru-ingest", "service", "naru-otlp", "L2", false),
            ("naru-http", "L2", "naru-auth", "L2", false),
            ("naru-redis", "L2", "naru-telemetry", "L2", false),
            ("naru-license", "service", "naru-testkit", "bench", true),
            ("naru-devstack", "stack", "naru-query", "service", false),
            ("naru-fuzz", "fuzz", "naru-ingest", "service", false),
            ("naru-past", "past", "naru-writer", "service", false),
        ];
        for (from_name, from, to_name, to, is_dev) in allowed {
            assert_eq!(problem(from_name, from, to_name, to, is_dev), None);
        }
        let refused = [
            ("naru-ingest", "service", "naru-license", "service", false),
            ("naru-ingest", "service", "naru-license", "service", true),
            ("naru-console-api", "L1", "naru-license-api", "L1", false),
            ("naru-ids", "L0", "naru-signal", "L0", false),
            ("naru-redis", "L2", "naru-postgres", "L2", false),
            ("naru-postgres", "L2", "naru-runtime", "L3", false),
            ("naru-query", "service", "naru-testkit", "bench", false),
            ("naru-launcher", "tool", "naru-ids", "L0", false),
            ("naru-ingest", "service", "naru-fuzz", "fuzz", true),
            ("naru-e2e", "e2e", "naru-past", "past", false),
        ];
        for (from_name, from, to_name, to, is_dev) in refused {
            assert!(problem(from_name, from, to_name, to, is_dev).is_some(), "{from_name} → {to_name}");
        }
    }
}
