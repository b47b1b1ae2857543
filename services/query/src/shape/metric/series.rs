//! One metric over time, in groups.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, btree_map::Entry},
    hash::{BuildHasher, RandomState},
};

use arrow::array::{Array, RecordBatch};
use naru_otlp::view::Attributes;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Aggregation,
    aggregate::{Cell, Contribution},
    buckets::Buckets,
    increments::{Nature, Point, contributions},
    levels::{INTERVAL_NS_MAX, Levels},
};
use crate::{
    parse::{NS_PER_MS, Step, TimeRange},
    scan::{Incomplete, Rows, ScanError, text},
    shape::{
        Ms,
        exemplar::{self, Exemplar},
    },
};

pub(crate) const COLUMNS: &[&str] = &[
    "time_ns",
    "start_ns",
    "name",
    "unit",
    "kind",
    "temporality",
    "is_monotonic",
    "value",
    "count",
    "sum",
    "min",
    "max",
    "buckets",
    "service_name",
    "service_instance",
    "attributes",
    "resource",
    "exemplars",
];

/// Points held for one question; more means that range or filter should be narrower.
const POINTS_MAX: u64 = 3_000_000;
/// Lines in one chart; those with the most points are drawn.
const GROUPS_MAX: usize = 100;
/// Exemplars of one answer: as many as there are steps, at most, and no more than can be looked at.
const EXEMPLARS_MAX: usize = 500;
/// The first point in range of a cumulative series needs the one before it, and a level the point that set it.
const LOOK_BACK_MS: i64 = INTERVAL_NS_MAX / NS_PER_MS;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MetricSeries {
    name: String,
    unit: Option<String>,
    /// `unknown` when there are no points.
    kind: String,
    aggregation: Aggregation,
    series: Vec<Line>,
    /// Groups that are left out because there are too many.
    omitted_series: usize,
    /// Of each step the one with the largest value, among those that lead to a trace.
    exemplars: Vec<Exemplar>,
    from_ms: Ms,
    to_ms: Ms,
    step_ms: Ms,
    incomplete: Vec<Incomplete>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Line {
    /// The group: `{}` without `group_by`.
    labels: BTreeMap<String, String>,
    /// `[start of the step, value]`; null where nothing was sent.
    points: Vec<(Ms, Option<f64>)>,
}

/// What lines are drawn by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GroupBy {
    Nothing,
    Application,
    Instance,
    Attribute(String),
}

impl GroupBy {
    #[must_use]
    pub(crate) fn parse(text: Option<String>) -> Self {
        match text.as_deref() {
            None => Self::Nothing,
            Some("application") => Self::Application,
            Some("instance") => Self::Instance,
            Some(name) => Self::Attribute(name.to_owned()),
        }
    }
}

/// The range to read, so that increments at the beginning are known.
#[must_use]
pub(crate) fn read_range(range: TimeRange) -> TimeRange {
    TimeRange { from_ns: range.widened(LOOK_BACK_MS).from_ns, to_ns: range.to_ns }
}

/// Collects points by series: one application, instance, resource and set of attributes.
#[derive(Debug)]
pub(crate) struct Fold {
    step: Step,
    group_by: GroupBy,
    series: HashMap<u64, Series>,
    points: u64,
    /// Of distributions.
    bucket_bytes: usize,
    /// By step.
    exemplars: BTreeMap<usize, Exemplar>,
    unit: Option<String>,
    kind: Option<(String, Nature)>,
    hasher: RandomState,
}

#[derive(Debug)]
struct Series {
    group: Option<String>,
    points: Vec<Point>,
}

impl Fold {
    #[must_use]
    pub(crate) fn new(step: Step, group_by: GroupBy) -> Self {
        let (series, hasher) = (HashMap::new(), RandomState::new());
        Self {
            step,
            group_by,
            series,
            points: 0,
            bucket_bytes: 0,
            exemplars: BTreeMap::new(),
            unit: None,
            kind: None,
            hasher,
        }
    }

