//! Servers that Debian does not have: fetched once per user by the launcher, at a pinned version.

use std::path::PathBuf;

/// Where `variable` says, else where the launcher puts it, else in the path.
pub(crate) fn program(variable: &str, name: &str, version: &str) -> PathBuf {
    if let Some(path) = std::env::var_os(variable) {
        return path.into();
    }
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home).unwrap_or_default();
    let pinned = cache.join(format!("naru/tools/{name}-{version}/{name}"));
    if pinned.exists() { pinned } else { name.into() }
}
