//! Where things of a stack lie.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::cli::Select;

/// The launcher itself, for starting it again. Unlike its path, this goes on working when it is rebuilt meanwhile.
pub(crate) const THIS_PROGRAM: &str = "/proc/self/exe";

/// The checkout this launcher was built from.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("infra/launcher lies two folders deep")
        .to_owned()
}

/// The data directory that is meant: as given, else `.naru` of the checkout.
pub(crate) fn data(select: &Select) -> anyhow::Result<PathBuf> {
    let path = select.data.clone().unwrap_or_else(|| repository().join(".naru"));
    std::path::absolute(&path).with_context(|| format!("finding {}", path.display()))
}

/// Tools that are fetched once per user, not per checkout.
pub(crate) fn tools() -> anyhow::Result<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    Ok(cache.context("neither HOME nor XDG_CACHE_HOME is set")?.join("naru/tools"))
}

/// Where cargo puts binaries of this profile.
pub(crate) fn binaries(release: bool) -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from);
    target.join(if release { "release" } else { "debug" })
}

/// Postgres's own directory. It refuses root, so as root it runs as Debian's user `postgres`, who must get there.
pub(crate) fn postgres_dir(data: &Path) -> PathBuf {
    if !is_root() || data.ancestors().skip(1).all(is_open_to_all) {
        return data.join("postgres");
    }
    let name = hex::encode(&Sha256::digest(data.as_os_str().as_encoded_bytes())[..6]);
    Path::new("/var/lib").join(format!("naru-{name}")).join("postgres")
}

pub(crate) fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

fn is_open_to_all(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o001 != 0)
}
