//! Names as numbers, and which of them may have rows of their own.
//!
//! First come, first kept, until nothing that is kept counts under a name: then it makes room for another. Whether a row counts
//! under its own name or among all others is told by its bucket and by what the commits have kept, and by nothing else, so
//! that a recount of kept rows finds the same, in any order:
//! - a name that is known counts in buckets after [`Known::after_ns`];
//! - one that is not counts among all others in buckets up to [`Place::full_ns`], the last in which any found no room. That
//!   only ever rises, and when a name is taken in, it is what its `after_ns` becomes: whatever it was counted as before then, it
//!   was counted as another.
//! - A name is let go of when the rows of its last bucket are past their retention. No row is left then that a recount would
//!   have to count under it.

mod tenant;
mod texts;

use std::{fmt::Write, sync::Arc};

use super::key::{HashMap, HashSet};
use naru_lake::rollup::{Kind, Node};

pub(crate) use tenant::TenantNames;
pub(super) use texts::Texts;

/// What is counted beyond the caps.
pub(crate) const OTHER: &str = "__other__";

/// Services of a project.
const SERVICES_MAX: u32 = 500;
/// Operations, instances, statements, exceptions or called nodes of one service.
const NAMES_MAX: u32 = 2_000;
/// Names of a project in all: some 10 MB. No sender of random names gets further than that.
const PROJECT_NAMES_MAX: usize = 50_000;
/// Longer names are cut: what differs only behind is one.
const NAME_BYTES_MAX: usize = 512;
/// That a name is in use is written down for a week at a time: a commit a minute must not write all of them.
const IN_USE_NS: i64 = 7 * 86_400_000_000_000;
const NEVER_NS: i64 = i64::MIN;

/// A name's number within one project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NameId(u32);

impl NameId {
    pub(super) const EMPTY: Self = Self(0);
    pub(super) const OTHER: Self = Self(1);
}

/// Kind, service, name.
type Key = (Kind, NameId, NameId);

/// A name with rows of its own.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// Buckets up to this one count it among all others.
    after_ns: i64,
    /// No bucket at this moment or later counts under it yet.
    until_ns: i64,
}

/// Where names of a kind and service are; services themselves are under the empty name.
#[derive(Debug, Clone, Copy)]
struct Place {
    names: u32,
    /// The last bucket in which a name found no room.
    full_ns: i64,
}

impl Default for Place {
    fn default() -> Self {
        Self { names: 0, full_ns: NEVER_NS }
    }
}

/// A name that is in use for the first time, or for longer than was known; the commit keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptName {
    pub(crate) kind: Kind,
    pub(crate) service: Arc<str>,
    pub(crate) name: Arc<str>,
    pub(crate) after_ns: i64,
    pub(crate) until_ns: i64,
}

/// A kind and service whose names found no room up to a bucket; the commit keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FullPlace {
    pub(crate) kind: Kind,
    pub(crate) service: Arc<str>,
    pub(crate) through_ns: i64,
}

/// What has changed about a project's names since the last cut.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct NameChanges {
    pub(crate) names: Vec<KeptName>,
    pub(crate) full: Vec<FullPlace>,
}

#[derive(Debug)]
pub(super) struct Names {
    /// Also of names that were let go of: counts and calls that wait may still hold their numbers. Some kilobytes a day, until
    /// the next owner.
    texts: Texts,
    ids: HashMap<Arc<str>, NameId>,
    known: HashMap<Key, Known>,
    places: HashMap<(Kind, NameId), Place>,
    /// Services as nodes of the map.
    nodes: HashMap<NameId, NameId>,
    changed: HashSet<Key>,
    filled: HashSet<(Kind, NameId)>,
    /// What ended before this was let go of: unix ns.
    aged_ns: i64,
    outside: NameId,
    /// Of this and all other projects of the tenant.
    of_tenant: Arc<TenantNames>,
    /// Of a node that is looked up, kept for its room.
    text: String,
}

impl Names {
    pub(super) fn new(of_tenant: Arc<TenantNames>) -> Self {
        let mut names = Self {
            texts: Texts::default(),
            ids: HashMap::default(),
            known: HashMap::default(),
            places: HashMap::default(),
            nodes: HashMap::default(),
            changed: HashSet::default(),
            filled: HashSet::default(),
            aged_ns: NEVER_NS,
            outside: NameId::EMPTY,
            of_tenant,
            text: String::new(),
        };
        names.intern("");
        names.intern(OTHER);
        names.outside = names.intern(&Node::Outside.to_string());
        names
    }

    /// The number of a service in a bucket (unix ns): its own, or that of all others.
    pub(super) fn service(&mut self, service: &str, at_ns: i64) -> NameId {
        self.admit((Kind::Service, NameId::EMPTY), service, at_ns, SERVICES_MAX)
    }

    /// The number of a name among rows of this kind and service in a bucket.
    pub(super) fn name(&mut self, kind: Kind, service: NameId, name: &str, at_ns: i64) -> NameId {
        if name.is_empty() { NameId::EMPTY } else { self.admit((kind, service), name, at_ns, NAMES_MAX) }
    }

