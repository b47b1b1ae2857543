//! Table `console.api_token`.

use naru_auth::Role;
use naru_ids::{TenantId, TokenId, UnixMs, UserId};
use uuid::Uuid;

use super::{
    Doing, StoreError, TenantTx, Tx, at,
    lookup::{self, Lookup},
    member, ms,
    session::{Digest, hex},
};

/// Enough for one per program; it bounds the list.
pub const TOKENS_MAX: i64 = 200;

/// "Last used" is told to the minute, so that a busy program costs one write a minute.
const LAST_USED_STEP_MS: i64 = 60_000;

/// A token as its owner may see it: never its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: TokenId,
    pub name: String,
    pub hint: String,
    pub created: UnixMs,
    pub last_used: Option<UnixMs>,
}

/// A token that holds now, and who stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveToken {
    pub id: TokenId,
    pub role: Role,
    pub person: UserId,
}

/// `false` = the tenant has [`TOKENS_MAX`] tokens already.
pub async fn insert(
    tx: &mut TenantTx,
    token: &Token,
    mac: &Digest,
    role: Role,
    person: UserId,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "insert into console.api_token (tenant_id, id, mac, name, hint, role, person_id, created_ms)
         select $1, $2, $3, $4, $5, $6, $7, $8
          where (select count(*) from console.api_token where tenant_id = $1 and revoked_ms is null) < $9",
    )
    .bind(tx.tenant().uuid())
    .bind(token.id.uuid())
    .bind(&mac[..])
    .bind(&token.name)
    .bind(&token.hint)
    .bind(role.as_str())
    .bind(person.uuid())
    .bind(ms(token.created))
    .bind(TOKENS_MAX)
    .execute(&mut **tx)
    .await
    .doing("adding an API token")?;
    Ok(done.rows_affected() == 1)
}

/// Tokens that are not revoked, oldest first.
pub async fn list(tx: &mut TenantTx) -> Result<Vec<Token>, StoreError> {
    let rows: Vec<(Uuid, String, String, i64, Option<i64>)> = sqlx::query_as(
        "select id, name, hint, created_ms, last_used_ms
           from console.api_token
          where tenant_id = $1
            and revoked_ms is null
          order by created_ms, id
          limit $2",
    )
    .bind(tx.tenant().uuid())
    .bind(TOKENS_MAX)
    .fetch_all(&mut **tx)
    .await
    .doing("listing API tokens")?;
    let token = |(id, name, hint, created, last_used): (Uuid, String, String, i64, Option<i64>)| Token {
        id: TokenId::from_uuid(id),
        name,
        hint,
        created: at(created),
        last_used: last_used.map(at),
    };
    Ok(rows.into_iter().map(token).collect())
}

/// `None` = the tenant has no such token; `Some(false)` = it was revoked before.
pub async fn revoke(tx: &mut TenantTx, id: TokenId, now: UnixMs) -> Result<Option<bool>, StoreError> {
    let row: Option<(i64,)> = sqlx::query_as(
        "update console.api_token
            set revoked_ms = coalesce(revoked_ms, $3)
          where tenant_id = $1
            and id = $2
      returning revoked_ms",
    )
    .bind(tx.tenant().uuid())
    .bind(id.uuid())
    .bind(ms(now))
    .fetch_optional(&mut **tx)
    .await
    .doing("revoking an API token")?;
    Ok(row.map(|(revoked,)| revoked == ms(now)))
}

/// Whose token is this? Says nothing of whether it still holds.
pub async fn tenant_of(tx: &mut Tx, mac: &Digest) -> Result<Option<TenantId>, StoreError> {
    lookup::by(tx, Lookup::Token, &hex(mac)).await?;
    let row: Option<Uuid> = sqlx::query_scalar("select tenant_id from console.api_token where mac = $1")
        .bind(&mac[..])
        .fetch_optional(&mut **tx)
        .await
        .doing("looking up an API token")?;
    Ok(row.map(TenantId::from_uuid))
}

/// The token, if it holds.
pub async fn live(tx: &mut TenantTx, mac: &Digest) -> Result<Option<LiveToken>, StoreError> {
    let row: Option<(Uuid, String, Uuid)> = sqlx::query_as(
        "select id, role, person_id
           from console.api_token
          where tenant_id = $1
            and mac = $2
            and revoked_ms is null",
    )
    .bind(tx.tenant().uuid())
    .bind(&mac[..])
    .fetch_optional(&mut **tx)
    .await
    .doing("reading an API token")?;
    row.map(|(id, role, person)| {
        Ok(LiveToken {
            id: TokenId::from_uuid(id),
            role: member::role(&role)?,
            person: UserId::from_uuid(person),
        })
    })
    .transpose()
}

pub async fn touch(tx: &mut TenantTx, id: TokenId, now: UnixMs) -> Result<(), StoreError> {
    sqlx::query(
        "update console.api_token
            set last_used_ms = $3
          where tenant_id = $1
            and id = $2
            and coalesce(last_used_ms, 0) < $3 - $4",
    )
    .bind(tx.tenant().uuid())
    .bind(id.uuid())
    .bind(ms(now))
    .bind(LAST_USED_STEP_MS)
    .execute(&mut **tx)
    .await
    .doing("noting that an API token was used")?;
    Ok(())
}