    /// No point was added.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.points == 0
    }

    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        let rows = Rows(batch);
        let (times, starts) = (rows.i64s("time_ns")?, rows.i64s("start_ns")?);
        let (values, counts) = (rows.f64s("value")?, rows.u64s("count")?);
        let (sums, least, most) = (rows.f64s("sum")?, rows.f64s("min")?, rows.f64s("max")?);
        let buckets = rows.texts("buckets")?;
        let (services, instances) = (rows.texts("service_name")?, rows.texts("service_instance")?);
        let (attributes, resources) = (rows.messages("attributes")?, rows.messages("resource")?);
        let exemplars = rows.messages("exemplars")?;
        self.points += batch.num_rows() as u64;
        if self.points > POINTS_MAX {
            return Err(ScanError::TooManyRows { rows_max: POINTS_MAX });
        }
        for row in 0..batch.num_rows() {
            self.learn_kind(rows, row)?;
            if exemplars.is_valid(row) {
                exemplar::read(exemplars.value(row)).for_each(|exemplar| self.show(exemplar));
            }
            let identity =
                (services.value(row), text(instances, row), attributes.value(row), resources.value(row));
            let key = self.hasher.hash_one(identity);
            let group_by = &self.group_by;
            let series = self.series.entry(key).or_insert_with(|| Series {
                group: match group_by {
                    GroupBy::Nothing => None,
                    GroupBy::Application => Some(services.value(row).to_owned()),
                    GroupBy::Instance => text(instances, row).map(str::to_owned),
                    GroupBy::Attribute(name) => label(name, attributes.value(row), resources.value(row)),
                },
                points: Vec::new(),
            });
            let buckets = text(buckets, row).and_then(Buckets::parse);
            self.bucket_bytes += buckets.as_ref().map_or(0, Buckets::bytes);
            let number = |array: &arrow::array::Float64Array| array.is_valid(row).then(|| array.value(row));
            series.points.push(Point {
                time_ns: times.value(row),
                start_ns: starts.is_valid(row).then(|| starts.value(row)),
                value: number(values),
                count: counts.is_valid(row).then(|| counts.value(row) as f64),
                sum: number(sums),
                min: number(least),
                max: number(most),
                bounds: (number(least), number(most)),
                buckets,
            });
        }
        Ok(())
    }

    /// In memory, about.
    pub(crate) fn bytes(&self) -> usize {
        let points = usize::try_from(self.points).unwrap_or(usize::MAX).saturating_mul(size_of::<Point>());
        points.saturating_add(self.bucket_bytes).saturating_add(self.series.len() * size_of::<Series>())
    }

    fn show(&mut self, exemplar: Exemplar) {
        let at_ns = (exemplar.time_ms * NS_PER_MS as f64) as i64;
        let Some(column) = self.step.column_of(at_ns).filter(|_| exemplar.trace_id.is_some()) else { return };
        let is_full = self.exemplars.len() >= EXEMPLARS_MAX;
        match self.exemplars.entry(column) {
            Entry::Occupied(mut held) if held.get().value < exemplar.value => drop(held.insert(exemplar)),
            Entry::Vacant(free) if !is_full => drop(free.insert(exemplar)),
            _ => {}
        }
    }

    /// All points of one name are of one kind; the first says which.
    fn learn_kind(&mut self, rows: Rows<'_>, row: usize) -> Result<(), ScanError> {
        if self.kind.is_some() {
            return Ok(());
        }
        let kind = rows.texts("kind")?.value(row).to_owned();
        let monotonic = rows.bools("is_monotonic")?;
        let is_monotonic = monotonic.is_valid(row).then(|| monotonic.value(row));
        let nature = Nature::of(&kind, text(rows.texts("temporality")?, row), is_monotonic);
        self.unit = text(rows.texts("unit")?, row).map(str::to_owned);
        self.kind = Some((kind, nature));
        Ok(())
    }

    #[must_use]
    pub(crate) fn finish(
        self,
        name: String,
        asked: Option<Aggregation>,
        incomplete: Vec<Incomplete>,
    ) -> MetricSeries {
        let step = self.step;
        let (kind, nature) = self.kind.unwrap_or(("unknown".to_owned(), Nature::Level));
        let aggregation = asked.unwrap_or_else(|| usual(&kind, nature));
        let (groups, omitted_series) = most_points(self.series);
        let known_from_ns = read_range(step.range).from_ns;
        let is_level = nature == Nature::Level;
        // Cells are many times the size of a line's points, so there are those of one group at a time.
        let line = |group: Group| {
            let mut cells = vec![Cell::default(); step.columns()];
            let mut levels = (is_level && aggregation == Aggregation::Sum).then(|| Levels::of(step));
            for points in group.series {
                let points = contributions(nature, points, known_from_ns);
                add_series(&mut cells, step, &points);
                if let Some(levels) = &mut levels {
                    levels.add(&points.iter().map(|(ns, added)| (*ns, added.sum)).collect::<Vec<_>>());
                }
            }
            for (cell, level) in cells.iter_mut().zip(levels.into_iter().flat_map(Levels::means)) {
                cell.set_level(level);
            }
            let value = |(column, cell): (usize, &Cell)| {
                (step.start_ms(column), cell.value(aggregation, is_level, step.seconds(column)))
            };
            Line {
                labels: labels(&self.group_by, group.name),
                points: cells.iter().enumerate().map(value).collect(),
            }
        };
        MetricSeries {
            name,
            unit: self.unit,
            kind,
            aggregation,
            series: groups.into_iter().map(line).collect(),
            omitted_series,
            exemplars: self.exemplars.into_values().collect(),
            from_ms: step.range.start_ms(),
            to_ms: step.range.end_ms(),
            step_ms: step.ms(),
            incomplete,
        }
    }
}

