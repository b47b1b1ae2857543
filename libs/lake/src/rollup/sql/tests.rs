//! Statements keep their shape and lose their values.

mod leaks;
mod shapes;
