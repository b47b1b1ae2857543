//! Partitions of the bus: how far each is stored, by whom, and an operator who sets them back.

use sqlx::Row;

use super::LakeReader;

impl LakeReader {
    /// How far a partition is stored.
    pub async fn committed_seq(&self, partition: i32) -> anyhow::Result<i64> {
        let row = sqlx::query("select committed_seq from lake.partition where partition = $1")
            .bind(partition)
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get("committed_seq")?)
    }

    /// Partitions that this writer holds now, and all there are.
    pub async fn held_by(&self, owner: &str) -> anyhow::Result<(i64, i64)> {
        let row = sqlx::query(
            "select count(*) filter (where owner = $1 and lease_until > now()) as held, count(*) as all
               from lake.partition",
        )
        .bind(owner)
        .fetch_one(&self.pool)
        .await?;
        Ok((row.try_get("held")?, row.try_get("all")?))
    }

    /// Lets every partition be read again from the first that the bus still has, and answers how far each was stored.
    pub async fn set_back(&self) -> anyhow::Result<Vec<(i32, i64)>> {
        let rows = sqlx::query(
            "with before as (select partition, committed_seq from lake.partition)
             update lake.partition p
                set committed_seq = 0
               from before b
              where b.partition = p.partition
             returning p.partition, b.committed_seq",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((row.try_get("partition")?, row.try_get("committed_seq")?))).collect()
    }
}