/// The series of one line.
struct Group {
    name: Option<String>,
    /// Points of each series.
    series: Vec<Vec<Point>>,
}

/// The [`GROUPS_MAX`] groups with the most points, those first, and how many others there are.
fn most_points(all: HashMap<u64, Series>) -> (Vec<Group>, usize) {
    let mut by_name: HashMap<Option<String>, Vec<Vec<Point>>> = HashMap::new();
    for series in all.into_values() {
        by_name.entry(series.group).or_default().push(series.points);
    }
    let count = |series: &[Vec<Point>]| series.iter().map(Vec::len).sum::<usize>();
    let mut groups: Vec<(usize, Group)> =
        by_name.into_iter().map(|(name, series)| (count(&series), Group { name, series })).collect();
    groups.sort_by(|(a_points, a), (b_points, b)| b_points.cmp(a_points).then_with(|| a.name.cmp(&b.name)));
    let omitted = groups.len().saturating_sub(GROUPS_MAX);
    groups.truncate(GROUPS_MAX);
    (groups.into_iter().map(|(_, group)| group).collect(), omitted)
}

fn add_series(cells: &mut [Cell], step: Step, points: &[(i64, Contribution)]) {
    for (time_ns, added) in points {
        if let Some(cell) = step.column_of(*time_ns).and_then(|column| cells.get_mut(column)) {
            cell.add(added);
        }
    }
}

fn usual(kind: &str, nature: Nature) -> Aggregation {
    match (kind, nature) {
        ("sum", Nature::Delta | Nature::Cumulative) => Aggregation::Rate,
        // Parts of a whole, as a heap by its spaces; a gauge's series are each a thing of their own.
        ("sum", Nature::Level) => Aggregation::Sum,
        _ => Aggregation::Avg,
    }
}

/// An attribute of the point, else of its resource.
fn label(name: &str, attributes: &[u8], resource: &[u8]) -> Option<String> {
    let value = |message| Attributes::of(message, 1).find(name);
    value(attributes).or_else(|| value(resource))?.as_text().map(Cow::into_owned)
}

fn labels(group_by: &GroupBy, group: Option<String>) -> BTreeMap<String, String> {
    let name = match group_by {
        GroupBy::Nothing => return BTreeMap::new(),
        GroupBy::Application => "application",
        GroupBy::Instance => "instance",
        GroupBy::Attribute(name) => name,
    };
    // A series without the attribute is a line of its own, with an empty label.
    BTreeMap::from([(name.to_owned(), group.unwrap_or_default())])
}

#[cfg(test)]
mod tests;
