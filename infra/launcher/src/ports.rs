//! One block of 20 ports per stack. README has the table.

use std::net::{IpAddr, Ipv4Addr, TcpListener};

use anyhow::bail;
use serde::{Deserialize, Serialize};

/// Ports of a block by what listens there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    Edge = 0,
    OtlpGrpc = 1,
    OtlpHttp = 2,
    Postgres = 3,
    Redis = 4,
    Nats = 5,
    NatsMonitor = 6,
    Console = 7,
    Query = 8,
    IngestHttp = 9,
    IngestGrpc = 10,
    WriterFlight = 11,
    /// The first of six: console, license, ingest, writer, query, metering.
    Admin = 12,
    DemoStorefront = 18,
    DemoStock = 19,
}

const BLOCK: u16 = 20;
/// Where inner ports of the known block lie, and where the search for a free block begins.
const KNOWN_BASE: u16 = 18_000;
const KNOWN: [(Port, u16); 3] = [(Port::Edge, 8080), (Port::OtlpGrpc, 4317), (Port::OtlpHttp, 4318)];
const TRIES: u16 = 100;

/// A block, and whether its first three ports are the known ones instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ports {
    pub(crate) base: u16,
    pub(crate) known: bool,
}

impl Ports {
    pub(crate) fn get(self, port: Port) -> u16 {
        let known = KNOWN.iter().find(|(name, _)| self.known && *name == port);
        known.map_or(self.base + port as u16, |(_, known)| *known)
    }

    pub(crate) fn admin(self, index: u16) -> u16 {
        self.get(Port::Admin) + index
    }

    fn all(self) -> impl Iterator<Item = u16> {
        let inner =
            (0..BLOCK).map(move |n| self.base + n).filter(move |port| !self.known || *port > self.base + 2);
        KNOWN.iter().filter(move |_| self.known).map(|(_, port)| *port).chain(inner)
    }

    fn taken(self, listen: IpAddr) -> Option<u16> {
        self.all().find(|port| !is_free(*port, listen))
    }
}

/// The block that was asked for, or the known ports, or the next free block.
pub(crate) fn choose(asked: Option<u16>, listen: IpAddr) -> anyhow::Result<Ports> {
    if let Some(base) = asked {
        let ports = Ports { base, known: false };
        return match ports.taken(listen) {
            Some(port) => bail!(
                "port {port} is taken; free it (`ss -ltnp 'sport = :{port}'` shows by whom) or choose another block with --ports"
            ),
            None => Ok(ports),
        };
    }
    let known = Ports { base: KNOWN_BASE, known: true };
    let Some(taken) = known.taken(listen) else { return Ok(known) };
    let blocks = (1..TRIES).map(|n| Ports { base: KNOWN_BASE + n * 100, known: false });
    match blocks.into_iter().find(|ports| ports.taken(listen).is_none()) {
        Some(ports) => {
            say!(
                "port {taken} is taken, so this stack uses ports {} to {}",
                ports.base,
                ports.base + BLOCK - 1
            );
            Ok(ports)
        }
        None => bail!("no free block of {BLOCK} ports was found; choose one with --ports"),
    }
}

/// Loopback must be free too: inner ports listen there whatever the public address is.
fn is_free(port: u16, listen: IpAddr) -> bool {
    let can_bind = |address: IpAddr| TcpListener::bind((address, port)).is_ok();
    can_bind(IpAddr::V4(Ipv4Addr::LOCALHOST)) && can_bind(listen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_block_has_the_known_ports_and_any_other_is_contiguous() {
        let known = Ports { base: KNOWN_BASE, known: true };
        assert_eq!(
            [Port::Edge, Port::OtlpGrpc, Port::OtlpHttp, Port::Postgres].map(|port| known.get(port)),
            [8080, 4317, 4318, 18_003]
        );
        let other = Ports { base: 21_000, known: false };
        assert_eq!(
            (other.get(Port::Edge), other.admin(5), other.get(Port::DemoStock)),
            (21_000, 21_017, 21_019)
        );
        assert_eq!((known.all().count(), other.all().count()), (20, 20));
    }

    #[test]
    fn a_taken_port_of_a_chosen_block_is_named() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let error =
            choose(Some(port.saturating_sub(7)), IpAddr::V4(Ipv4Addr::LOCALHOST)).unwrap_err().to_string();
        assert!(error.contains("is taken"), "{error}");
    }
}
