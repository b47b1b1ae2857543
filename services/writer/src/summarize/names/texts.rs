//! The texts of a project's names by their numbers.

use std::sync::Arc;

use super::NameId;

/// Of all numbers given out so far.
#[derive(Debug, Clone, Default)]
pub(in crate::summarize) struct Texts(Vec<Arc<str>>);

impl Texts {
    pub(in crate::summarize) fn get(&self, id: NameId) -> &str {
        &self.0[id.0 as usize]
    }

    pub(super) fn shared(&self, id: NameId) -> Arc<str> {
        Arc::clone(&self.0[id.0 as usize])
    }

    /// Gives out the next number.
    pub(super) fn push(&mut self, text: Arc<str>) -> NameId {
        let id = u32::try_from(self.0.len()).expect("caps keep a project's names in the millions");
        self.0.push(text);
        NameId(id)
    }
}
