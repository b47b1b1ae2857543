//! Cargo out of a program that cargo itself runs.

use std::process::Command;

/// Cargo in the checkout, as from a shell.
///
/// What cargo says to `xtask` about the package it runs would reach build scripts that look at it, as ring's: they would run
/// again, and everything above them, DataFusion included, would be compiled again, now and at the next build from a shell.
pub(crate) fn command() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let about_us = name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
        if about_us {
            cargo.env_remove(name);
        }
    }
    cargo.current_dir(crate::root());
    cargo
}
