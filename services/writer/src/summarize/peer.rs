//! Whom a call goes to, as far as the caller says.

use naru_lake::rollup::Node;

/// The cells of a client or producer span that name the called.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Called<'a> {
    pub(super) db_system: Option<&'a str>,
    pub(super) db_namespace: Option<&'a str>,
    pub(super) messaging_system: Option<&'a str>,
    pub(super) messaging_destination: Option<&'a str>,
    pub(super) server_address: Option<&'a str>,
    pub(super) server_port: Option<i32>,
    pub(super) url_full: Option<&'a str>,
    pub(super) rpc_method: Option<&'a str>,
}

/// Ports that go without saying.
const USUAL_PORTS: [i32; 2] = [80, 443];

impl<'a> Called<'a> {
    /// The node that stands for the called until it is seen to answer.
    pub(super) fn node(&self) -> Node<'a> {
        let host = || self.server_address.unwrap_or_default();
        if let Some(system) = self.db_system {
            let name = self.db_namespace.filter(|name| !name.is_empty()).unwrap_or_else(host);
            return Node::Database { system: system.into(), name: name.into() };
        }
        if let Some(system) = self.messaging_system {
            let name = self.messaging_destination.unwrap_or_else(host);
            return Node::Queue { system: system.into(), name: name.into() };
        }
        let host = match (self.server_address, self.server_port) {
            (Some(host), Some(port)) if !USUAL_PORTS.contains(&port) => format!("{host}:{port}").into(),
            (Some(host), _) => host.into(),
            (None, _) => self.authority().unwrap_or("unknown").into(),
        };
        Node::External(host)
    }

    /// Host and port of the URL, else the service of the remote procedure.
    fn authority(&self) -> Option<&'a str> {
        let of_url = self.url_full.and_then(|url| {
            let (_, rest) = url.split_once("://")?;
            let authority = rest.split(['/', '?', '#']).next()?;
            Some(authority.rsplit_once('@').map_or(authority, |(_, host)| host))
        });
        let of_rpc = || self.rpc_method.and_then(|method| Some(method.split_once('/')?.0));
        of_url.or_else(of_rpc).filter(|host| !host.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_called_is_named_by_what_the_caller_says() {
        let none = Called::default();
        let table = [
            (
                Called { db_system: Some("postgresql"), db_namespace: Some("shop"), ..none },
                "db:postgresql/shop",
            ),
            (Called { db_system: Some("redis"), server_address: Some("cache"), ..none }, "db:redis/cache"),
            (
                Called { messaging_system: Some("kafka"), messaging_destination: Some("orders"), ..none },
                "queue:kafka/orders",
            ),
            (
                Called { server_address: Some("api.example.com"), server_port: Some(443), ..none },
                "external:api.example.com",
            ),
            (
                Called { server_address: Some("stock"), server_port: Some(8081), ..none },
                "external:stock:8081",
            ),
            (
                Called { url_full: Some("https://u:p@pay.example.com/x?y"), ..none },
                "external:pay.example.com",
            ),
            (Called { rpc_method: Some("shop.Cart/Add"), ..none }, "external:shop.Cart"),
            (none, "external:unknown"),
        ];
        for (called, node) in table {
            assert_eq!(called.node().to_string(), node);
        }
    }
}
