//! What has been met in a request so far: all of it, and what the present item alone has.

use super::{RefusedRequest, Why};

/// Items, attributes, array members, events and links of one request. 64 MiB of sensible telemetry holds about 2 M;
/// a bomb of empty elements would hold 32 M.
pub const ELEMENTS_MAX: u64 = 4_000_000;
/// Attributes, array members, events and links of one span, data point or log record, and of one resource or scope. SDKs
/// stop at 128 of each.
pub const ITEM_ELEMENTS_MAX: u64 = 10_000;
/// The name of a span, metric, event or attribute, and what a metric says of itself. Long ones are statements that somebody
/// uses as a name; readers keep dictionaries of names, so these must be shorter than values may be.
pub const NAME_BYTES_MAX: usize = 16 * 1024;

#[derive(Debug, Default)]
pub(super) struct Tally {
    before: u64,
    here: u64,
    longest_name: usize,
}

impl Tally {
    /// What comes now belongs to another item, resource or scope.
    pub(super) fn start(&mut self) {
        self.before += self.here;
        self.here = 0;
        self.longest_name = 0;
    }

    pub(super) fn element(&mut self) {
        self.here += 1;
    }

    pub(super) fn elements(&mut self, count: u32) {
        self.here += u64::from(count);
    }

    pub(super) fn name(&mut self, name: &[u8]) {
        self.longest_name = self.longest_name.max(name.len());
    }

    /// Of what came since [`Self::start`].
    pub(super) fn why(&self) -> Option<Why> {
        if self.here > ITEM_ELEMENTS_MAX {
            Some(Why::TooManyElements)
        } else if self.longest_name > NAME_BYTES_MAX {
            Some(Why::NameTooLong)
        } else {
            None
        }
    }

    #[cfg(test)]
    pub(super) const fn here(&self) -> u64 {
        self.here
    }

    pub(super) fn check_request(&self) -> Result<(), RefusedRequest> {
        if self.before + self.here > ELEMENTS_MAX { Err(RefusedRequest::TooManyElements) } else { Ok(()) }
    }
}
