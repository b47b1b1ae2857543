//! What gateways and writers tell a person who is installing an agent: each step and each refusal, with its reason.
//!
//! Events go to one JetStream stream with a small cap per project, so that the install page shows what happened
//! before it was opened, too. They are told, not counted: losing one loses no telemetry.

use naru_ids::{ProjectId, TenantId};
use serde::{Deserialize, Serialize};

/// Limits: 200 messages per subject (`discard: old` per subject is right here, and only here), 24 h, memory or file.
pub const ONBOARDING_STREAM: &str = "ONBOARDING";
pub const ONBOARDING_SUBJECTS: &str = "onboarding.>";
/// The stream's `max_msgs_per_subject`.
pub const ONBOARDING_MESSAGES_PER_PROJECT_MAX: i64 = 200;
/// The stream's `max_age`. It lies in files, with limits retention and `discard: old`; whoever needs it first makes it.
pub const ONBOARDING_AGE_S_MAX: u64 = 86_400;
/// The stream's `max_bytes`: all projects together, so that a flood of refusals fills no disk.
pub const ONBOARDING_BYTES_MAX: i64 = 256 << 20;

#[must_use]
pub fn onboarding_subject(tenant: TenantId, project: ProjectId) -> String {
    format!("onboarding.{}.{}", tenant.hex(), project.hex())
}

/// One line of the event log on the install page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OnboardingEvent {
    pub v: u8,
    /// Unix ms where it happened.
    pub at_ms: u64,
    #[serde(flatten)]
    pub kind: OnboardingKind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OnboardingKind {
    /// The first request with this key since the gateway started, and how it came.
    KeyAccepted { key_hint: String, protocol: String, peer: String },
    /// A `service.name` with an agent not seen before in this project.
    AgentSeen { application: String, language: String, agent: String, version: String },
    /// The agent's clock differs from ours by more than 60 s. Positive = the agent is ahead.
    ClockOffset { application: String, offset_ms: i64 },
    /// The project's first span ever.
    FirstSpan { application: String, trace_id: String, operation: String },
    /// The first metric points or log records.
    FirstSignal { signal: String, application: String },
    /// A whole request was refused. `reason` is a code (`revoked`, `wrong_region`, `http1_on_grpc_port`, `malformed`, …).
    Refused { reason: String, detail: String, peer: String },
    /// Some items of a request were rejected, the rest stored. `reason` is a code (`too_far_ahead`, `invalid_id`, …).
    Rejected { signal: String, count: u64, reason: String },
    /// A request that was accepted could not be read when it was to be stored: our mistake, so it is kept as it came, and not
    /// billed. `bytes` of it; `reason` says what could not be read.
    PutAside { signal: String, bytes: u64, reason: String },
    /// The install page's own test trace was appended.
    TestTrace { trace_id: String },
}
