//! Exceptions of spans and of log records, counted under their fingerprints.

use naru_lake::rollup::{
    Kind, Sample,
    exception::{Exception, fingerprint},
};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_128;

use super::{
    key::{Counted, Key},
    names::{NameId, Names},
    remembered::{Memory, Remembered},
};

#[derive(Debug, Clone)]
struct Named {
    /// The fingerprint in hex.
    name: Arc<str>,
    title: Arc<str>,
}

#[derive(Debug)]
pub(super) struct Exceptions(Remembered<Named>);

impl Exceptions {
    pub(super) fn new(memory: Arc<Memory>) -> Self {
        Self(Remembered::new(memory))
    }

    /// Counts one. `sample` is where it can be looked at; `None` for a log record outside of any trace.
    pub(super) fn count(
        &mut self,
        names: &mut Names,
        counted: &mut Counted,
        (service, at_ns): (NameId, i64),
        exception: &Exception<'_>,
        sample: Option<Sample>,
    ) {
        let named = self.named(exception);
        let name = names.name(Kind::Exception, service, &named.name, at_ns);
        let summary = counted.at(Key { kind: Kind::Exception, at_ns, service, name });
        summary.count(0, true);
        if let Some(sample) = sample {
            summary.samples.add(sample);
        }
        if name != NameId::OTHER {
            summary.merge_text(Some(&named.title));
        }
    }

    fn named(&mut self, exception: &Exception<'_>) -> Named {
        let texts = [exception.type_name, exception.message, exception.stacktrace];
        let hash = texts.iter().fold(0, |hash: u128, text| hash.rotate_left(1) ^ xxh3_128(text.as_bytes()));
        if let Some(known) = self.0.get(hash) {
            return known.clone();
        }
        let fingerprint = fingerprint(exception);
        let named =
            Named { name: format!("{:016x}", fingerprint.id).into(), title: fingerprint.title.into() };
        self.0.keep(hash, named.clone(), named.name.len() + named.title.len());
        named
    }
}
