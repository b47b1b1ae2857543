//! Values that changed with their names.

/// The newest name of a database system; unknown ones stay as they are.
#[must_use]
pub fn db_system(value: &str) -> &str {
    match value {
        "adabas" => "softwareag.adabas",
        "cache" => "intersystems_cache",
        "cosmosdb" => "azure.cosmosdb",
        "db2" => "ibm.db2",
        "dynamodb" => "aws.dynamodb",
        "h2" => "h2database",
        "hanadb" => "sap.hana",
        "informix" => "ibm.informix",
        "ingres" => "actian.ingres",
        "maxdb" => "sap.maxdb",
        "mssql" | "mssqlcompact" => "microsoft.sql_server",
        "netezza" => "ibm.netezza",
        "oracle" => "oracle.db",
        "redshift" => "aws.redshift",
        "spanner" => "gcp.spanner",
        other => other,
    }
}

/// The newest name of what was done with a message.
#[must_use]
pub fn messaging_operation(value: &str) -> &str {
    match value {
        "publish" => "send",
        "deliver" => "process",
        other => other,
    }
}

/// `/orders` of `/orders?id=7`: the old `http.target` held path and query. A full URL gives its path.
#[must_use]
pub fn path_of_target(target: &str) -> &str {
    if target.contains("://") {
        return path_of_url(target).unwrap_or("/");
    }
    target.split(['?', '#']).next().unwrap_or(target)
}

/// `/orders` of `https://shop:8443/orders?id=7`; `None` without an authority.
#[must_use]
pub fn path_of_url(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let path = rest[authority_end..].split(['?', '#']).next().unwrap_or("");
    Some(if path.is_empty() { "/" } else { path })
}

/// `shop` of `shop:8443`, `::1` of `[::1]:8443`: the old `http.host` was the Host header.
#[must_use]
pub fn host_without_port(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    match host.rsplit_once(':') {
        // Two colons without brackets are a bare IPv6 address.
        Some((name, _)) if !name.contains(':') => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_from_targets_and_urls() {
        assert_eq!(path_of_target("/orders?id=7"), "/orders");
        assert_eq!(path_of_target("http://shop/orders?id=7"), "/orders");
        assert_eq!(path_of_target("*"), "*");
        let urls = [
            ("https://shop:8443/a/b?c#d", Some("/a/b")),
            ("http://shop", Some("/")),
            ("http://shop?x=/y", Some("/")),
            ("/relative", None),
        ];
        for (url, path) in urls {
            assert_eq!(path_of_url(url), path, "{url}");
        }
    }

    #[test]
    fn hosts_lose_their_port() {
        let hosts = [
            ("shop:8443", "shop"),
            ("shop", "shop"),
            ("[::1]:80", "::1"),
            ("::1", "::1"),
            ("10.0.0.1:5", "10.0.0.1"),
        ];
        for (host, bare) in hosts {
            assert_eq!(host_without_port(host), bare);
        }
    }

    #[test]
    fn systems_and_operations_have_their_newest_names() {
        assert_eq!((db_system("mssql"), db_system("postgresql")), ("microsoft.sql_server", "postgresql"));
        assert_eq!((messaging_operation("publish"), messaging_operation("receive")), ("send", "receive"));
    }
}
