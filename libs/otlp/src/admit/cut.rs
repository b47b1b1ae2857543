//! Cutting a request at item boundaries into pieces that are requests themselves.

use bytes::Bytes;

use super::ENTRY_BYTES_MAX;
use crate::{
    view::Group,
    wire::{Fields, put_bytes},
};

/// A request's groups and items as slices of it; copied only when the request must be cut or something is left out.
pub(super) struct Cutter<'a> {
    request: &'a Bytes,
    /// Where a cut would fall if nothing were left out: this decides indices, so that they don't move on a resend.
    place: u32,
    place_bytes: usize,
    current: Piecing<'a>,
    group: Option<Group<'a>>,
    done: Vec<Piece>,
    whole: bool,
}

/// One piece of the request.
pub(super) struct Piece {
    pub(super) index: u32,
    pub(super) bytes: Bytes,
    pub(super) items: u32,
}

#[derive(Default)]
struct Piecing<'a> {
    groups: Vec<(Group<'a>, Vec<&'a [u8]>)>,
    items: u32,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(request: &'a Bytes) -> Self {
        let (current, group, done) = (Piecing::default(), None, Vec::new());
        let whole = request.len() <= ENTRY_BYTES_MAX;
        Self { request, place: 0, place_bytes: 0, current, group, done, whole }
    }

    /// Items from here on belong to `group`.
    pub(super) fn begin(&mut self, group: Group<'a>) {
        // The heads of a group are repeated in each piece that has items of it.
        self.place_bytes += group.resource.message.len() + group.scope.message.len();
        self.group = Some(group);
    }

    pub(super) fn take(&mut self, item: &'a [u8], count: u32) {
        self.step(item.len());
        let Some(group) = self.group else { return };
        let is_same = |last: &Group<'a>| std::ptr::eq(last.scope_group, group.scope_group);
        match self.current.groups.last_mut() {
            Some((last, items)) if is_same(last) => items.push(item),
            _ => self.current.groups.push((group, vec![item])),
        }
        self.current.items += count;
    }

    /// The item is not stored. It still takes its place, so that the pieces after it keep their indices.
    pub(super) fn leave_out(&mut self, item: &[u8]) {
        self.step(item.len());
        self.whole = false;
    }

    fn step(&mut self, bytes: usize) {
        if self.place_bytes > 0 && self.place_bytes + bytes > ENTRY_BYTES_MAX {
            self.close();
            self.place += 1;
            self.place_bytes = 0;
            if let Some(group) = &self.group {
                self.place_bytes = group.resource.message.len() + group.scope.message.len();
            }
        }
        self.place_bytes += bytes + 6;
    }

    fn close(&mut self) {
        let piecing = std::mem::take(&mut self.current);
        if piecing.groups.is_empty() {
            return;
        }
        self.done.push(Piece { index: self.place, bytes: piecing.encode().into(), items: piecing.items });
    }

    pub(super) fn finish(mut self) -> Vec<Piece> {
        if self.whole && self.done.is_empty() {
            let items = self.current.items;
            let is_empty = self.current.groups.is_empty();
            return if is_empty {
                Vec::new()
            } else {
                vec![Piece { index: 0, bytes: self.request.clone(), items }]
            };
        }
        self.close();
        self.done
    }
}

impl Piecing<'_> {
    /// A request with these groups: each head as sent, then its items.
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (group, items) in &self.groups {
            let mut scope_group = heads(group.scope_group);
            for item in items {
                put_bytes(&mut scope_group, 2, item);
            }
            let mut resource_group = heads(group.resource_group);
            put_bytes(&mut resource_group, 2, &scope_group);
            put_bytes(&mut out, 1, &resource_group);
        }
        out
    }
}

/// Everything of a group but its members (field 2).
fn heads(group: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for field in Fields::of(group).flatten().filter(|field| field.number != 2) {
        out.extend_from_slice(field.raw);
    }
    out
}
