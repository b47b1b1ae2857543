//! OTLP as bytes: gateway and writer walk the same wire with the same rules.
//!
//! Nothing here builds structs from a request: views borrow from it, so a hostile one costs no more than its own size.
//! No input panics. `admit` turns a request into entries, `pack` carries entries over the bus, `view` reads them.

pub mod admit;
pub mod pack;
pub mod view;
pub mod wire;
