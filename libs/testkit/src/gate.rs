//! A door in front of a server that others share: shut for one client, while everybody else goes on.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinHandle},
};

/// Forwards connections to a server until it is shut; ends with the test that made it.
#[derive(Debug)]
pub struct Gate {
    addr: SocketAddr,
    server: SocketAddr,
    listening: Mutex<Option<JoinHandle<()>>>,
    through: Arc<Mutex<Vec<AbortHandle>>>,
}

impl Gate {
    /// Open, at a port of its own.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
        let addr = listener.local_addr().expect("a bound listener has an address");
        let gate = Self { addr, server, listening: Mutex::new(None), through: Arc::default() };
        gate.listen(listener);
        gate
    }

    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Cuts every connection and refuses new ones.
    pub fn shut(&self) {
        if let Some(listening) = self.listening.lock().unwrap_or_else(PoisonError::into_inner).take() {
            listening.abort();
        }
        for connection in self.through.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            connection.abort();
        }
    }

    /// Lets connections through again, at the same address.
    ///
    /// # Panics
    /// When somebody took the port meanwhile.
    pub async fn open(&self) {
        let listener = TcpListener::bind(self.addr).await.expect("the port is still ours");
        self.listen(listener);
    }

    fn listen(&self, listener: TcpListener) {
        let (server, through) = (self.server, Arc::clone(&self.through));
        let listening = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let connection = tokio::spawn(async move {
                    if let Ok(mut upstream) = TcpStream::connect(server).await {
                        let _ = tokio::io::copy_bidirectional(&mut client, &mut upstream).await;
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
