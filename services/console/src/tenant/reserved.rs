//! Names that are ours, or that a stranger would take for ours.

use std::{collections::HashSet, sync::LazyLock};

use super::skeleton;

const RESERVED: [&str; 112] = [
    // Hosts that we run or may run one day.
    "account",
    "accounts",
    "admin",
    "administrator",
    "agent",
    "agents",
    "alert",
    "alerts",
    "api",
    "apis",
    "apm",
    "app",
    "apps",
    "assets",
    "auth",
    "autoconfig",
    "autodiscover",
    "backup",
    "beta",
    "billing",
    "blog",
    "broker",
    "broadcasthost",
    "cdn",
    "chat",
    "checkout",
    "cloud",
    "collector",
    "community",
    "console",
    "contact",
    "dashboard",
    "dashboards",
    "data",
    "dev",
    "developer",
    "developers",
    "dns",
    "docs",
    "download",
    "downloads",
    "email",
    "feedback",
    "files",
    "forum",
    "ftp",
    "git",
    "grafana",
    "graphql",
    "grpc",
    "health",
    "help",
    "home",
    "host",
    "hostmaster",
    "http",
    "https",
    "identity",
    "imap",
    "info",
    "ingest",
    "invoice",
    "invoices",
    "isatap",
    "kibana",
    "license",
    "licenses",
    "live",
    "localhost",
    "login",
    "logout",
    "logs",
    "mail",
    "metering",
    "metrics",
    "monitor",
    "monitoring",
    "mysql",
    "naru",
    "news",
    "oauth",
    "openid",
    "operator",
    "otlp",
    "owner",
    "partner",
    "payment",
    "payments",
    "pop3",
    "postgres",
    "postmaster",
    "pricing",
    "private",
    "prod",
    "production",
    "proxy",
    "query",
    "register",
    "root",
    "sales",
    "saml",
    "security",
    "signup",
    "smtp",
    "sso",
    "staging",
    "static",
    "status",
    "support",
    "system",
    "telemetry",
    "webmaster",
];

/// A second handful keeps each array readable.
const RESERVED_MORE: [&str; 20] = [
    "noc",
    "abuse",
    "internal",
    "legal",
    "nameserver",
    "ns1",
    "ns2",
    "privacy",
    "public",
    "region",
    "service",
    "services",
    "signin",
    "sign-in",
    "sign-up",
    "tenant",
    "terms",
    "traces",
    "wpad",
    "www",
];

static SKELETONS: LazyLock<HashSet<String>> = LazyLock::new(|| words().map(seen).collect());

fn words() -> impl Iterator<Item = &'static str> {
    RESERVED.iter().chain(&RESERVED_MORE).copied()
}

/// Hyphens do not tell `con-sole` from `console`.
fn seen(name: &str) -> String {
    skeleton::of(&name.replace('-', ""))
}

#[must_use]
pub fn is_reserved(slug: &str) -> bool {
    words().any(|word| word == slug)
}

/// True for names that are read as a reserved one.
#[must_use]
pub fn looks_reserved(slug: &str) -> bool {
    SKELETONS.contains(&seen(slug))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reserved_name_also_looks_reserved() {
        assert!(words().all(looks_reserved));
    }
}
