//! The demo tenant and its shop: made through the public API, as any company would be.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    cli::Select,
    database, http, place,
    ports::Port,
    recipes::loopback,
    secrets,
    stack::{REGION, Stack, State, Status},
    steps,
};

pub(crate) const TENANT: &str = "demo-shop";
const EMAIL: &str = "guest@demo-shop.example";
const DATABASE: &str = "demo";
const API_TIMEOUT: Duration = Duration::from_secs(20);
/// Longer than the supervisor waits before it kills what does not stop.
const STOP_WITHIN: Duration = Duration::from_secs(30);

/// Kept beside the other secrets: whoever owns the machine may be a guest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Guest {
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) apm_host: String,
    pub(crate) project: String,
    pub(crate) token: String,
}

pub(crate) fn start(select: &Select) -> anyhow::Result<()> {
    let stack = Stack::find(select)?;
    if stack.status().state != State::Ready {
        bail!("the stack is not ready; start it with `./dev up`");
    }
    set_up(&stack)?;
    say!("the demo shop starts; watch it at {}", stack.apm_url(TENANT));
    Ok(())
}

/// Returns when the shop's processes are gone.
pub(crate) fn stop(select: &Select) -> anyhow::Result<()> {
    let stack = Stack::find(select)?;
    let was_wanted = mark(&stack.data).exists();
    unmark(&stack.data)?;
    if stack.status().state == State::Down {
        bail!("the stack in {} is not running, and its demo shop neither", stack.data.display());
    }
    let shop = |status: Status| status.children.into_keys().any(|name| name.starts_with("demo-"));
    if !was_wanted && !shop(stack.status()) {
        say!("the demo shop is not running");
        return Ok(());
    }
    let deadline = Instant::now() + STOP_WITHIN;
    // Its supervisor takes it off the list when it is gone.
    while shop(stack.status()) {
        if Instant::now() > deadline {
            bail!("the demo shop did not stop within {STOP_WITHIN:?}; see ./dev status");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    say!("the demo shop stopped");
    Ok(())
}

/// The supervisor runs the shop while this file is there.
pub(crate) fn mark(data: &Path) -> PathBuf {
    data.join("demo")
}

pub(crate) fn unmark(data: &Path) -> anyhow::Result<()> {
    let mark = mark(data);
    if mark.exists() {
        fs::remove_file(&mark).with_context(|| format!("removing {}", mark.display()))?;
    }
    Ok(())
}

pub(crate) fn guest(data: &Path) -> anyhow::Result<Option<Guest>> {
    match fs::read(secrets::path(data, "demo.json")) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).context("reading the demo's guest")?)),
        Err(_) => Ok(None),
    }
}

/// Tenant, database and packages of the shop, each only when missing; then the shop may run.
pub(crate) fn set_up(stack: &Stack) -> anyhow::Result<()> {
    if guest(&stack.data)?.is_none() {
        sign_up(stack)?;
    }
    let password = secrets::get(&stack.data, "demo-database")?;
    let role = format!(
        "do $$ begin if not exists (select 1 from pg_roles where rolname = '{DATABASE}') then create role {DATABASE} login; end if; end $$;
         alter role {DATABASE} login nosuperuser nobypassrls password '{password}';"
    );
    database::psql(stack, "postgres", &role)?;
    database::create_database(stack, DATABASE, DATABASE)?;
    let mut prepare = Command::new(place::repository().join("infra/demo/run"));
    prepare.arg("prepare").envs(environment(stack)?);
    steps::run(
        &mut prepare,
        &stack.data.join("logs/setup-demo.log"),
        "check the network, then `./dev demo start`",
    )?;
    fs::write(mark(&stack.data), "").context("marking the demo as wanted")
}

