//! Is it there? Asked from outside, as anybody would.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

const TIMEOUT: Duration = Duration::from_millis(800);

/// How a child shows that it is ready.
#[derive(Debug, Clone)]
pub(crate) enum Probe {
    /// It takes connections.
    Tcp(SocketAddr),
    /// Its admin port answers 200 to /readyz (or NATS's monitor to /healthz).
    Http(SocketAddr, &'static str),
    /// It answers Postgres's start-up question: a server that recovers takes connections and refuses them.
    Postgres(SocketAddr),
    /// It runs.
    Alive,
    /// Every one of these.
    All(Vec<Probe>),
}

impl Probe {
    /// A service's own word for it.
    pub(crate) const fn ready(admin: SocketAddr) -> Self {
        Self::Http(admin, "/readyz")
    }

    pub(crate) fn holds(&self) -> bool {
        match self {
            Self::Tcp(addr) => TcpStream::connect_timeout(addr, TIMEOUT).is_ok(),
            Self::Http(addr, path) => is_200(*addr, path).unwrap_or(false),
            Self::Postgres(addr) => takes_logins(*addr).unwrap_or(false),
            Self::Alive => true,
            Self::All(probes) => probes.iter().all(Self::holds),
        }
    }
}

fn is_200(addr: SocketAddr, path: &str) -> std::io::Result<bool> {
    let mut stream = connect(addr)?;
    write!(stream, "GET {path} HTTP/1.0\r\nhost: {addr}\r\n\r\n")?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    Ok(&head[9..] == b"200")
}

/// A start-up packet (protocol 3.0): 'R' asks for a password, 'E' says why not.
fn takes_logins(addr: SocketAddr) -> std::io::Result<bool> {
    let mut stream = connect(addr)?;
    let parameters = b"user\0naru_probe\0database\0naru\0\0";
    let length = u32::try_from(8 + parameters.len()).unwrap_or(0);
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(&196_608_u32.to_be_bytes())?;
    stream.write_all(parameters)?;
    let mut first = [0];
    stream.read_exact(&mut first)?;
    Ok(first == *b"R")
}

fn connect(addr: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&addr, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    Ok(stream)
}
