//! Table `console.person`.

use naru_ids::{UnixMs, UserId};
use uuid::Uuid;

use super::{
    Doing, StoreError, TenantTx, Tx, at,
    lookup::{self, Lookup},
    ms,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: UserId,
    pub email: String,
    pub name: String,
    /// `ko` or `en`.
    pub locale: String,
    /// Without a verified address nothing may be changed after this.
    pub verify_by: UnixMs,
    pub verified: Option<UnixMs>,
}

impl Person {
    /// True when the grace is over and the address still unproven.
    #[must_use]
    pub fn is_overdue(&self, now: UnixMs) -> bool {
        self.verified.is_none() && now >= self.verify_by
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) person_id: Uuid,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) locale: String,
    pub(super) verify_by_ms: i64,
    pub(super) verified_ms: Option<i64>,
}

impl From<Row> for Person {
    fn from(row: Row) -> Self {
        Self {
            id: UserId::from_uuid(row.person_id),
            email: row.email,
            name: row.name,
            locale: row.locale,
            verify_by: at(row.verify_by_ms),
            verified: row.verified_ms.map(at),
        }
    }
}

/// Runs into `person_email_key` when the address is taken.
pub async fn insert(
    tx: &mut TenantTx,
    person: &Person,
    email_folded: &str,
    password_phc: &str,
    now: UnixMs,
) -> Result<(), StoreError> {
    lookup::by(tx, Lookup::Person, &person.id.uuid().to_string()).await?;
    sqlx::query(
        "insert into console.person
                (id, email, email_folded, password_phc, name, locale, created_ms, verify_by_ms, verified_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(person.id.uuid())
    .bind(&person.email)
    .bind(email_folded)
    .bind(password_phc)
    .bind(&person.name)
    .bind(&person.locale)
    .bind(ms(now))
    .bind(ms(person.verify_by))
    .bind(person.verified.map(ms))
    .execute(&mut **tx)
    .await
    .doing("adding a person")?;
    Ok(())
}

/// The person and the password's hash, for log-in.
pub async fn by_email(tx: &mut Tx, email_folded: &str) -> Result<Option<(UserId, String)>, StoreError> {
    lookup::by(tx, Lookup::Email, email_folded).await?;
    let row: Option<(Uuid, String)> =
        sqlx::query_as("select id, password_phc from console.person where email_folded = $1")
            .bind(email_folded)
            .fetch_optional(&mut **tx)
            .await
            .doing("looking up a person by mail address")?;
    Ok(row.map(|(id, phc)| (UserId::from_uuid(id), phc)))
}

/// A member of this transaction's tenant.
pub async fn member(tx: &mut TenantTx, person: UserId) -> Result<Option<Person>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select person.id as person_id, email, name, locale, verify_by_ms, verified_ms
           from console.member
           join console.person on person.id = member.person_id
          where member.tenant_id = $1
            and member.person_id = $2",
    )
    .bind(tx.tenant().uuid())
    .bind(person.uuid())
    .fetch_optional(&mut **tx)
    .await
    .doing("reading a member")?;
    Ok(row.map(Person::from))
}

/// Proves the address; one that is proven stays as it is.
pub async fn set_verified(
    tx: &mut TenantTx,
    person: UserId,
    email: &str,
    now: UnixMs,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update console.person
            set verified_ms = coalesce(verified_ms, $3)
          where id = $1
            and email = $2",
    )
    .bind(person.uuid())
    .bind(email)
    .bind(ms(now))
    .execute(&mut **tx)
    .await
    .doing("marking a mail address as verified")?;
    Ok(done.rows_affected() == 1)
}

/// `None` leaves a field as it is.
pub async fn change(
    tx: &mut TenantTx,
    person: UserId,
    name: Option<&str>,
    locale: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query(
        "update console.person
            set name = coalesce($2, name),
                locale = coalesce($3, locale)
          where id = $1",
    )
    .bind(person.uuid())
    .bind(name)
    .bind(locale)
    .execute(&mut **tx)
    .await
    .doing("changing a person")?;
    Ok(())
}
