//! Secrets of a stack: made once, one file each, readable by its user only, never on a command line.

use std::{
    fs,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::Context;
use rand::Rng;

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

pub(crate) fn dir(data: &Path) -> PathBuf {
    data.join("secrets")
}

pub(crate) fn path(data: &Path, name: &str) -> PathBuf {
    dir(data).join(name)
}

/// The secret of this name, made now if there is none yet: 43 letters, 256 bits.
pub(crate) fn get(data: &Path, name: &str) -> anyhow::Result<String> {
    let file = path(data, name);
    if let Ok(text) = fs::read_to_string(&file) {
        return Ok(text.trim().to_owned());
    }
    let mut rng = rand::rng();
    let text: String = (0..43).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect();
    put(data, name, &text)?;
    Ok(text)
}

pub(crate) fn put(data: &Path, name: &str, text: &str) -> anyhow::Result<()> {
    let folder = dir(data);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
    let file = path(data, name);
    let mut options = fs::OpenOptions::new();
    let opened = options.write(true).create(true).truncate(true).mode(0o600).open(&file);
    let mut opened = opened.with_context(|| format!("writing {}", file.display()))?;
    opened.write_all(text.as_bytes()).with_context(|| format!("writing {}", file.display()))
}