    fn admit(&mut self, place: (Kind, NameId), name: &str, at_ns: i64, max: u32) -> NameId {
        let clean = clean(name);
        let name = clean.as_deref().unwrap_or(name);
        let id = self.ids.get(name).copied();
        if let Some(id) = id.and_then(|id| self.known_as((place.0, place.1, id), at_ns)) {
            return id;
        }
        let held = self.places.entry(place).or_default();
        if at_ns <= held.full_ns {
            metrics::counter!("writer_names_beyond_cap_total").increment(1);
            return NameId::OTHER;
        }
        if held.names >= max || self.known.len() >= PROJECT_NAMES_MAX || self.of_tenant.is_full() {
            held.full_ns = at_ns;
            self.filled.insert(place);
            metrics::counter!("writer_names_beyond_cap_total").increment(1);
            return NameId::OTHER;
        }
        held.names += 1;
        self.of_tenant.come(1);
        let known = Known { after_ns: held.full_ns, until_ns: at_ns.saturating_add(IN_USE_NS) };
        let id = id.unwrap_or_else(|| self.intern(name));
        let key = (place.0, place.1, id);
        self.known.insert(key, known);
        self.changed.insert(key);
        id
    }

    /// What a name that is known counts as in a bucket; notes that it is in use.
    fn known_as(&mut self, key: Key, at_ns: i64) -> Option<NameId> {
        let known = self.known.get_mut(&key)?;
        if at_ns <= known.after_ns {
            return Some(NameId::OTHER);
        }
        if at_ns >= known.until_ns {
            known.until_ns = at_ns.saturating_add(IN_USE_NS);
            self.changed.insert(key);
        }
        Some(key.2)
    }

    /// The node of a service: capped as services are.
    pub(super) fn node_of(&mut self, service: NameId) -> NameId {
        if let Some(node) = self.nodes.get(&service) {
            return *node;
        }
        let node = self.intern(&Node::Service(self.texts.get(service).into()).to_string());
        self.nodes.insert(service, node);
        node
    }

    /// The node of whoever is not seen calling.
    pub(super) const fn outside(&self) -> NameId {
        self.outside
    }

    /// The name of an edge to a node in a bucket.
    pub(super) fn edge_to(&mut self, from: NameId, node: &Node<'_>, at_ns: i64) -> NameId {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        write!(text, "{node}").expect("a text takes any text");
        let name = self.name(Kind::Edge, from, &text, at_ns);
        self.text = text;
        name
    }

    /// The name of an edge between two of our nodes in a bucket.
    pub(super) fn edge(&mut self, from: NameId, to: NameId, at_ns: i64) -> NameId {
        if let Some(id) = self.known_as((Kind::Edge, from, to), at_ns) {
            return id;
        }
        let text = self.texts.shared(to);
        self.name(Kind::Edge, from, &text, at_ns)
    }

    /// A name that an earlier commit kept.
    pub(super) fn recall(&mut self, kind: Kind, service: &str, name: &str, (after_ns, until_ns): (i64, i64)) {
        let (service, name) = (self.intern(service), self.intern(name));
        if self.known.insert((kind, service, name), Known { after_ns, until_ns }).is_none() {
            self.places.entry((kind, service)).or_default().names += 1;
            self.of_tenant.come(1);
        }
    }

    /// Where an earlier commit found no room.
    pub(super) fn recall_full(&mut self, kind: Kind, service: &str, through_ns: i64) {
        let service = self.intern(service);
        let place = self.places.entry((kind, service)).or_default();
        place.full_ns = place.full_ns.max(through_ns);
    }

    /// Lets names go that no row counts under which begins at `kept_ns` (unix ns) or later. True when some went: the commit
    /// must let the same ones go.
    pub(super) fn age(&mut self, kept_ns: i64) -> bool {
        if kept_ns <= self.aged_ns {
            return false;
        }
        self.aged_ns = kept_ns;
        let (before, places) = (self.known.len(), &mut self.places);
        self.known.retain(|(kind, service, _), known| {
            let is_kept = known.until_ns > kept_ns;
            if !is_kept && let Some(place) = places.get_mut(&(*kind, *service)) {
                place.names -= 1;
            }
            is_kept
        });
        let gone = before - self.known.len();
        self.of_tenant.go(gone);
        metrics::counter!("writer_names_aged_total").increment(gone as u64);
        gone > 0
    }

    fn intern(&mut self, text: &str) -> NameId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let text: Arc<str> = text.into();
        let id = self.texts.push(Arc::clone(&text));
        self.ids.insert(text, id);
        id
    }

    /// Since the last call.
    pub(super) fn take_changes(&mut self) -> NameChanges {
        let text = |id: NameId| self.texts.shared(id);
        let names = self.changed.drain().filter_map(|key| {
            let Known { after_ns, until_ns } = *self.known.get(&key)?;
            let (kind, service, name) = (key.0, text(key.1), text(key.2));
            Some(KeptName { kind, service, name, after_ns, until_ns })
        });
        let names = names.collect();
        let full = self.filled.drain().filter_map(|(kind, service)| {
            let through_ns = self.places.get(&(kind, service))?.full_ns;
            Some(FullPlace { kind, service: text(service), through_ns })
        });
        NameChanges { names, full: full.collect() }
    }

    pub(super) fn texts(&self) -> Texts {
        self.texts.clone()
    }

    #[cfg(test)]
    pub(super) fn text(&self, id: NameId) -> &str {
        self.texts.get(id)
    }
}

/// Postgres keeps no NUL in a text, and a name that long is none. `None` when nothing needs to change.
fn clean(name: &str) -> Option<String> {
    if name.len() <= NAME_BYTES_MAX && !name.as_bytes().contains(&0) {
        return None;
    }
    let cut = &name[..name.floor_char_boundary(NAME_BYTES_MAX)];
    Some(cut.replace('\0', "\u{fffd}"))
}

#[cfg(test)]
mod tests;
