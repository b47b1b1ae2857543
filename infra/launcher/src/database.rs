//! The cluster, its roles with their passwords, and the schemas.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, bail};

use crate::{
    packages, place,
    ports::Port,
    recipes::{self, loopback, postgres_user},
    secrets,
    stack::{SERVICES, Stack},
    steps,
};

const SUPERUSER: &str = "postgres";
const DATABASE: &str = "naru";
const OWNER: &str = "naru_owner";

/// Makes the cluster when there is none.
pub(crate) fn init(data: &Path, log: &Path) -> anyhow::Result<()> {
    let dir = place::postgres_dir(data);
    if dir.join("PG_VERSION").exists() {
        return Ok(());
    }
    fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
    let bin = packages::postgres_bin()?;
    let mut initdb = match postgres_user() {
        Some(user) => {
            let owned = Command::new("chown").arg(format!("{user}:{user}")).arg(&dir).status()?;
            anyhow::ensure!(owned.success(), "{} could not be given to {user}", dir.display());
            let mut command = Command::new("setpriv");
            command.args([&format!("--reuid={user}"), &format!("--regid={user}"), "--init-groups", "--"]);
            command.arg(bin.join("initdb"));
            command
        }
        None => Command::new(bin.join("initdb")),
    };
    // Nobody may log in before passwords are set: `bootstrap` sets them while only loopback of this machine is trusted.
    initdb.arg("-D").arg(&dir).args([
        "-A",
        "trust",
        "-U",
        SUPERUSER,
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-instructions",
    ]);
    steps::run(&mut initdb, log, "the directory must be empty and writable")
}

/// Roles, passwords, the database; then passwords are required. Run while Postgres is up; may be repeated.
pub(crate) fn bootstrap(stack: &Stack) -> anyhow::Result<()> {
    let superuser = secrets::get(&stack.data, "postgres")?;
    let roles = fs::read_to_string(place::repository().join("infra/postgres/roles.sql"))
        .context("reading the roles")?;
    psql(stack, "postgres", &roles)?;
    let mut passwords = format!("alter role {SUPERUSER} password '{superuser}';");
    for role in SERVICES
        .iter()
        .filter(|name| **name != "ingest")
        .map(|name| format!("naru_{name}"))
        .chain([OWNER.to_owned()])
    {
        let password = secrets::get(&stack.data, &role)?;
        passwords += &format!("alter role {role} password '{password}';");
    }
    psql(stack, "postgres", &passwords)?;
    create_database(stack, DATABASE, OWNER)?;
    let url = format!("postgres://{SUPERUSER}:{superuser}@{}/{DATABASE}", loopback(stack, Port::Postgres));
    secrets::put(&stack.data, "superuser-url", &url)?;
    require_passwords(stack)
}

pub(crate) fn create_database(stack: &Stack, name: &str, owner: &str) -> anyhow::Result<()> {
    let found = psql(stack, "postgres", &format!("select 1 from pg_database where datname = '{name}'"))?;
    if found.trim().is_empty() {
        psql(stack, "postgres", &format!("create database {name} owner {owner}"))?;
    }
    Ok(())
}

/// From now on a password is needed, also on loopback: other users of this machine are not us.
fn require_passwords(stack: &Stack) -> anyhow::Result<()> {
    let file = place::postgres_dir(&stack.data).join("pg_hba.conf");
    let text =
        "# Written by ./dev: passwords only, on loopback only.\nhost all all 127.0.0.1/32 scram-sha-256\n";
    if fs::read_to_string(&file).is_ok_and(|found| found == text) {
        return Ok(());
    }
    fs::write(&file, text).with_context(|| format!("writing {}", file.display()))?;
    psql(stack, "postgres", "select pg_reload_conf()").map(|_| ())
}

/// Every schema to its newest version, as the owner.
pub(crate) fn migrate(stack: &Stack, log: &Path) -> anyhow::Result<()> {
    let url = format!("postgres://{OWNER}@{}/{DATABASE}", loopback(stack, Port::Postgres));
    let password = secrets::get(&stack.data, OWNER)?;
    for service in recipes::services(stack) {
        let mut command = Command::new(&service.program);
        command.args(["migrate", "--owner-url", &url]).env("PGPASSWORD", &password);
        steps::run(&mut command, log, "the schema could not be brought up to date")?;
    }
    Ok(())
}

/// Runs SQL as the superuser; the text goes through stdin, since others can read command lines.
pub(crate) fn psql(stack: &Stack, database: &str, sql: &str) -> anyhow::Result<String> {
    let addr = loopback(stack, Port::Postgres);
    let mut child = Command::new("psql")
        .args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            "127.0.0.1",
            "-U",
            SUPERUSER,
            "-d",
            database,
        ])
        .args(["-p", &addr.port().to_string()])
        .env("PGPASSWORD", secrets::get(&stack.data, "postgres")?)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting psql")?;
    std::io::Write::write_all(&mut child.stdin.take().context("psql reads stdin")?, sql.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("psql: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
