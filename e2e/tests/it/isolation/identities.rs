//! Kinds of callers, and what each must get at each host.

use naru_e2e::Client;

use super::World;

/// A caller, and what it must get.
pub(crate) struct Identity {
    pub(super) name: &'static str,
    pub(super) client: fn(&Client, &World) -> Client,
    /// Where the thing in the path must be the caller's own.
    pub(super) owner: u16,
    /// Where any caller of the host will do; `None` = it is one, and is served its own.
    pub(super) any: Option<u16>,
}

const fn refused(name: &'static str, client: fn(&Client, &World) -> Client) -> Identity {
    Identity { name, client, owner: 401, any: Some(401) }
}

/// Served, but acme's ids do not exist for it.
const fn served(name: &'static str, client: fn(&Client, &World) -> Client) -> Identity {
    Identity { name, client, owner: 404, any: None }
}

fn strangers() -> Vec<Identity> {
    vec![
        refused("nobody", |host, _| host.clone()),
        refused("an invented cookie", |host, world| {
            let name = world.acme.apm_cookie.split('=').next().unwrap_or_default();
            host.with_cookie(&format!("{name}=invented"))
        }),
        refused("an invented token", |host, _| {
            host.with_token("nat_0000000000000000000000000000000000000000")
        }),
    ]
}

/// The console serves everybody, each their own.
pub(crate) fn at_the_console() -> Vec<Identity> {
    let mut identities = strangers();
    identities.extend([
        served("globex's session", |host, world| host.with_cookie(&world.globex.console_cookie)),
        served("globex's token", |host, world| host.with_token(&world.globex.token)),
        refused("globex's APM session", |host, world| host.with_cookie(&world.globex.apm_cookie)),
        refused("acme's APM session", |host, world| host.with_cookie(&world.acme.apm_cookie)),
    ]);
    identities
}

/// Nobody but acme is served on acme's host.
pub(super) fn at_acmes_host() -> Vec<Identity> {
    let mut identities = strangers();
    identities.extend([
        refused("globex's session", |host, world| host.with_cookie(&world.globex.apm_cookie)),
        refused("globex's token", |host, world| host.with_token(&world.globex.token)),
        refused("globex's console session", |host, world| host.with_cookie(&world.globex.console_cookie)),
        refused("acme's console session", |host, world| host.with_cookie(&world.acme.console_cookie)),
    ]);
    identities
}

/// On globex's host acme is a stranger, and acme's ids do not exist.
pub(crate) fn at_globexs_host() -> Vec<Identity> {
    let mut identities = strangers();
    identities.extend([
        refused("acme's session", |host, world| host.with_cookie(&world.acme.apm_cookie)),
        refused("acme's token", |host, world| host.with_token(&world.acme.token)),
        served("globex's session", |host, world| host.with_cookie(&world.globex.apm_cookie)),
        served("globex's token", |host, world| host.with_token(&world.globex.token)),
    ]);
    identities
}
