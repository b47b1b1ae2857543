//! Semantic-convention names, old and new.
