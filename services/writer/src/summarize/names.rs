//! Names as numbers, and which of them may have rows of their own.

use std::sync::Arc;

use super::key::{HashMap, HashSet};
use naru_lake::rollup::{Kind, Node};

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

/// A name's number within one project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NameId(u32);

impl NameId {
    pub(super) const EMPTY: Self = Self(0);
    pub(super) const OTHER: Self = Self(1);
}

/// The texts of numbers given out so far.
#[derive(Debug, Clone)]
pub(super) struct Texts(Vec<Arc<str>>);

impl Texts {
    pub(super) fn get(&self, id: NameId) -> &str {
        &self.0[id.0 as usize]
    }
}

/// A name that has a row of its own for the first time; the commit keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewName {
    pub(crate) kind: Kind,
    pub(crate) service: Arc<str>,
    pub(crate) name: Arc<str>,
}

/// First come, first kept. What came is persisted with the commit, so a restart decides as before.
#[derive(Debug)]
pub(super) struct Names {
    texts: Texts,
    ids: HashMap<Arc<str>, NameId>,
    known: HashSet<(Kind, NameId, NameId)>,
    /// How many names a service has of a kind. Services themselves count under the empty name.
    counts: HashMap<(Kind, NameId), u32>,
    /// Services as nodes of the map.
    nodes: HashMap<NameId, NameId>,
    new: Vec<NewName>,
}

impl Default for Names {
    fn default() -> Self {
        let mut names = Self {
            texts: Texts(Vec::new()),
            ids: HashMap::default(),
            known: HashSet::default(),
            counts: HashMap::default(),
            nodes: HashMap::default(),
            new: Vec::new(),
        };
        names.intern("");
        names.intern(OTHER);
        names
    }
}

impl Names {
    /// The number of a service: its own, or that of all others.
    pub(super) fn service(&mut self, service: &str) -> NameId {
        self.admit(Kind::Service, NameId::EMPTY, service, SERVICES_MAX)
    }

    /// The number of a name among rows of this kind and service.
    pub(super) fn name(&mut self, kind: Kind, service: NameId, name: &str) -> NameId {
        if name.is_empty() { NameId::EMPTY } else { self.admit(kind, service, name, NAMES_MAX) }
    }

    fn admit(&mut self, kind: Kind, service: NameId, name: &str, max: u32) -> NameId {
        let clean = clean(name);
        let name = clean.as_deref().unwrap_or(name);
        let id = self.ids.get(name).copied();
        if let Some(id) = id
            && self.known.contains(&(kind, service, id))
        {
            return id;
        }
        let count = self.counts.entry((kind, service)).or_default();
        if *count >= max || self.known.len() >= PROJECT_NAMES_MAX {
            metrics::counter!("writer_names_beyond_cap_total").increment(1);
            return NameId::OTHER;
        }
        *count += 1;
        let id = id.unwrap_or_else(|| self.intern(name));
        self.known.insert((kind, service, id));
        self.new.push(NewName {
            kind,
            service: Arc::clone(&self.texts.0[service.0 as usize]),
            name: Arc::clone(&self.texts.0[id.0 as usize]),
        });
        id
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
    pub(super) fn outside(&mut self) -> NameId {
        self.intern(&Node::Outside.to_string())
    }

    /// The name of an edge between two of our nodes.
    pub(super) fn edge(&mut self, from: NameId, to: NameId) -> NameId {
        if self.known.contains(&(Kind::Edge, from, to)) {
            return to;
        }
        let text = Arc::clone(&self.texts.0[to.0 as usize]);
        self.name(Kind::Edge, from, &text)
    }

    /// A name that an earlier commit kept.
    pub(super) fn recall(&mut self, kind: Kind, service: &str, name: &str) {
        let (service, name) = (self.intern(service), self.intern(name));
        if self.known.insert((kind, service, name)) {
            *self.counts.entry((kind, service)).or_default() += 1;
        }
    }

    fn intern(&mut self, text: &str) -> NameId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id =
            NameId(u32::try_from(self.texts.0.len()).expect("caps keep a project's names in the millions"));
        let text: Arc<str> = text.into();
        self.texts.0.push(Arc::clone(&text));
        self.ids.insert(text, id);
        id
    }

    /// Names since the last call.
    pub(super) fn take_new(&mut self) -> Vec<NewName> {
        std::mem::take(&mut self.new)
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
mod tests {
    use super::*;

    #[test]
    fn names_beyond_the_cap_are_one_and_the_first_stay_themselves() {
        let mut names = Names::default();
        let shop = names.service("shop");
        let first = names.name(Kind::Operation, shop, "GET /0");
        for n in 1..NAMES_MAX {
            assert_ne!(names.name(Kind::Operation, shop, &format!("GET /{n}")), NameId::OTHER);
        }
        assert_eq!(names.name(Kind::Operation, shop, "GET /one-too-many"), NameId::OTHER);
        assert_eq!(names.name(Kind::Operation, shop, "GET /0"), first);
        let stock = names.service("stock");
        assert_ne!(names.name(Kind::Operation, stock, "GET /one-too-many"), NameId::OTHER);
    }

    #[test]
    fn a_project_s_names_are_bounded_whatever_its_services() {
        let mut names = Names::default();
        for n in 0..60 {
            let service = names.service(&format!("s{n}"));
            (0..1_000).for_each(|n| _ = names.name(Kind::Operation, service, &format!("GET /{n}")));
        }
        assert_eq!(names.take_new().len(), PROJECT_NAMES_MAX);
    }

    #[test]
    fn a_restart_decides_as_before() {
        let mut before = Names::default();
        for n in 0..SERVICES_MAX {
            before.service(&format!("s{n}"));
        }
        let kept = before.take_new();
        assert_eq!(kept.len() as u32, SERVICES_MAX);
        assert!(before.take_new().is_empty());

        let mut after = Names::default();
        kept.iter().for_each(|new| after.recall(new.kind, &new.service, &new.name));
        assert_eq!(after.service("late"), NameId::OTHER);
        assert_ne!(after.service("s7"), NameId::OTHER);
        assert!(after.take_new().is_empty());
    }

    #[test]
    fn a_name_that_postgres_cannot_keep_is_changed() {
        let mut names = Names::default();
        let id = names.service("a\0b");
        assert_eq!(names.text(id), "a\u{fffd}b");
        let long = names.service(&"가".repeat(500));
        assert_eq!(names.text(long).len(), 510);
    }
}
