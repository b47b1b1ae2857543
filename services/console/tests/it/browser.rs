//! A browser as far as console can tell: cookies per host, Origin and Sec-Fetch-Site on what it sends, redirects by hand.

use std::{collections::HashMap, net::SocketAddr};

use reqwest::{Client, Method, redirect::Policy};
use serde_json::Value;

pub(crate) const CONSOLE: &str = "console.localhost";

#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    addr: SocketAddr,
    /// host → name → value
    pub(crate) cookies: HashMap<String, HashMap<String, String>>,
    pub(crate) bearer: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `field:code` of each error of a 422, sorted.
    pub(crate) fn field_codes(&self) -> Vec<String> {
        let body = self.json();
        let mut codes: Vec<String> = body["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("no errors in {body}"))
            .iter()
            .map(|error| format!("{}:{}", error["field"].as_str().unwrap(), error["code"].as_str().unwrap()))
            .collect();
        codes.sort();
        codes
    }
}

impl Browser {
    pub(crate) fn new(addr: SocketAddr) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { client, addr, cookies: HashMap::new(), bearer: None }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, CONSOLE, path, None).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, CONSOLE, path, Some(body)).await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Answer {
        self.send(Method::DELETE, CONSOLE, path, None).await
    }

    /// As a page of the same host would.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        host: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let origin = format!("http://{host}:8080");
        self.send_from(method, host, path, body, &origin, "same-origin").await
    }

    pub(crate) async fn send_from(
        &mut self,
        method: Method,
        host: &str,
        path: &str,
        body: Option<Value>,
        origin: &str,
        fetch_site: &str,
    ) -> Answer {
        let mut request = self.request(method, host, path);
        request = match fetch_site {
            // A link on another site, followed.
            "navigate" => request.header("sec-fetch-site", "cross-site").header("sec-fetch-mode", "navigate"),
            site => request.header("sec-fetch-site", site).header("sec-fetch-mode", "cors"),
        };
        if !origin.is_empty() {
            request = request.header("origin", origin);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        self.store_cookies(host, response.headers());
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.unwrap() }
    }

    /// With this host's cookies, as HAProxy would pass it on.
    pub(crate) fn request(&self, method: Method, host: &str, path: &str) -> reqwest::RequestBuilder {
        let mut request = self
            .client
            .request(method, format!("http://{}{path}", self.addr))
            .header("host", format!("{host}:8080"))
            .header("x-forwarded-proto", "http")
            .header("x-forwarded-for", "198.51.100.7");
        let cookies: Vec<String> = self
            .cookies
            .get(host)
            .into_iter()
            .flatten()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        match &self.bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Follows one redirect as a top-level navigation; answers the host and path it led to.
    pub(crate) async fn navigate(&mut self, host: &str, path: &str) -> (Answer, Option<(String, String)>) {
        let answer = self.send_from(Method::GET, host, path, None, "", "navigate").await;
        let location = answer.header("location").to_owned();
        let next = match location.strip_prefix("http://") {
            _ if location.is_empty() => None,
            None => Some((host.to_owned(), location)),
            Some(rest) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                Some((authority.strip_suffix(":8080").unwrap_or(authority).to_owned(), path.to_owned()))
            }
        };
        (answer, next)
    }

    /// The session of this host, as the browser holds it.
    pub(crate) fn session(&self, host: &str) -> Option<&str> {
        self.cookies.get(host)?.get("naru_session_8080").map(String::as_str)
    }

    fn store_cookies(&mut self, host: &str, headers: &reqwest::header::HeaderMap) {
        for line in headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            assert!(
                line.contains("HttpOnly") && line.contains("SameSite=Lax") && line.contains("Path=/"),
                "{line}"
            );
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            let jar = self.cookies.entry(host.to_owned()).or_default();
            if line.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// What the contract asks with: SHA-256 in hex.
pub(crate) fn digest(secret: &str) -> String {
    hex::encode(naru_auth::digest(secret))
}
