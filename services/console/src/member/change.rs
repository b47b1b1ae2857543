//! A person changes their own name or language.

use super::check::{NAME_LEN_MAX, Problems};
use crate::{
    app::App,
    error::Error,
    session::caller::SignedIn,
    store::{audit, person},
};

/// `None` leaves a field as it is.
pub async fn change(
    app: &App,
    who: SignedIn,
    name: Option<&str>,
    locale: Option<&str>,
    address: &str,
) -> Result<SignedIn, Error> {
    let mut problems = Problems::default();
    let name = name.map(|name| problems.line("name", name, NAME_LEN_MAX));
    let locale = locale.map(|locale| problems.locale("locale", locale));
    if !problems.0.is_empty() {
        return Err(Error::Fields(problems.0));
    }
    let mut tx = app.pool.begin_tenant(who.caller.tenant).await?;
    person::change(&mut tx, who.person.id, name.as_deref(), locale.as_deref()).await?;
    let person = person::member(&mut tx, who.person.id).await?.ok_or(Error::NotFound("person"))?;
    let (actor, subject) = (Some(who.caller.actor), person.id.to_string());
    audit::insert(&mut tx, &audit::Entry { actor, action: "person.change", subject, address }, app.now())
        .await?;
    tx.commit().await?;
    Ok(SignedIn { person, ..who })
}
