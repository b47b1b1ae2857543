//! A program that speaks to the edge by host name.

use std::net::IpAddr;

use anyhow::Context;
use reqwest::{
    Method,
    header::{AUTHORIZATION, COOKIE, HOST},
};
use serde_json::Value;

/// Names under `.localhost` resolve in browsers only, so the address is the edge's and the host goes into a header.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    edge_url: String,
    host: String,
    cookie: Option<String>,
    token: Option<String>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub text: String,
    pub location: Option<String>,
    /// `name=value` of each cookie set.
    pub cookies: Vec<String>,
}

impl Client {
    pub fn new(edge_url: &str, host: &str) -> anyhow::Result<Self> {
        Self::from(None, edge_url, host)
    }

    /// From one of the addresses of this machine.
    pub fn from(address: Option<IpAddr>, edge_url: &str, host: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let http = http.local_address(address).build()?;
        let edge_url = edge_url.trim_end_matches('/').to_owned();
        Ok(Self { http, edge_url, host: host.to_owned(), cookie: None, token: None })
    }

    #[must_use]
    pub fn at(&self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self.clone() }
    }

    #[must_use]
    pub fn with_cookie(&self, cookie: &str) -> Self {
        Self { cookie: Some(cookie.to_owned()), ..self.clone() }
    }

    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// One call. Streams are cut after their head: the status says enough, and the body has no end.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Answer> {
        let mut request =
            self.http.request(method.clone(), format!("{}{path}", self.edge_url)).header(HOST, &self.host);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie).header("origin", format!("http://{}", self.host));
        }
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.with_context(|| format!("{method} {}{path}", self.host))?;
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let is_stream = header("content-type").is_some_and(|kind| kind.starts_with("text/event-stream"));
        let cookies = response.headers().get_all("set-cookie").iter();
        let cookies =
            cookies.filter_map(|value| value.to_str().ok()?.split(';').next().map(str::to_owned)).collect();
        let (status, location) = (response.status().as_u16(), header("location"));
        let text = if is_stream { String::new() } else { response.text().await? };
        Ok(Answer { status, text, location, cookies })
    }
}

impl Answer {
    /// The JSON body of a 2xx; anything else is an error that shows the answer.
    pub fn json(&self) -> anyhow::Result<Value> {
        anyhow::ensure!(
            (200..300).contains(&self.status),
            "expected success, got {}: {}",
            self.status,
            self.text
        );
        serde_json::from_str(&self.text).with_context(|| format!("reading {}", self.text))
    }
}
