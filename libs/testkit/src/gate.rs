//! A door in front of a server that others share: shut for one client, or closed at a word, while everybody else goes on.

mod passes;
mod trap;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinHandle},
};

use crate::Port;
use passes::Passes;
use trap::{Armed, forward};
pub use trap::{Sprung, Trap};

/// Forwards connections to a server until it is shut; ends with the test that made it.
#[derive(Debug)]
pub struct Gate {
    port: Port,
    server: SocketAddr,
    listening: Mutex<Option<JoinHandle<()>>>,
    through: Arc<Mutex<Vec<AbortHandle>>>,
    armed: Armed,
    /// How much of the server's answers still passes.
    passes: Passes,
}

impl Gate {
    /// Open, at a port of its own.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn to(server: SocketAddr) -> Self {
        let port = Port::lease();
        let listener = TcpListener::bind(port.addr()).await.expect("a leased port is free");
        let gate = Self {
            port,
            server,
            listening: Mutex::new(None),
            through: Arc::default(),
            armed: Armed::default(),
            passes: Passes::default(),
        };
        gate.listen(listener);
        gate
    }

    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.port.addr()
    }

    /// Sets a trap for the next client that says its words; the one before it is gone.
    pub fn set(&self, trap: Trap) -> Sprung {
        self.armed.set(trap)
    }

    /// Cuts every connection and refuses new ones.
    pub fn shut(&self) {
        if let Some(listening) = self.listening.lock().unwrap_or_else(PoisonError::into_inner).take() {
            listening.abort();
        }
        self.cut();
    }

    /// Cuts every connection; new ones are let through.
    pub fn cut(&self) {
        for connection in self.through.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            connection.abort();
        }
    }

    /// Lets connections through again, at the same address.
    ///
    /// # Panics
    /// When somebody took the port meanwhile.
    pub async fn open(&self) {
        let listener = TcpListener::bind(self.port.addr()).await.expect("the port is still ours");
        self.listen(listener);
    }

    /// From now on only so many bytes of answers pass, all together; then connections end in the middle of one.
    pub fn cut_after(&self, bytes: u64) {
        self.passes.set(bytes);
    }

    /// Answers pass whole again.
    pub fn heal(&self) {
        self.passes.set(passes::WHOLE);
    }

    fn listen(&self, listener: TcpListener) {
        let (server, through) = (self.server, Arc::clone(&self.through));
        let (armed, passes) = (self.armed.clone(), self.passes.clone());
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (armed, passes) = (armed.clone(), passes.clone());
                let connection = tokio::spawn(async move {
                    if let Ok(upstream) = TcpStream::connect(server).await {
                        // A connection that breaks is what gates are for.
                        let _ = forward(client, upstream, &armed, &passes).await;
                    }
                });
                through.lock().unwrap_or_else(PoisonError::into_inner).push(connection.abort_handle());
            }
        });
        *self.listening.lock().unwrap_or_else(PoisonError::into_inner) = Some(listening);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.shut();
    }
}
