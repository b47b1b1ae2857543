//! A stranger signs up, makes a project, and holds what a company holds.

use std::net::Ipv4Addr;

use anyhow::Context;
use serde_json::{Value, json};

use crate::{Client, Status};

#[derive(Debug, Clone)]
pub struct Tenant {
    pub slug: String,
    pub id: String,
    pub project: String,
    pub license_key: String,
    pub token: String,
    pub console_cookie: String,
    pub apm_cookie: String,
    /// Without credentials, at the console host.
    pub console: Client,
    /// Without credentials, at the tenant's host.
    pub apm: Client,
}

/// Signs up `slug`, hands the session over to the tenant's host, and makes a project, a license key and a token.
pub async fn sign_up(status: &Status, slug: &str) -> anyhow::Result<Tenant> {
    let edge_url = format!("http://{}", status.edge_addr);
    let apm_host = host_of(&status.apm_url_template.replace("{tenant}", slug))?;
    let console = Client::new(&edge_url, &host_of(&status.console_url)?)?;
    let Founded { tenant, cookie, project, license_key } = found(&console, status, slug).await?;
    let signed_in = console.with_cookie(&cookie);
    let token = signed_in.post("/api/v1/tokens", &json!({"name": "e2e"})).await?.json()?;
    let apm = console.at(&apm_host);
    let apm_cookie = hand_over(&signed_in, &apm).await?;
    Ok(Tenant {
        slug: slug.to_owned(),
        id: tenant,
        project,
        license_key,
        token: text(&token, "/token")?,
        console_cookie: cookie,
        apm_cookie,
        console,
        apm,
    })
}

/// Signs up, from an address of its own, somebody who will only send. Answers the license key.
pub async fn sign_up_sender(status: &Status, slug: &str, from: Ipv4Addr) -> anyhow::Result<String> {
    let (edge_url, console_host) = (format!("http://{}", status.edge_addr), host_of(&status.console_url)?);
    let console = Client::from(Some(from.into()), &edge_url, &console_host)?;
    Ok(found(&console, status, slug).await?.license_key)
}

/// A company with a project.
struct Founded {
    tenant: String,
    cookie: String,
    project: String,
    license_key: String,
}

async fn found(console: &Client, status: &Status, slug: &str) -> anyhow::Result<Founded> {
    let answer = console
        .post(
            "/api/v1/signup",
            &json!({
                "email": format!("owner@{slug}.example"), "password": "correct horse battery staple",
                "name": "Kim Minji", "company": format!("{slug} secret company"), "tenant": slug,
                "region": status.region, "locale": "en",
            }),
        )
        .await?;
    let session = answer.json().with_context(|| format!("signing up {slug}"))?;
    let cookie = answer.cookies.first().context("sign-up sets a session cookie")?.clone();
    let signed_in = console.with_cookie(&cookie);
    let project = signed_in
        .post(
            "/api/v1/projects",
            &json!({"name": format!("{slug} secret project"), "platform": "python", "region": status.region, "group": ""}),
        )
        .await?
        .json()?;
    let project = text(&project, "/id")?;
    let key = signed_in
        .post(&format!("/api/v1/projects/{project}/license-keys"), &json!({"name": "first"}))
        .await?;
    Ok(Founded {
        tenant: text(&session, "/tenant/id")?,
        cookie,
        project,
        license_key: text(&key.json()?, "/key")?,
    })
}

/// Follows the redirects of a browser that opens the tenant's host while logged in at the console.
async fn hand_over(console: &Client, apm: &Client) -> anyhow::Result<String> {
    let start = apm.get("/auth/start?return=/").await?;
    let nonce = start.cookies.first().context("the start of a hand-over sets a nonce cookie")?.clone();
    let to_console = path_of(start.location.as_deref().context("the start redirects to the console")?)?;
    let granted = console.get(&to_console).await?;
    let back = granted
        .location
        .with_context(|| format!("the console redirects back, not {}: {}", granted.status, granted.text))?;
    let done = apm.with_cookie(&nonce).get(&path_of(&back)?).await?;
    let is_session = |cookie: &&String| cookie.starts_with("naru_session") && !cookie.ends_with('=');
    done.cookies
        .iter()
        .find(is_session)
        .cloned()
        .with_context(|| format!("the callback sets the session: {} {}", done.status, done.text))
}

fn text(value: &Value, pointer: &str) -> anyhow::Result<String> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .with_context(|| format!("no {pointer} in {value}"))
}

/// `http://host:port/path` → `host:port`.
fn host_of(url: &str) -> anyhow::Result<String> {
    let rest = url.split_once("://").context("an absolute URL")?.1;
    Ok(rest.split('/').next().unwrap_or(rest).to_owned())
}

fn path_of(url: &str) -> anyhow::Result<String> {
    if url.starts_with('/') {
        return Ok(url.to_owned());
    }
    let rest = url.split_once("://").context("an absolute URL")?.1;
    Ok(rest.find('/').map_or_else(|| "/".to_owned(), |at| rest[at..].to_owned()))
}
