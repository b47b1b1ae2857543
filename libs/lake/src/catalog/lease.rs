//! Fenced leases: a partition has one owner, and each takeover raises its epoch by one.
//!
//! The lease says who should serve; the epoch says whose commit counts. So an owner that slept through its lease can do
//! no harm: its next commit names an old epoch and changes nothing.

use std::time::Duration;

use naru_postgres::Pool;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::read::{count, partition_number};
use crate::Error;

/// What an owner knows when it takes a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    pub epoch: i64,
    pub committed_seq: u64,
    /// `None` before the first takeover.
    pub stream_epoch: Option<Uuid>,
}

/// Who takes a partition, where its tail answers, and for how long without renewal.
#[derive(Debug, Clone, Copy)]
pub struct Bid<'a> {
    pub owner: &'a str,
    pub flight_url: &'a str,
    pub ttl: Duration,
}

/// Makes rows for partitions `0..partitions`; those that are there stay as they are.
pub async fn ensure(pool: &Pool, partitions: u16) -> Result<(), Error> {
    sqlx::query(
        "insert into lake.partition (partition)
         select generate_series(0, $1 - 1)
         on conflict (partition) do nothing",
    )
    .bind(i32::from(partitions))
    .execute(pool.executor())
    .await
    .map_err(Error::catalog("making partition rows"))?;
    Ok(())
}

/// Takes the partition when its lease is free, has run out, or was held by the same owner before a restart.
/// `None`: somebody else holds it.
pub async fn take(pool: &Pool, partition: u16, bid: &Bid<'_>) -> Result<Option<Taken>, Error> {
    let row = sqlx::query(
        "update lake.partition
            set owner = $2,
                epoch = epoch + 1,
                lease_until = now() + $3 * interval '1 millisecond',
                flight_url = $4
          where partition = $1
            and (owner is null or owner = $2 or lease_until is null or lease_until < now())
         returning epoch, committed_seq, stream_epoch",
    )
    .bind(i32::from(partition))
    .bind(bid.owner)
    .bind(ttl_ms(bid.ttl))
    .bind(bid.flight_url)
    .fetch_optional(pool.executor())
    .await
    .map_err(Error::catalog("taking a partition"))?;
    row.as_ref().map(taken).transpose().map_err(Error::catalog("reading a taken partition"))
}

fn taken(row: &PgRow) -> Result<Taken, sqlx::Error> {
    Ok(Taken {
        epoch: row.try_get("epoch")?,
        committed_seq: count(row, "committed_seq")?,
        stream_epoch: row.try_get("stream_epoch")?,
    })
}

/// Prolongs leases, given as (partition, epoch). Answers the partitions that are still ours.
///
/// A lease that ran out is prolonged too, as long as nobody took the partition meanwhile.
pub async fn renew(pool: &Pool, held: &[(u16, i64)], ttl: Duration) -> Result<Vec<u16>, Error> {
    let (partitions, epochs): (Vec<i32>, Vec<i64>) =
        held.iter().map(|&(partition, epoch)| (i32::from(partition), epoch)).unzip();
    let rows = sqlx::query(
        "update lake.partition as p
            set lease_until = now() + $3 * interval '1 millisecond'
           from unnest($1::integer[], $2::bigint[]) as held (partition, epoch)
          where p.partition = held.partition
            and p.epoch = held.epoch
         returning p.partition",
    )
    .bind(partitions)
    .bind(epochs)
    .bind(ttl_ms(ttl))
    .fetch_all(pool.executor())
    .await
    .map_err(Error::catalog("renewing leases"))?;
    rows.iter()
        .map(partition_number)
        .collect::<Result<_, _>>()
        .map_err(Error::catalog("reading renewed leases"))
}

/// Lets go at once, so that the next owner need not wait. Nothing happens when somebody else has it already.
pub async fn release(pool: &Pool, partition: u16, epoch: i64) -> Result<(), Error> {
    sqlx::query(
        "update lake.partition
            set owner = null, lease_until = null, flight_url = null
          where partition = $1
            and epoch = $2",
    )
    .bind(i32::from(partition))
    .bind(epoch)
    .execute(pool.executor())
    .await
    .map_err(Error::catalog("releasing a partition"))?;
    Ok(())
}

/// Notes which stream `committed_seq` counts in, once. False when the partition has another identity or owner by now.
pub async fn remember_stream(pool: &Pool, partition: u16, epoch: i64, stream: Uuid) -> Result<bool, Error> {
    let done = sqlx::query(
        "update lake.partition
            set stream_epoch = $3
          where partition = $1
            and epoch = $2
            and (stream_epoch is null or stream_epoch = $3)",
    )
    .bind(i32::from(partition))
    .bind(epoch)
    .bind(stream)
    .execute(pool.executor())
    .await
    .map_err(Error::catalog("noting the stream of a partition"))?;
    Ok(done.rows_affected() == 1)
}

fn ttl_ms(ttl: Duration) -> i64 {
    i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX)
}
