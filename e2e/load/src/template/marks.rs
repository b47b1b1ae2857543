//! Marks that stand where ids, times and texts go, until they are found in the encoded bytes.

/// 5 fixed bytes and a 24-bit index. UTF-8 text never holds 0xFE.
const TRACE_MARK: [u8; 13] = [0xFE, 0xED, 0x54, 0x52, 0x43, 0, 0, 0, 0, 0, 0, 0, 0xEE];
const SPAN_MARK: [u8; 5] = [0xFE, 0xED, 0x53, 0x50, 0x4E];
const TIME_MARK: [u8; 5] = [0xFE, 0xED, 0x54, 0x4D, 0x45];
/// Texts must be UTF-8, so theirs begins with control characters, and its index is eleven digits.
const TEXT_MARK: &str = "\u{1}\u{1}TXT";
pub(crate) const TEXT_BYTES: usize = 16;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Slot {
    TraceId {
        at: usize,
        trace: u32,
    },
    SpanId {
        at: usize,
        span: u32,
    },
    Time {
        at: usize,
        before_base_ns: u64,
    },
    /// [`TEXT_BYTES`] letters, one of `pool` different texts.
    Text {
        at: usize,
        index: u32,
        pool: u64,
    },
}

/// What the marks of one template mean.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Nanoseconds before the base.
    times_ns: Vec<u64>,
    pools: Vec<u64>,
}

pub(super) fn trace(trace: u32) -> Vec<u8> {
    [&TRACE_MARK[..], &trace.to_be_bytes()[1..]].concat()
}

pub(super) fn span(span: u32) -> Vec<u8> {
    [&SPAN_MARK[..], &span.to_be_bytes()[1..]].concat()
}

impl Marks {
    /// For a fixed64 field.
    pub(super) fn time(&mut self, before_base_ns: u64) -> u64 {
        let index = u32::try_from(self.times_ns.len()).unwrap_or(u32::MAX);
        self.times_ns.push(before_base_ns);
        let mut bytes = [0; 8];
        bytes[..5].copy_from_slice(&TIME_MARK);
        bytes[5..].copy_from_slice(&index.to_be_bytes()[1..]);
        u64::from_le_bytes(bytes)
    }

    /// A text that every request has anew: one of `pool`.
    pub(super) fn text(&mut self, pool: u64) -> String {
        self.pools.push(pool);
        format!("{TEXT_MARK}{:011}", self.pools.len() - 1)
    }

    /// Every mark, by one pass over the bytes.
    pub(super) fn find(&self, bytes: &[u8]) -> Vec<Slot> {
        let index_at = |at: usize| u32::from_be_bytes([0, bytes[at], bytes[at + 1], bytes[at + 2]]);
        let mut slots = Vec::new();
        let mut at = 0;
        while at + 8 <= bytes.len() {
            if !matches!(bytes[at], 0xFE | 0x01) {
                at += 1;
                continue;
            }
            let rest = &bytes[at..];
            if rest.starts_with(&TRACE_MARK) {
                slots.push(Slot::TraceId { at, trace: index_at(at + 13) });
                at += 16;
            } else if rest.starts_with(&SPAN_MARK) {
                slots.push(Slot::SpanId { at, span: index_at(at + 5) });
                at += 8;
            } else if rest.starts_with(&TIME_MARK) {
                slots.push(Slot::Time { at, before_base_ns: self.times_ns[index_at(at + 5) as usize] });
                at += 8;
            } else if let Some(index) = text_index(rest) {
                slots.push(Slot::Text { at, index, pool: self.pools[index as usize] });
                at += TEXT_BYTES;
            } else {
                at += 1;
            }
        }
        slots
    }
}

fn text_index(rest: &[u8]) -> Option<u32> {
    let digits = rest.get(..TEXT_BYTES)?.strip_prefix(TEXT_MARK.as_bytes())?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}
