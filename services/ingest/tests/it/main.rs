//! The gateway against a real bus and a real Redis. Only license is played: it is another service.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

mod append;
mod away;
mod backlog;
#[path = "../../benches/stages/corpus.rs"]
mod corpus;
mod cpu;
mod edge;
mod grpc;
mod hostile;
mod http;
mod keys;
mod lifecycle;
mod onboarding;
mod test_trace;
mod world;