/// What `infra/demo/run` is told. The license key comes as a file.
pub(crate) fn environment(stack: &Stack) -> anyhow::Result<Vec<(String, String)>> {
    let password = secrets::get(&stack.data, "demo-database")?;
    let env = [
        (
            "DEMO_DATABASE_URL",
            format!("postgres://{DATABASE}:{password}@{}/{DATABASE}", loopback(stack, Port::Postgres)),
        ),
        ("DEMO_REDIS_URL", format!("redis://{}/1", loopback(stack, Port::Redis))),
        ("DEMO_STOREFRONT_PORT", stack.ports.get(Port::DemoStorefront).to_string()),
        ("DEMO_STOCK_PORT", stack.ports.get(Port::DemoStock).to_string()),
        (
            "DEMO_OTLP_HTTP_URL",
            format!(
                "http://{}",
                std::net::SocketAddr::from((stack.dialled(), stack.ports.get(Port::OtlpHttp)))
            ),
        ),
        ("DEMO_LICENSE_KEY_FILE", secrets::path(&stack.data, "demo-license-key").display().to_string()),
        ("DEMO_CACHE_DIR", place::tools()?.join("demo").display().to_string()),
    ];
    Ok(env.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn sign_up(stack: &Stack) -> anyhow::Result<()> {
    let password = secrets::get(&stack.data, "demo-guest")?;
    let api = Api::new(stack);
    let (session, cookie) = api.post(
        "/api/v1/signup",
        None,
        &json!({"email": EMAIL, "password": password, "name": "Guest", "company": "Demo shop", "tenant": TENANT, "region": REGION, "locale": "en"}),
    )?;
    let cookie = cookie.context("sign-up sets a session cookie")?;
    let body = json!({"name": "Demo shop", "platform": "python", "region": REGION, "group": "demo"});
    let (project, _) = api.post("/api/v1/projects", Some(&cookie), &body)?;
    let project = text(&project, "id")?;
    let (key, _) = api.post(
        &format!("/api/v1/projects/{project}/license-keys"),
        Some(&cookie),
        &json!({"name": "demo shop"}),
    )?;
    secrets::put(&stack.data, "demo-license-key", &text(&key, "key")?)?;
    let (token, _) = api.post("/api/v1/tokens", Some(&cookie), &json!({"name": "./dev"}))?;
    anyhow::ensure!(session["tenant"]["slug"] == TENANT, "the demo tenant has another name: {session}");
    let guest = Guest {
        email: EMAIL.to_owned(),
        password,
        apm_host: format!("{}:{}", stack.apm_host(TENANT), stack.ports.get(Port::Edge)),
        project,
        token: text(&token, "token")?,
    };
    verify(stack, &api)?;
    secrets::put(&stack.data, "demo.json", &serde_json::to_string_pretty(&guest)?)
}

/// Opens the link of the guest's own verification mail, so that the demo works beyond its first day.
fn verify(stack: &Stack, api: &Api) -> anyhow::Result<()> {
    for _ in 0..50 {
        let mails = fs::read_dir(stack.data.join("mail")).context("reading mails")?.flatten();
        let texts = mails.filter_map(|mail| fs::read_to_string(mail.path()).ok());
        if let Some(token) = texts.filter(|text| text.contains(EMAIL)).find_map(|text| token_in(&text)) {
            return api.post("/api/v1/email-verifications", None, &json!({"token": token})).map(|_| ());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("the demo's verification mail did not come")
}

/// Mails may be quoted-printable: `=` at a line's end goes on, `=3D` is `=`.
fn token_in(mail: &str) -> Option<String> {
    let plain = mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
    let rest = plain.split("/verify?token=").nth(1)?;
    Some(rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect())
}

fn text(value: &Value, key: &str) -> anyhow::Result<String> {
    value[key].as_str().map(str::to_owned).with_context(|| format!("the answer has no {key}: {value}"))
}

/// The console's public API, dialled at its address and asked for by its host name.
struct Api {
    agent: ureq::Agent,
    url: String,
    host: String,
}

impl Api {
    fn new(stack: &Stack) -> Self {
        let edge = stack.ports.get(Port::Edge);
        Self {
            agent: http::agent(API_TIMEOUT),
            url: format!("http://{}", std::net::SocketAddr::from((stack.dialled(), edge))),
            host: format!("{}:{edge}", stack.console_host()),
        }
    }

    /// The JSON answer and the first cookie.
    fn post(
        &self,
        path: &str,
        cookie: Option<&str>,
        body: &Value,
    ) -> anyhow::Result<(Value, Option<String>)> {
        let mut request = self.agent.post(format!("{}{path}", self.url)).header("host", &self.host);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie).header("origin", format!("http://{}", self.host));
        }
        let mut response = request.send_json(body).with_context(|| format!("POST {path}"))?;
        let set = response.headers().get("set-cookie").and_then(|value| value.to_str().ok());
        let cookie = set.and_then(|value| value.split(';').next()).map(str::to_owned);
        let status = response.status();
        let text = response.body_mut().read_to_string()?;
        anyhow::ensure!(status.is_success(), "POST {path} answered {status}: {text}");
        Ok((serde_json::from_str(&text).unwrap_or(Value::Null), cookie))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_is_found_in_a_quoted_printable_mail() {
        let mail = "To: x\r\n\r\nhttp://console.localhost:8080/verify?token=3Dnve_abc=\r\nDEF123\r\nbye";
        assert_eq!(token_in(mail).as_deref(), Some("nve_abcDEF123"));
        assert_eq!(token_in("no link"), None);
    }
}
