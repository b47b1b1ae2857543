//! The rows of the table: their names, units and goals.

/// One figure of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) goal: u32,
    /// Of counts per CPU second more is better, of everything else less.
    pub(crate) more_is_better: bool,
    pub(crate) part: Part,
}

/// What can be asked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    Ingest,
    Gateway,
    Bytes,
    Memory,
    Freshness,
    Trace,
    Attribute,
    List,
    Red,
    Heatmap,
    Restart,
    /// Not among `all`, like the next: it stores everything anew.
    Growth,
    Companies,
    All,
}

/// A row with its figure; `None` where nobody measured it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) row: Row,
    pub(crate) value: Option<f64>,
}

pub(crate) const INGEST: Row = more("ingest_spans_per_cpu_s", 150_000, Part::Ingest);
pub(crate) const GATEWAY: Row = more("gateway_spans_per_cpu_s", 400_000, Part::Gateway);
pub(crate) const BYTES: Row = less("bytes_per_span", "B", 40, Part::Bytes);
pub(crate) const MEMORY: Row = less("rss_mib", "MiB", 1_229, Part::Memory);
pub(crate) const FRESHNESS: Row = less("freshness_p99_ms", "ms", 2_000, Part::Freshness);
pub(crate) const TRACE_WARM: Row = less("trace_warm_ms", "ms", 3, Part::Trace);
pub(crate) const TRACE_COLD: Row = less("trace_cold_p99_ms", "ms", 50, Part::Trace);
pub(crate) const TRACE_MISS: Row = less("trace_miss_ms", "ms", 1, Part::Trace);
pub(crate) const ATTRIBUTE: Row = less("attribute_ms", "ms", 100, Part::Attribute);
pub(crate) const LIST: Row = less("list_p95_ms", "ms", 50, Part::List);
pub(crate) const RED: Row = less("red_24h_ms", "ms", 20, Part::Red);
pub(crate) const HEATMAP: Row = less("heatmap_ms", "ms", 10, Part::Heatmap);
pub(crate) const DRAG: Row = less("drag_list_ms", "ms", 50, Part::List);
pub(crate) const RESTART: Row = less("restart_s", "s", 5, Part::Restart);

/// In the order of the table.
pub(crate) const ROWS: [Row; 14] = [
    INGEST, GATEWAY, BYTES, MEMORY, FRESHNESS, TRACE_WARM, TRACE_COLD, TRACE_MISS, ATTRIBUTE, LIST, RED,
    HEATMAP, DRAG, RESTART,
];

pub(crate) const GROWTH_SPANS: Row = less("growth_spans_cpu_pct", "%", 130, Part::Growth);
pub(crate) const GROWTH_TRACE: Row = less("growth_spans_trace_pct", "%", 130, Part::Growth);
pub(crate) const GROWTH_COMPANIES: Row = less("growth_companies_cpu_pct", "%", 130, Part::Companies);

/// What many cost, of what few do.
pub(crate) const GROWTH: [Row; 3] = [GROWTH_SPANS, GROWTH_TRACE, GROWTH_COMPANIES];

impl Row {
    pub(crate) fn is_wanted(self, parts: &[Part]) -> bool {
        parts.contains(&Part::All) || parts.contains(&self.part)
    }

    pub(crate) const fn at(self, value: f64) -> Measured {
        Measured { row: self, value: Some(value) }
    }
}

const fn more(name: &'static str, goal: u32, part: Part) -> Row {
    Row { name, unit: "spans/CPU-s", goal, more_is_better: true, part }
}

const fn less(name: &'static str, unit: &'static str, goal: u32, part: Part) -> Row {
    Row { name, unit, goal, more_is_better: false, part }
}
