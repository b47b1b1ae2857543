//! Packs become messages: a few writers that all partitions share.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use naru_otlp::pack::{PackBuilder, PackWriter, Shares};

/// As many are made as ever worked at one time, which is one per thread.
#[derive(Debug, Default)]
pub(super) struct Writers(Mutex<Vec<PackWriter>>);

impl Writers {
    pub(super) fn finish(&self, pack: PackBuilder, gateway: u64, sequence: u64) -> (Bytes, Shares) {
        let kept = self.with(Vec::pop);
        let mut writer = kept.unwrap_or_default();
        let message = pack.finish_with(&mut writer, gateway, sequence);
        self.with(|writers| writers.push(writer));
        message
    }

    fn with<T>(&self, change: impl FnOnce(&mut Vec<PackWriter>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
