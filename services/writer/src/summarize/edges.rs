//! Who calls whom: the span of a call, paired with the span of who answered it.
//!
//! The two come from different processes, in any order, in different packs. Each counts at once for what is known:
//! a call goes to the node its span names, an answer comes from outside. When the other end arrives, that is taken off
//! and the pair counts. So an edge is right as soon as both ends are here, and the same in any order.
//!
//! Ends wait for each other [`PAIRED_WITHIN_MS`] of receive time. A later one stays alone, here and in a recount alike.
//!
//! Memory is the exception. Where the waiting room is full, ends of a flood leave before their time, and a new owner
//! remembers so many spans and no more: then some pairs stay two ends here, that a recount, which has room for all, joins.

use std::{collections::VecDeque, sync::Arc};

use super::key::HashMap;
use naru_lake::rollup::{Kind, Node};
use xxhash_rust::xxh3::xxh3_64;

use super::{
    key::{Counted, Key},
    names::{NameId, Names},
    share::Share,
    waiting_room::WaitingRoom,
};

/// Ends that the gateways received further apart are no pair.
const PAIRED_WITHIN_MS: i64 = 60_000;
/// Ends are kept this much longer, since packs of several gateways come in no strict order of receive time.
const SLACK_MS: i64 = 60_000;
/// How long an end waits for its other one.
pub(crate) const KEPT_MS: i64 = PAIRED_WITHIN_MS + SLACK_MS;

/// One end of a call, as far as edges need it.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) service: NameId,
    /// Of its own bucket: unix ns.
    pub(super) at_ns: i64,
    pub(super) duration_ns: u64,
    pub(super) is_error: bool,
    /// Producer or consumer: who sends does not wait.
    pub(super) is_async: bool,
    pub(super) received_ms: i64,
}

#[derive(Debug, Clone, Copy)]
struct Caller {
    end: End,
    /// The node of the called, as an admitted name of edges from `end.service`.
    called: Edge,
    is_answered: bool,
}

/// From and to, as names of [`Kind::Edge`].
#[derive(Debug, Clone, Copy)]
struct Edge {
    from: NameId,
    to: NameId,
}

/// Ends that may yet meet their other one. When the room is too full, the oldest stay alone.
#[derive(Debug)]
pub(super) struct Waiting {
    room: Arc<WaitingRoom>,
    callers: HashMap<u64, Caller>,
    answerers: HashMap<u64, Vec<(End, Edge)>>,
    /// In the order they came.
    ages: VecDeque<(i64, u64)>,
    newest_ms: i64,
    /// Rows come in no order of time: nothing may be forgotten.
    keeps_all: bool,
    /// Others are not looked at.
    pub(super) share: Share,
}

/// What a call and its answer have in common.
pub(super) fn call_id(trace_id: &[u8], span_id: &[u8]) -> u64 {
    let mut bytes = [0; 24];
    bytes[..16].copy_from_slice(trace_id);
    bytes[16..].copy_from_slice(span_id);
    xxh3_64(&bytes)
}

impl Waiting {
    pub(super) fn new(room: Arc<WaitingRoom>) -> Self {
        Self {
            room,
            callers: HashMap::default(),
            answerers: HashMap::default(),
            ages: VecDeque::new(),
            newest_ms: 0,
            keeps_all: false,
            share: Share::ALL,
        }
    }

    /// For rows in any order of time, as a recount reads them: of this share of calls, all ends are held.
    pub(super) fn for_ever(share: Share) -> Self {
        let mut waiting = Self::new(Arc::new(WaitingRoom::without_end()));
        (waiting.keeps_all, waiting.share) = (true, share);
        waiting
    }

    /// A call whose answer no process of ours can give: to a database.
    pub(super) fn call_out(names: &mut Names, counted: &mut Counted, end: End, called: &Node<'_>) {
        let edge = edge_from(names, &end, called);
        count(counted, Kind::Edge, edge, &end, end.is_error);
    }

    pub(super) fn call(
        &mut self,
        names: &mut Names,
        counted: &mut Counted,
        id: u64,
        end: End,
        called: &Node<'_>,
    ) {
        let called = edge_from(names, &end, called);
        let mut caller = Caller { end, called, is_answered: false };
        for (answer, outside) in self.answerers.remove(&id).unwrap_or_default() {
            if is_pair(&end, &answer) {
                count(counted, Kind::EdgeTaken, outside, &answer, answer.is_error);
                pair(names, counted, &end, &answer);
                caller.is_answered = true;
            } else {
                self.answerers.entry(id).or_default().push((answer, outside));
            }
        }
        if !caller.is_answered {
            count(counted, Kind::Edge, called, &end, end.is_error);
        }
        self.callers.insert(id, caller);
        self.note(end.received_ms, id);
    }

