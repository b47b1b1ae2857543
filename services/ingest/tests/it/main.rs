//! The gateway against a real bus and a real Redis. Only license is played: it is another service.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

mod append;
mod away;
mod edge;
mod grpc;
mod http;
mod keys;
mod lifecycle;
mod onboarding;
mod test_trace;
mod world;
