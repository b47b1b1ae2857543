//! A door in front of a server that others share: shut for one client, while everybody else goes on.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp::ReadHalf, tcp::WriteHalf},
    task::{AbortHandle, JoinHandle},
};

const WHOLE: u64 = u64::MAX;

/// Forwards connections to a server until it is shut; ends with the test that made it.
#[derive(Debug)]
pub struct Gate {
    addr: SocketAddr,
    server: SocketAddr,
    listening: Mutex<Option<JoinHandle<()>>>,
    through: Arc<Mutex<Vec<AbortHandle>>>,
    /// How much of the server's answers still passes.
    passes: Arc<AtomicU64>,
}

impl Gate {
    /// Open, at a port of its own.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
        let addr = listener.local_addr().expect("a bound listener has an address");
        let gate = Self {
            addr,
            server,
            listening: Mutex::new(None),
            through: Arc::default(),
            passes: Arc::new(AtomicU64::new(WHOLE)),
        };
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

    /// From now on only so many bytes of answers pass, all together; then connections end in the middle of one.
    pub fn cut_after(&self, bytes: u64) {
        self.passes.store(bytes, Ordering::SeqCst);
    }

    /// Answers pass whole again.
    pub fn heal(&self) {
        self.passes.store(WHOLE, Ordering::SeqCst);
    }

    fn listen(&self, listener: TcpListener) {
        let (server, through, passes) = (self.server, Arc::clone(&self.through), Arc::clone(&self.passes));
        let listening = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let passes = Arc::clone(&passes);
                let connection = tokio::spawn(async move {
                    if let Ok(mut upstream) = TcpStream::connect(server).await {
                        let _ = forward(&mut client, &mut upstream, &passes).await;
                    }
                });
                through.lock().unwrap_or_else(PoisonError::into_inner).push(connection.abort_handle());
            }
        });
        *self.listening.lock().unwrap_or_else(PoisonError::into_inner) = Some(listening);
    }
}

/// Until both sides have ended, or answers may pass no more.
async fn forward(
    client: &mut TcpStream,
    upstream: &mut TcpStream,
    passes: &AtomicU64,
) -> std::io::Result<()> {
    let ((mut asks, client), (answers, mut upstream)) = (client.split(), upstream.split());
    let asking = async {
        tokio::io::copy(&mut asks, &mut upstream).await?;
        upstream.shutdown().await
    };
    tokio::try_join!(asking, answer(answers, client, passes)).map(drop)
}

async fn answer(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, passes: &AtomicU64) -> std::io::Result<()> {
    let mut bytes = vec![0; 16 << 10];
    loop {
        let read = from.read(&mut bytes).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        let left = passes.load(Ordering::SeqCst);
        let passing = usize::try_from(left).unwrap_or(usize::MAX).min(read);
        to.write_all(&bytes[..passing]).await?;
        if left != WHOLE {
            passes.store(left - passing as u64, Ordering::SeqCst);
        }
        if passing < read {
            return Err(std::io::ErrorKind::ConnectionAborted.into());
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.shut();
    }
}
