//! The service map: who calls whom, how often, how well.

use std::collections::BTreeMap;

use naru_lake::rollup::{DecodeError, Histogram, Kind, Node, Row};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Ms,
    red::{Red, Totals},
};
use crate::{parse::TimeRange, scan::Incomplete};

/// Beside the key.
pub(crate) const COLUMNS: &[&str] = &["ok", "failed", "apdex"];
pub(crate) const KINDS: &[Kind] = &[Kind::Service, Kind::Edge, Kind::EdgeTaken];

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServiceMap {
    from_ms: Ms,
    to_ms: Ms,
    nodes: Vec<MapNode>,
    edges: Vec<MapEdge>,
    incomplete: Vec<Incomplete>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MapNode {
    /// Edges name nodes by it.
    id: String,
    kind: NodeKind,
    name: String,
    /// `db.system.name` or `messaging.system`.
    system: Option<String>,
    /// Of applications: their own transactions. Of others: calls to them.
    totals: Totals,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NodeKind {
    Application,
    /// Whoever calls and sends no spans: browsers, other systems.
    Outside,
    Database,
    Queue,
    External,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MapEdge {
    from: String,
    to: String,
    calls: u64,
    /// Per second.
    rate: f64,
    errors: u64,
    /// 0 to 1.
    error_rate: f64,
    p50_ms: Option<Ms>,
    p95_ms: Option<Ms>,
}

#[derive(Debug, Default)]
pub(crate) struct Fold {
    services: BTreeMap<String, Red>,
    edges: BTreeMap<(String, String), Calls>,
}

/// Calls counted, and those taken off again since they turned out to go elsewhere.
#[derive(Debug, Default)]
struct Calls {
    ok: Histogram,
    failed: Histogram,
    taken_ok: Histogram,
    taken_failed: Histogram,
}

impl Fold {
    pub(crate) fn add(&mut self, kind: Kind, row: &Row<'_>) -> Result<(), DecodeError> {
        if kind == Kind::Service {
            return self.services.entry(row.service().to_owned()).or_default().add(row);
        }
        let calls = self.edges.entry((row.service().to_owned(), row.name().to_owned())).or_default();
        if kind == Kind::EdgeTaken {
            row.merge_durations(&mut calls.taken_ok, &mut calls.taken_failed)
        } else {
            row.merge_durations(&mut calls.ok, &mut calls.failed)
        }
    }

    /// `seconds` of the range have passed.
    pub(crate) fn finish(self, range: TimeRange, seconds: f64, incomplete: Vec<Incomplete>) -> ServiceMap {
        let mut called: BTreeMap<String, Red> = BTreeMap::new();
        let mut edges = Vec::new();
        for ((from, to), calls) in self.edges {
            let ok = calls.ok.without(&calls.taken_ok);
            let failed = calls.failed.without(&calls.taken_failed);
            if ok.is_empty() && failed.is_empty() {
                continue;
            }
            called.entry(from.clone()).or_default();
            called.entry(to.clone()).or_default().add_calls(&ok, &failed);
            edges.push(edge(from, to, &ok, &failed, seconds));
        }
        for (service, red) in self.services {
            called.insert(Node::Service(service.into()).to_string(), red);
        }
        let nodes = called.into_iter().map(|(id, red)| node(id, &red, seconds)).collect();
        ServiceMap { from_ms: range.start_ms(), to_ms: range.end_ms(), nodes, edges, incomplete }
    }
}

fn edge(from: String, to: String, ok: &Histogram, failed: &Histogram, seconds: f64) -> MapEdge {
    let mut all = ok.clone();
    all.merge(failed);
    let quantile = |q| all.quantile_ns(q).map(|ns| ns / 1e6);
    MapEdge {
        from,
        to,
        calls: all.count(),
        rate: all.count() as f64 / seconds,
        errors: failed.count(),
        error_rate: failed.count() as f64 / all.count().max(1) as f64,
        p50_ms: quantile(0.50),
        p95_ms: quantile(0.95),
    }
}

fn node(id: String, red: &Red, seconds: f64) -> MapNode {
    let (kind, name, system) = match Node::parse(&id) {
        Node::Service(name) => (NodeKind::Application, name.into_owned(), None),
        Node::Outside => (NodeKind::Outside, String::new(), None),
        Node::Database { system, name } => (NodeKind::Database, name.into_owned(), Some(system.into_owned())),
        Node::Queue { system, name } => (NodeKind::Queue, name.into_owned(), Some(system.into_owned())),
        Node::External(host) => (NodeKind::External, host.into_owned(), None),
    };
    MapNode { id, kind, name, system, totals: red.totals(seconds) }
}
