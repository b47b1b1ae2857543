//! Edges in: usage records from writers, questions from console.

pub(crate) mod answer;
pub(crate) mod records;
