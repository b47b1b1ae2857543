//! Where things of a stack lie.

use std::{
    fs,
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

/// The data directory that is meant: as given, else that of the stack that was last started on these ports from this
/// checkout, else a new one in `.naru/`; without ports `.naru` itself.
pub(crate) fn data(select: &Select) -> anyhow::Result<PathBuf> {
    let path = match (&select.data, select.ports) {
        (Some(data), _) => data.clone(),
        (None, Some(base)) => {
            registered(base).unwrap_or_else(|| home().join(format!("{PORTS_PREFIX}{base}")))
        }
        (None, None) => home(),
    };
    std::path::absolute(&path).with_context(|| format!("finding {}", path.display()))
}

/// Where stacks of this checkout lie when nobody says otherwise.
fn home() -> PathBuf {
    repository().join(".naru")
}

/// Folders in `.naru` that hold other stacks, or what all of them share: `reset` of one leaves them.
pub(crate) fn is_of_others(name: &str) -> bool {
    name.starts_with(PORTS_PREFIX) || name == "stacks" || name == "tools"
}

const PORTS_PREFIX: &str = "ports-";

fn register_file(base: u16) -> PathBuf {
    home().join("stacks").join(base.to_string())
}

/// The data of the stack that was last started on the block from `base`, if it is still there.
fn registered(base: u16) -> Option<PathBuf> {
    let data = PathBuf::from(fs::read_to_string(register_file(base)).ok()?);
    data.join("stack.json").exists().then_some(data)
}

/// From now on `--ports BASE` alone means this data.
///
/// A checkout that cannot be written to has no such list, and `--data` must be said each time.
pub(crate) fn register(base: u16, data: &Path) {
    if let Some(text) = data.to_str()
        && fs::create_dir_all(home().join("stacks")).is_ok()
    {
        let _ = fs::write(register_file(base), text);
    }
}

pub(crate) fn unregister(base: u16, data: &Path) {
    if registered(base).is_some_and(|registered| registered == data) {
        // Nothing depends on it: an entry whose data is gone counts as none.
        let _ = fs::remove_file(register_file(base));
    }
}

/// Tools that are fetched once per user, not per checkout.
pub(crate) fn tools() -> anyhow::Result<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    Ok(cache.context("neither HOME nor XDG_CACHE_HOME is set")?.join("naru/tools"))
}

/// Where cargo puts all that it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from)
}

/// Where cargo puts binaries of this profile.
pub(crate) fn binaries(release: bool) -> PathBuf {
    target().join(if release { "release" } else { "debug" })
}

/// Postgres's own directory. It refuses root, so as root it runs as Debian's user `postgres`, who must get there.
pub(crate) fn postgres_dir(data: &Path) -> PathBuf {
    if !is_root() || data.ancestors().skip(1).all(is_open_to_all) {
        return data.join("postgres");
    }
    let name = hex::encode(&Sha256::digest(data.as_os_str().as_encoded_bytes())[..6]);
    Path::new("/var/lib").join(format!("naru-{name}")).join("postgres")
}

/// The folders of a stack. What lies in them is its user's alone; only the way to Postgres's folder is open.
pub(crate) fn make_folders(data: &Path) -> anyhow::Result<()> {
    let make = |path: &Path, mode: fn(u32) -> u32| {
        fs::create_dir_all(path)
            .and_then(|()| path.metadata())
            .map(|metadata| fs::Permissions::from_mode(mode(metadata.permissions().mode())))
            .and_then(|permissions| fs::set_permissions(path, permissions))
            .with_context(|| format!("making {}", path.display()))
    };
    // A folder from `mktemp -d` is closed even to those who only pass through.
    make(data, |mode| if is_root() { mode | 0o011 } else { mode })?;
    for folder in ["logs", "mail", "lake", "redis", "nats"] {
        make(&data.join(folder), |_| 0o700)?;
    }
    Ok(())
}

pub(crate) fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

fn is_open_to_all(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o001 != 0)
}
