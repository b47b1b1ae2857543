//! Table `console.session`. Only digests of session secrets come here.

use naru_auth::Role;
use naru_ids::{TenantId, UnixMs, UserId};
use uuid::Uuid;

use super::{
    Doing, StoreError, TenantTx, Tx, at,
    lookup::{self, Lookup},
    member,
    person::{self, Person},
    tenant::Tenant,
};
use crate::store::ms;

pub type Digest = [u8; 32];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Console,
    /// Holds on one tenant host only, and dies with its console session.
    Tenant,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Tenant => "tenant",
        }
    }
}

#[derive(Debug)]
pub struct NewSession<'a> {
    pub digest: Digest,
    pub person: UserId,
    pub kind: Kind,
    pub host: &'a str,
    /// The console session this one came from; for tenant hosts only.
    pub parent: Option<Digest>,
    pub created: UnixMs,
    pub expires: UnixMs,
}

/// A session that holds now, with everybody it concerns.
#[derive(Debug, Clone)]
pub struct LiveSession {
    pub person: Person,
    pub tenant: Tenant,
    pub role: Role,
    pub expires: UnixMs,
}

pub async fn insert(tx: &mut TenantTx, session: &NewSession<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "insert into console.session
                (tenant_id, digest, person_id, kind, host, parent_digest, created_ms, expires_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(tx.tenant().uuid())
    .bind(&session.digest[..])
    .bind(session.person.uuid())
    .bind(session.kind.as_str())
    .bind(session.host)
    .bind(session.parent.as_ref().map(|digest| &digest[..]))
    .bind(ms(session.created))
    .bind(ms(session.expires))
    .execute(&mut **tx)
    .await
    .doing("adding a session")?;
    Ok(())
}

/// Whose session is this? Says nothing of whether it still holds.
pub async fn tenant_of(tx: &mut Tx, digest: &Digest) -> Result<Option<TenantId>, StoreError> {
    lookup::by(tx, Lookup::Session, &hex(digest)).await?;
    let row: Option<Uuid> = sqlx::query_scalar("select tenant_id from console.session where digest = $1")
        .bind(&digest[..])
        .fetch_optional(&mut **tx)
        .await
        .doing("looking up a session")?;
    Ok(row.map(TenantId::from_uuid))
}

#[derive(sqlx::FromRow)]
struct Row {
    slug: String,
    company: String,
    region: String,
    tenant_created_ms: i64,
    role: String,
    expires_ms: i64,
    #[sqlx(flatten)]
    person: person::Row,
}

/// The session, if it holds now on this kind of host.
pub async fn live(
    tx: &mut TenantTx,
    digest: &Digest,
    kind: Kind,
    host: &str,
    now: UnixMs,
) -> Result<Option<LiveSession>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select tenant.slug, tenant.company, tenant.region, tenant.created_ms as tenant_created_ms,
                member.role, session.expires_ms,
                person.id as person_id, person.email, person.name, person.locale,
                person.verify_by_ms, person.verified_ms
           from console.session
           join console.tenant on tenant.id = session.tenant_id
           join console.member on member.tenant_id = session.tenant_id and member.person_id = session.person_id
           join console.person on person.id = session.person_id
          where session.tenant_id = $1
            and session.digest = $2
            and session.kind = $3
            and session.host = $4
            and session.revoked_ms is null
            and session.expires_ms > $5",
    )
    .bind(tx.tenant().uuid())
    .bind(&digest[..])
    .bind(kind.as_str())
    .bind(host)
    .bind(ms(now))
    .fetch_optional(&mut **tx)
    .await
    .doing("reading a session")?;
    let Some(row) = row else { return Ok(None) };
    let tenant = Tenant {
        id: tx.tenant(),
        slug: row.slug,
        company: row.company,
        region: row.region,
        created: at(row.tenant_created_ms),
    };
    Ok(Some(LiveSession {
        person: row.person.into(),
        tenant,
        role: member::role(&row.role)?,
        expires: at(row.expires_ms),
    }))
}

/// Revokes a session, the console session it came from, and every other that came from there: who logs out, on
/// whichever host, is out. `false` = there was nothing to revoke.
pub async fn revoke_family(tx: &mut TenantTx, digest: &Digest, now: UnixMs) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "with root as (
             select coalesce(parent_digest, digest) as digest
               from console.session
              where tenant_id = $1
                and digest = $2
         )
         update console.session
            set revoked_ms = $3
          where tenant_id = $1
            and (digest = (select digest from root) or parent_digest = (select digest from root))
            and revoked_ms is null",
    )
    .bind(tx.tenant().uuid())
    .bind(&digest[..])
    .bind(ms(now))
    .execute(&mut **tx)
    .await
    .doing("revoking a session")?;
    Ok(done.rows_affected() > 0)
}

/// Sessions that ended before `before`, at most `limit`, of all tenants. Tenant hosts' sessions and codes that hang
/// on a console session go with it.
pub async fn delete_ended(tx: &mut Tx, before: UnixMs, limit: i64) -> Result<u64, StoreError> {
    lookup::as_job(tx, lookup::Job::Expire).await?;
    let done = sqlx::query(
        "delete from console.session
          where digest in (select digest
                             from console.session
                            where expires_ms < $1
                               or revoked_ms < $1
                            limit $2)",
    )
    .bind(ms(before))
    .bind(limit)
    .execute(&mut **tx)
    .await
    .doing("deleting ended sessions")?;
    Ok(done.rows_affected())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}
