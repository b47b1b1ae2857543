//! Hosts and URLs: where the console is, where a tenant's APM is, and what a host name in a request means.

/// What a request's host name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Console,
    /// A tenant's APM host; whether the tenant exists, only the database knows.
    Tenant {
        slug: String,
        region: String,
    },
    Elsewhere,
}

#[derive(Debug, Clone)]
pub struct Places {
    scheme: String,
    base: String,
    /// As in URLs: empty, or `:8080`.
    port: String,
    cookie_port: u16,
}

impl Places {
    /// `edge_port`: 0 and the scheme's own port are not shown.
    #[must_use]
    pub fn new(scheme: &str, base: &str, edge_port: u16) -> Self {
        let port = match (scheme, edge_port) {
            (_, 0) | ("http", 80) | ("https", 443) => String::new(),
            (_, port) => format!(":{port}"),
        };
        Self { scheme: scheme.to_owned(), base: base.to_ascii_lowercase(), port, cookie_port: edge_port }
    }

    #[must_use]
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    #[must_use]
    pub fn console_host(&self) -> String {
        format!("console.{}", self.base)
    }

    #[must_use]
    pub fn tenant_host(&self, slug: &str, region: &str) -> String {
        format!("{slug}.apm.{region}.{}", self.base)
    }

    /// `http://console.localhost:8080`, no slash at the end.
    #[must_use]
    pub fn console_url(&self) -> String {
        self.url(&self.console_host())
    }

    #[must_use]
    pub fn apm_url(&self, slug: &str, region: &str) -> String {
        self.url(&self.tenant_host(slug, region))
    }

    /// The address of a host of ours; callers have checked that it is one.
    #[must_use]
    pub fn url(&self, host: &str) -> String {
        format!("{}://{host}{}", self.scheme, self.port)
    }

    /// What does this host name (lower case, no port) stand for?
    #[must_use]
    pub fn of(&self, host: &str) -> Place {
        let Some(front) = host.strip_suffix(&self.base).and_then(|front| front.strip_suffix('.')) else {
            return Place::Elsewhere;
        };
        let mut labels = front.split('.');
        match (labels.next(), labels.next(), labels.next(), labels.next()) {
            (Some("console"), None, ..) => Place::Console,
            (Some(slug), Some("apm"), Some(region), None) if !slug.is_empty() && !region.is_empty() => {
                Place::Tenant { slug: slug.to_owned(), region: region.to_owned() }
            }
            _ => Place::Elsewhere,
        }
    }

    #[must_use]
    pub fn session_cookie(&self) -> String {
        naru_console_api::session_cookie_name(self.is_https(), self.cookie_port)
    }

    /// The cookie that binds a hand-over code to the browser that asked for it.
    #[must_use]
    pub fn nonce_cookie(&self) -> String {
        if self.is_https() {
            "__Host-naru_nonce".to_owned()
        } else {
            format!("naru_nonce_{}", self.cookie_port)
        }
    }
}

/// A path on the same host to go back to, or `/`. Whatever a browser could read as another host is not a path.
#[must_use]
pub fn local_path(text: &str) -> &str {
    let plain = text.starts_with('/')
        && !text.starts_with("//")
        && text.len() <= 2_048
        // Browsers read a backslash as a slash and drop tabs and line breaks, so `/\evil` and `/\t/evil` leave the host.
        && text.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b'\\');
    if plain { text } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_stands_for_one_place() {
        let places = Places::new("http", "localhost", 8080);
        let tenant = |slug: &str, region: &str| Place::Tenant { slug: slug.into(), region: region.into() };
        let table = [
            ("console.localhost", Place::Console),
            ("acme.apm.local.localhost", tenant("acme", "local")),
            ("localhost", Place::Elsewhere),
            ("evil.com", Place::Elsewhere),
            ("console.localhost.evil.com", Place::Elsewhere),
            ("xconsole.localhost", Place::Elsewhere),
            ("evilconsole.xlocalhost", Place::Elsewhere),
            ("a.console.localhost", Place::Elsewhere),
            ("a.b.apm.local.localhost", Place::Elsewhere),
            (".apm.local.localhost", Place::Elsewhere),
            ("127.0.0.1", Place::Elsewhere),
        ];
        for (host, place) in table {
            assert_eq!(places.of(host), place, "{host}");
        }
    }

    #[test]
    fn urls_show_a_port_only_when_it_is_not_the_schemes_own() {
        assert_eq!(Places::new("http", "localhost", 8080).console_url(), "http://console.localhost:8080");
        assert_eq!(Places::new("https", "naru.io", 443).console_url(), "https://console.naru.io");
        assert_eq!(
            Places::new("https", "naru.io", 0).apm_url("acme", "seoul"),
            "https://acme.apm.seoul.naru.io"
        );
        assert_eq!(Places::new("http", "naru.io", 443).console_url(), "http://console.naru.io:443");
    }

    #[test]
    fn only_a_path_of_this_host_is_gone_back_to() {
        for good in ["/", "/projects/prj_1?from=1&to=2", "/a#b", "/?next=//x"] {
            assert_eq!(local_path(good), good);
        }
        for bad in [
            "",
            "x",
            "//evil.com",
            "///evil.com",
            "/\\evil.com",
            "\\\\evil.com",
            "https://evil.com",
            "/\t/evil.com",
            "/a\r\nset-cookie: x=y",
            "javascript:alert(1)",
            "/ä",
            " /x",
            "/ x",
        ] {
            assert_eq!(local_path(bad), "/", "{bad:?}");
        }
    }
}
