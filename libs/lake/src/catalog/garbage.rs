//! Objects nobody points to, on their way out.
//!
//! An object is deleted a day after it was first found without a row, by Postgres's clock, and only after it was
//! condemned: a commit that names a condemned object is refused, and one that names an object merely found saves it. So
//! neither a cut that waited long for Postgres nor a query that began before retention loses what it points to.

use naru_postgres::{Pool, Tx};

use crate::Error;

/// From the first time an object is found without a row until it may be condemned. Longer than any query runs.
pub const GRACE_S: u32 = 24 * 3_600;
/// Condemned at a time.
const CONDEMNED_MAX: i64 = 1_000;

/// Notes which of `paths` no row points to; of those noted before, the time of the first finding stays. Answers how
/// many are noted now.
pub async fn find(pool: &Pool, paths: &[String]) -> Result<u64, Error> {
    let found = sqlx::query(
        "insert into lake.garbage (path)
         select path from unnest($1::text[]) as object (path)
          where not exists (select 1 from lake.segment where segment.path = object.path)
            and not exists (select 1 from lake.quarantine where quarantine.path = object.path)
         on conflict (path) do update set path = excluded.path",
    )
    .bind(paths)
    .execute(pool.executor())
    .await
    .map_err(Error::catalog("noting objects nobody points to"))?;
    Ok(found.rows_affected())
}

/// Condemns what was found longer than `grace_s` ago and still has no row; answers all condemned paths, those of an
/// interrupted run included. They may be deleted; tell [`forget`] when they are.
pub async fn condemn(pool: &Pool, grace_s: u32) -> Result<Vec<String>, Error> {
    sqlx::query(
        "update lake.garbage
            set condemned = true
          where path in (
                select path from lake.garbage
                 where found_at < now() - $1 * interval '1 second' and not condemned
                 order by found_at
                 limit $2)
            and not exists (select 1 from lake.segment where segment.path = garbage.path)
            and not exists (select 1 from lake.quarantine where quarantine.path = garbage.path)",
    )
    .bind(i64::from(grace_s))
    .bind(CONDEMNED_MAX)
    .execute(pool.executor())
    .await
    .map_err(Error::catalog("condemning objects nobody points to"))?;
    let rows: Vec<(String,)> = sqlx::query_as("select path from lake.garbage where condemned limit $1")
        .bind(CONDEMNED_MAX)
        .fetch_all(pool.executor())
        .await
        .map_err(Error::catalog("reading condemned objects"))?;
    Ok(rows.into_iter().map(|(path,)| path).collect())
}

/// These are deleted, or have a row again.
pub async fn forget(pool: &Pool, paths: &[String]) -> Result<(), Error> {
    sqlx::query("delete from lake.garbage where path = any($1)")
        .bind(paths)
        .execute(pool.executor())
        .await
        .map_err(Error::catalog("forgetting deleted objects"))?;
    Ok(())
}

/// Part of a commit: its objects are no garbage. `false` when one of them is condemned, perhaps deleted already.
pub(super) async fn save(tx: &mut Tx, paths: &[&str]) -> Result<bool, Error> {
    let saved: Vec<(bool,)> =
        sqlx::query_as("delete from lake.garbage where path = any($1) returning condemned")
            .bind(paths)
            .fetch_all(&mut **tx)
            .await
            .map_err(Error::catalog("saving the objects of a cut"))?;
    Ok(saved.iter().all(|(condemned,)| !condemned))
}
