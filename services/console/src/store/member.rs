//! Table `console.member`: who belongs to which tenant, in which role.

use naru_auth::Role;
use naru_ids::{TenantId, UnixMs, UserId};
use uuid::Uuid;

use super::{
    Doing, StoreError, TenantTx, Tx,
    lookup::{self, Lookup},
    ms,
};

pub async fn insert(tx: &mut TenantTx, person: UserId, role: Role, now: UnixMs) -> Result<(), StoreError> {
    sqlx::query(
        "insert into console.member (tenant_id, person_id, role, created_ms) values ($1, $2, $3, $4)",
    )
    .bind(tx.tenant().uuid())
    .bind(person.uuid())
    .bind(role.as_str())
    .bind(ms(now))
    .execute(&mut **tx)
    .await
    .doing("adding a member")?;
    Ok(())
}

/// The tenant a person logs in to: the one they joined first.
pub async fn tenant_of(tx: &mut Tx, person: UserId) -> Result<Option<TenantId>, StoreError> {
    lookup::by(tx, Lookup::Person, &person.uuid().to_string()).await?;
    let row: Option<Uuid> = sqlx::query_scalar(
        "select tenant_id
           from console.member
          where person_id = $1
          order by created_ms, tenant_id
          limit 1",
    )
    .bind(person.uuid())
    .fetch_optional(&mut **tx)
    .await
    .doing("looking up a person's tenant")?;
    Ok(row.map(TenantId::from_uuid))
}

/// Roles are words of our own in a checked column.
pub(super) fn role(text: &str) -> Result<Role, StoreError> {
    text.parse().map_err(|_| StoreError::Row { what: "role", value: text.to_owned() })
}
