//! Cutting a request at item boundaries into pieces that are requests themselves.
//!
//! What stands above items (resource, scope, schema URLs: a group's *head*) is repeated in each piece that has items of
//! the group. Heads are bounded, so pieces together are at most 5/3 of what was sent, whatever was sent.

use std::borrow::Cow;

use bytes::Bytes;

use super::{ENTRY_BYTES_MAX, judge::Stored};
use crate::{
    view::Group,
    wire::{Fields, WireError, put_bytes, put_varint},
};

/// Resource and scope of one group, with everything else that stands beside its items. Real ones have 1–4 KiB, those
/// with a long command line 100.
pub(super) const HEAD_BYTES_MAX: usize = 128 * 1024;
/// Tag and length that an item, or a head, has around it at most.
const FRAME_BYTES: usize = 6;

/// A request's groups and items as slices of it; copied only when the request must be cut or something is left out.
pub(super) struct Cutter<'a> {
    request: &'a Bytes,
    place: Place,
    group: Option<Group<'a>>,
    group_head_bytes: HeadBytes,
    current: Piecing<'a>,
    done: Vec<Piece>,
    is_whole: bool,
}

/// Where a cut would fall if nothing were left out: this decides indices, so that they don't move on a resend.
#[derive(Default)]
struct Place {
    index: u32,
    items: usize,
    bytes: usize,
}

/// What a group's head takes in a piece.
#[derive(Clone, Copy, Default)]
struct HeadBytes {
    resource: usize,
    scope: usize,
}

/// One piece of the request.
pub(super) struct Piece {
    pub(super) index: u32,
    pub(super) bytes: Bytes,
    pub(super) items: u32,
}

#[derive(Default)]
struct Piecing<'a> {
    groups: Vec<(Group<'a>, Vec<Cow<'a, [u8]>>)>,
    items: u32,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(request: &'a Bytes) -> Self {
        Self {
            request,
            place: Place::default(),
            group: None,
            group_head_bytes: HeadBytes::default(),
            current: Piecing::default(),
            done: Vec::new(),
            is_whole: request.len() <= ENTRY_BYTES_MAX,
        }
    }

    /// Items from here on belong to `group`. False when its head is too large to be repeated: leave its items out.
    pub(super) fn begin(&mut self, group: Group<'a>) -> Result<bool, WireError> {
        let is_same_resource =
            self.group.is_some_and(|last| is_same(last.resource_group, group.resource_group));
        if !is_same_resource {
            self.group_head_bytes.resource = head_bytes(group.resource_group)?;
            self.place.bytes += self.group_head_bytes.resource;
        }
        self.group_head_bytes.scope = head_bytes(group.scope_group)?;
        self.place.bytes += self.group_head_bytes.scope;
        self.group = Some(group);
        Ok(self.group_head_bytes.total() <= HEAD_BYTES_MAX)
    }

    /// Of `item` this is stored.
    pub(super) fn take(&mut self, item: &'a [u8], stored: Stored<'a>) {
        self.step(item.len());
        self.is_whole &= matches!(stored.bytes, Cow::Borrowed(_));
        let Some(group) = self.group else { return };
        match self.current.groups.last_mut() {
            Some((last, items)) if is_same(last.scope_group, group.scope_group) => items.push(stored.bytes),
            _ => self.current.groups.push((group, vec![stored.bytes])),
        }
        self.current.items += stored.count;
    }

    /// The item is not stored. It still takes its place, so that the pieces after it keep their indices.
    pub(super) fn leave_out(&mut self, item: &[u8]) {
        self.step(item.len());
        self.is_whole = false;
    }

    fn step(&mut self, item_bytes: usize) {
        let bytes = item_bytes + FRAME_BYTES;
        // What fits into one entry is never cut, also when it comes again and some of it is left out.
        let is_large = self.request.len() > ENTRY_BYTES_MAX;
        if is_large && self.place.items > 0 && self.place.bytes + bytes > ENTRY_BYTES_MAX {
            self.close();
            self.place =
                Place { index: self.place.index + 1, items: 0, bytes: self.group_head_bytes.total() };
        }
        self.place.items += 1;
        self.place.bytes += bytes;
    }

    fn close(&mut self) {
        let piecing = std::mem::take(&mut self.current);
        if piecing.groups.is_empty() {
            return;
        }
        let (index, items) = (self.place.index, piecing.items);
        self.done.push(Piece { index, bytes: piecing.encode().into(), items });
    }

    pub(super) fn finish(mut self) -> Vec<Piece> {
        if self.is_whole && !self.current.groups.is_empty() {
            return vec![Piece { index: 0, bytes: self.request.clone(), items: self.current.items }];
        }
        self.close();
        self.done
    }
}

impl HeadBytes {
    const fn total(self) -> usize {
        self.resource + self.scope
    }
}

impl Piecing<'_> {
    /// A request with these groups: each head as sent and once, then its items. Lengths first, so that every byte is
    /// copied once.
    fn encode(&self) -> Vec<u8> {
        let of_one_resource =
            |a: &(Group<'_>, _), b: &(Group<'_>, _)| is_same(a.0.resource_group, b.0.resource_group);
        let scope_bytes = |(group, items): &(Group<'_>, Vec<Cow<'_, [u8]>>)| {
            head(group.scope_group).map(<[u8]>::len).sum::<usize>()
                + items.iter().map(|item| framed_bytes(item.len())).sum::<usize>()
        };
        let resources: Vec<_> = self
            .groups
            .chunk_by(of_one_resource)
            .map(|groups| {
                let scopes: Vec<usize> = groups.iter().map(scope_bytes).collect();
                let heads: usize = head(groups[0].0.resource_group).map(<[u8]>::len).sum();
                let bytes = heads + scopes.iter().map(|bytes| framed_bytes(*bytes)).sum::<usize>();
                (groups, scopes, bytes)
            })
            .collect();
        let mut out = Vec::with_capacity(resources.iter().map(|(.., bytes)| framed_bytes(*bytes)).sum());
        for (groups, scopes, bytes) in resources {
            put_frame(&mut out, 1, bytes);
            head(groups[0].0.resource_group).for_each(|raw| out.extend_from_slice(raw));
            for ((group, items), bytes) in groups.iter().zip(scopes) {
                put_frame(&mut out, 2, bytes);
                head(group.scope_group).for_each(|raw| out.extend_from_slice(raw));
                items.iter().for_each(|item| put_bytes(&mut out, 2, item));
            }
        }
        out
    }
}

/// The very same bytes of the request, not only equal ones.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    std::ptr::eq(a, b)
}

/// Everything of a group but its members (field 2), with what goes around it.
fn head_bytes(group: &[u8]) -> Result<usize, WireError> {
    let mut bytes = FRAME_BYTES;
    for field in Fields::of(group) {
        let field = field?;
        if field.number != 2 {
            bytes += field.raw.len();
        }
    }
    Ok(bytes)
}

/// What stands beside a group's members, as sent.
fn head(group: &[u8]) -> impl Iterator<Item = &[u8]> {
    Fields::of(group).flatten().filter(|field| field.number != 2).map(|field| field.raw)
}

/// Of a field with this many bytes in it, tag and length included.
const fn framed_bytes(bytes: usize) -> usize {
    let length_bits = usize::BITS - (bytes | 1).leading_zeros();
    1 + length_bits.div_ceil(7) as usize + bytes
}

/// Tag and length; the bytes come after it.
fn put_frame(out: &mut Vec<u8>, number: u32, bytes: usize) {
    put_varint(out, u64::from(number) << 3 | 2);
    put_varint(out, bytes as u64);
}