    /// `id` is of the call's span, which is the answer's parent.
    pub(super) fn answer(&mut self, names: &mut Names, counted: &mut Counted, id: u64, end: End) {
        if let Some(caller) = self.callers.get_mut(&id).filter(|caller| is_pair(&caller.end, &end)) {
            if !caller.is_answered {
                caller.is_answered = true;
                count(counted, Kind::EdgeTaken, caller.called, &caller.end, caller.end.is_error);
            }
            pair(names, counted, &caller.end, &end);
            return;
        }
        let outside = Self::come_in(names, counted, end);
        self.answerers.entry(id).or_default().push((end, outside));
        self.note(end.received_ms, id);
    }

    /// A request that nobody we know made.
    pub(super) fn enter(names: &mut Names, counted: &mut Counted, end: End) {
        Self::come_in(names, counted, end);
    }

    fn come_in(names: &mut Names, counted: &mut Counted, end: End) -> Edge {
        let from = names.outside();
        let edge = edge_to(names, from, end.service, end.at_ns);
        count(counted, Kind::Edge, edge, &end, end.is_error);
        edge
    }

    /// The end that came last stays: only [`Self::let_go_before`] takes a project out of the room.
    fn must_let_go(&self, oldest_ms: i64) -> bool {
        let is_old = self.ages.front().is_some_and(|(received_ms, _)| *received_ms < oldest_ms);
        self.ages.len() > 1 && (is_old || self.room.is_too_full_for(self.ages.len()))
    }

    fn note(&mut self, received_ms: i64, id: u64) {
        if self.keeps_all {
            return;
        }
        if self.ages.is_empty() {
            self.room.enter_project();
        }
        self.ages.push_back((received_ms, id));
        self.room.enter();
        self.newest_ms = self.newest_ms.max(received_ms);
        let oldest_ms = self.newest_ms - KEPT_MS;
        while self.must_let_go(oldest_ms) {
            self.let_oldest_go();
        }
    }

    /// Lets ends go that were received before `oldest_ms`, all of them perhaps: a project that fell silent would keep their
    /// places from others.
    pub(super) fn let_go_before(&mut self, oldest_ms: i64) {
        let was_in = !self.ages.is_empty();
        while self.ages.front().is_some_and(|(received_ms, _)| *received_ms < oldest_ms) {
            self.let_oldest_go();
        }
        if was_in && self.ages.is_empty() {
            self.room.leave_project(0);
        }
    }

    fn let_oldest_go(&mut self) {
        let Some((oldest_ms, id)) = self.ages.pop_front() else { return };
        self.room.leave(1);
        // Another end of the same id may have come later, and has an age of its own.
        if self.callers.get(&id).is_some_and(|caller| caller.end.received_ms <= oldest_ms) {
            self.callers.remove(&id);
        }
        if let Some(answerers) = self.answerers.get_mut(&id) {
            answerers.retain(|(end, _)| end.received_ms > oldest_ms);
            if answerers.is_empty() {
                self.answerers.remove(&id);
            }
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.ages.is_empty() {
            self.room.leave_project(self.ages.len());
        }
    }
}

fn is_pair(call: &End, answer: &End) -> bool {
    call.received_ms.abs_diff(answer.received_ms) <= PAIRED_WITHIN_MS.unsigned_abs()
}

/// Who waits sees how long it took; of a message that nobody waits for, the work at the other end counts.
fn pair(names: &mut Names, counted: &mut Counted, call: &End, answer: &End) {
    let from = names.node_of(call.service);
    let end = if call.is_async { answer } else { call };
    let edge = edge_to(names, from, answer.service, end.at_ns);
    count(counted, Kind::Edge, edge, end, call.is_error || answer.is_error);
}

fn edge_from(names: &mut Names, end: &End, called: &Node<'_>) -> Edge {
    let from = names.node_of(end.service);
    let to = names.edge_to(from, called, end.at_ns);
    Edge { from, to }
}

/// `at_ns`: the bucket that it counts in.
fn edge_to(names: &mut Names, from: NameId, service: NameId, at_ns: i64) -> Edge {
    let node = names.node_of(service);
    Edge { from, to: names.edge(from, node, at_ns) }
}

fn count(counted: &mut Counted, kind: Kind, edge: Edge, end: &End, is_error: bool) {
    let key = Key { kind, at_ns: end.at_ns, service: edge.from, name: edge.to };
    counted.at(key).count(end.duration_ns, is_error);
}
