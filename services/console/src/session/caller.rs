//! From a credential to who stands behind it. A credential that does not hold is `None`, whatever the reason.

use naru_auth::{Actor, Caller};
use naru_postgres::TenantTx;

use crate::{
    app::App,
    error::Error,
    store::{
        api_token, person,
        person::Person,
        session::{self, Digest, Kind, LiveSession},
        tenant,
        tenant::Tenant,
    },
    token,
};

/// Somebody who proved who they are on the console host.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub caller: Caller,
    pub tenant: Tenant,
    /// The person who logged in, or who made the token.
    pub person: Person,
    /// The console session; `None` for tokens.
    pub session: Option<Digest>,
}

/// By the console's session cookie.
pub async fn by_session(app: &App, secret: &str) -> Result<Option<SignedIn>, Error> {
    let digest = naru_auth::digest(secret);
    let mut tx = app.pool.begin().await?;
    let Some(tenant) = session::tenant_of(&mut tx, &digest).await? else { return Ok(None) };
    drop(tx);
    let mut tx = app.pool.begin_tenant(tenant).await?;
    let host = app.places.console_host();
    let live = session::live(&mut tx, &digest, Kind::Console, &host, app.now()).await?;
    Ok(live.map(|LiveSession { person, tenant, role, .. }| SignedIn {
        caller: Caller { tenant: tenant.id, actor: Actor::User(person.id), role },
        tenant,
        person,
        session: Some(digest),
    }))
}

/// By an API token sent to the console host.
pub async fn by_token(app: &App, text: &str) -> Result<Option<SignedIn>, Error> {
    if !token::text::is_well_formed(text) {
        return Ok(None);
    }
    let mac = app.pepper.mac(&naru_auth::digest(text));
    let mut tx = app.pool.begin().await?;
    let Some(tenant) = api_token::tenant_of(&mut tx, &mac).await? else { return Ok(None) };
    drop(tx);
    let mut tx = app.pool.begin_tenant(tenant).await?;
    let found = by_mac(&mut tx, app, &mac).await?;
    tx.commit().await?;
    Ok(found)
}

/// The token, if it is this tenant's and holds; notes that it was used.
pub async fn by_mac(tx: &mut TenantTx, app: &App, mac: &Digest) -> Result<Option<SignedIn>, Error> {
    let Some(token) = api_token::live(tx, mac).await? else { return Ok(None) };
    let (Some(tenant), Some(person)) = (tenant::own(tx).await?, person::member(tx, token.person).await?)
    else {
        return Ok(None);
    };
    api_token::touch(tx, token.id, app.now()).await?;
    let caller = Caller { tenant: tenant.id, actor: Actor::Token(token.id), role: token.role };
    Ok(Some(SignedIn { caller, tenant, person, session: None }))
}
