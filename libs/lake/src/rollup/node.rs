//! Nodes of the service map, as rows name them.

use std::{borrow::Cow, fmt};

/// Who calls, or is called.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node<'a> {
    /// `service.name` of an application that sends spans.
    Service(Cow<'a, str>),
    /// Browsers, other projects, whatever calls us and is not seen calling.
    Outside,
    /// `db.system.name` and the database, else the host.
    Database { system: Cow<'a, str>, name: Cow<'a, str> },
    /// `messaging.system` and the destination.
    Queue { system: Cow<'a, str>, name: Cow<'a, str> },
    /// Host, with the port where it is known and not the scheme's own.
    External(Cow<'a, str>),
}

impl<'a> Node<'a> {
    /// Reads what `Display` wrote. A text of no known shape is an external node of that name: rows of a newer program
    /// are shown, not lost.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let pair = |rest: &'a str| {
            let (system, name) = rest.split_once('/').unwrap_or((rest, ""));
            (Cow::Borrowed(system), Cow::Borrowed(name))
        };
        match text.split_once(':') {
            Some(("service", name)) => Self::Service(name.into()),
            Some(("outside", "")) => Self::Outside,
            Some(("db", rest)) => {
                let (system, name) = pair(rest);
                Self::Database { system, name }
            }
            Some(("queue", rest)) => {
                let (system, name) = pair(rest);
                Self::Queue { system, name }
            }
            Some(("external", host)) => Self::External(host.into()),
            _ => Self::External(text.into()),
        }
    }
}

impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(name) => write!(f, "service:{name}"),
            Self::Outside => f.write_str("outside:"),
            Self::Database { system, name } => write!(f, "db:{system}/{name}"),
            Self::Queue { system, name } => write!(f, "queue:{system}/{name}"),
            Self::External(host) => write!(f, "external:{host}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_read_as_it_was_written() {
        let nodes = [
            Node::Service("shop:a/b".into()),
            Node::Outside,
            Node::Database { system: "postgresql".into(), name: "shop/main".into() },
            Node::Queue { system: "kafka".into(), name: "orders".into() },
            Node::External("api.example.com:8443".into()),
        ];
        for node in nodes {
            assert_eq!(Node::parse(&node.to_string()), node);
        }
        assert_eq!(Node::parse("orbit"), Node::External("orbit".into()));
    }
}
