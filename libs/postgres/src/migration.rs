//! Migrations: run as the owner before any service starts; a service refuses a schema it does not know.
//!
//! Each service has a schema of its own with its own `_sqlx_migrations`, so their versions never meet.

use std::{collections::HashMap, str::FromStr};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, migrate::Migrator, postgres::PgConnectOptions};

use crate::{Error, Pool};

/// Creates `schema` and brings it up to date. Runs as the owner, with `search_path` set to the schema; may run at the
/// same time in several processes (an advisory lock lets one at a time through).
pub async fn migrate(owner_url: &str, schema: &str, migrator: &Migrator) -> Result<(), Error> {
    assert_plain(schema);
    let prepare = |source| Error::Prepare { schema: schema.to_owned(), source };
    let options =
        PgConnectOptions::from_str(owner_url).map_err(Error::Url)?.options([("search_path", schema)]);
    let mut connection = options
        .connect()
        .await
        .map_err(|source| Error::Connect { user: options.get_username().to_owned(), source })?;
    // `create schema if not exists` of two sessions at once can fail on the catalogue's unique index.
    sqlx::query(AssertSqlSafe(format!(
        "do $$ begin create schema if not exists {schema};
         exception when unique_violation or duplicate_schema then null; end $$"
    )))
    .execute(&mut connection)
    .await
    .map_err(prepare)?;
    migrator
        .run_direct(None, &mut connection, false)
        .await
        .map_err(|source| Error::Migrate { schema: schema.to_owned(), source })?;
    // What is not granted stays closed; but a login role must see versions to refuse what it does not know.
    sqlx::query(AssertSqlSafe(format!("grant select on {schema}._sqlx_migrations to public")))
        .execute(&mut connection)
        .await
        .map_err(prepare)?;
    connection.close().await.map_err(prepare)
}

/// Refuses a schema that lacks a migration of ours, has one we do not know, or one with other contents.
pub async fn check_schema(pool: &Pool, schema: &str, migrator: &Migrator) -> Result<(), Error> {
    assert_plain(schema);
    let schema_name = || schema.to_owned();
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(AssertSqlSafe(format!(
        "select version, checksum from {schema}._sqlx_migrations where success order by version limit 10000"
    )))
    .fetch_all(pool.executor())
    .await
    .map_err(|source| Error::ReadVersions { schema: schema_name(), source })?;
    let mut applied: HashMap<i64, Vec<u8>> = rows.into_iter().collect();
    for migration in migrator.iter().filter(|migration| !migration.migration_type.is_down_migration()) {
        let version = migration.version;
        match applied.remove(&version) {
            None => return Err(Error::Behind { schema: schema_name(), version }),
            Some(checksum) if checksum != *migration.checksum => {
                return Err(Error::Changed { schema: schema_name(), version });
            }
            Some(_) => {}
        }
    }
    match applied.into_keys().min() {
        Some(version) => Err(Error::Ahead { schema: schema_name(), version }),
        None => Ok(()),
    }
}

/// Schema names are constants of ours and go into SQL text as they are.
fn assert_plain(schema: &str) {
    let plain = !schema.is_empty() && schema.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    assert!(plain, "a schema is named with lower-case letters, not `{schema}`");
}
