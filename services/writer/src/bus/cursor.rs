//! Which pack is due, and what it means when another one comes. Pure.

/// Reading on would leave something out. The partition is taken anew, which says what is wrong with the stream.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// The stream has no message at `expected`, though there are later ones.
    #[error(
        "the bus answered sequence {found} where {expected} was due; what lay between is gone. Restore the stream, or, to \
         go on without it, set committed_seq of this partition in lake.partition to {found} - 1"
    )]
    Gap { expected: u64, found: u64 },
    #[error("the stream is not the one that was read so far")]
    Changed,
}

/// What a sequence is to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    Due,
    /// Read before.
    Old,
    /// One before it was lost on the way: ask the stream for the due one again.
    Early,
}

/// Reads every sequence once, in order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor {
    next_seq: u64,
    /// The stream was asked for `next_seq`, and has answered nothing yet.
    is_fresh: bool,
}

impl Cursor {
    pub(crate) fn at(next_seq: u64) -> Self {
        Self { next_seq, is_fresh: false }
    }

    pub(crate) fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// The stream was asked for everything from the due sequence on.
    pub(crate) fn asked(&mut self) {
        self.is_fresh = true;
    }

    /// A message that was lost on the way can be asked for again; one that the stream itself lacks is an error.
    pub(crate) fn meet(&mut self, seq: u64) -> Result<Arrival, Broken> {
        if seq < self.next_seq {
            return Ok(Arrival::Old);
        }
        if seq > self.next_seq {
            if self.is_fresh {
                return Err(Broken::Gap { expected: self.next_seq, found: seq });
            }
            return Ok(Arrival::Early);
        }
        self.is_fresh = false;
        self.next_seq = seq + 1;
        Ok(Arrival::Due)
    }
}
