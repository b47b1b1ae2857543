//! The gateway against a real bus and a real Redis. Only license is played: it is another service.

mod append;
mod away;
mod grpc;
mod http;
mod keys;
mod lifecycle;
mod onboarding;
mod test_trace;
mod world;
