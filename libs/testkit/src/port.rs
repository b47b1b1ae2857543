//! Ports on loopback, each leased to one test.

use std::{
    fmt,
    fs::{File, OpenOptions},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::atomic::{AtomicU16, Ordering},
};

/// Below what kernels hand out to clients and to listeners that ask for any port. Of those, one that is let go for
/// a server to take may go to somebody else before, and a client that reconnects to it may meet itself.
const FIRST: u16 = 10_000;
const COUNT: u16 = 8_000;
/// Test processes begin at different places, so that none waits for what another has just let go.
const APART: u32 = 101;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// Nobody else's until dropped, also among test processes: a lock on a file says so, which ends with its process.
#[derive(Debug)]
pub struct Port {
    number: u16,
    _lease: File,
}

impl Port {
    /// # Panics
    /// When all of them are taken.
    #[must_use]
    pub fn lease() -> Self {
        let own = std::process::id().wrapping_mul(APART) % u32::from(COUNT);
        let own = u16::try_from(own).expect("less than the count");
        let next = || FIRST + (own + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT) % COUNT;
        (0..COUNT).find_map(|_| Self::take(next())).expect("some port is free")
    }

    fn take(number: u16) -> Option<Self> {
        let path = std::env::temp_dir().join(format!("naru-port-{number}"));
        let lease = OpenOptions::new().create(true).append(true).open(path).ok()?;
        lease.try_lock().ok()?;
        // Somebody may have it who knows of no leases.
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Self { number, _lease: lease })
    }

    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.number).into()
    }
}

/// As in an argument.
impl fmt::Display for Port {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_leased_once_at_a_time() {
        let leased = Port::lease();
        assert!(Port::take(leased.number).is_none());
        let number = leased.number;
        drop(leased);
        assert!(Port::take(number).is_some());
    }

    #[test]
    fn a_port_somebody_listens_at_is_not_leased() {
        let leased = Port::lease();
        let _listener = TcpListener::bind(leased.addr()).unwrap();
        let number = leased.number;
        drop(leased);
        assert!(Port::take(number).is_none());
    }
}
