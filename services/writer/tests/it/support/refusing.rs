//! An S3 server that refuses what a test wants it to refuse.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

/// Answers a request by its first line; `None` lets it through.
pub(crate) type Rule = fn(&str) -> Option<&'static str>;

/// A middleman in front of the real server; ends with the test that made it.
pub(crate) struct Refusing {
    addr: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    rule: Rule,
    refused: Vec<String>,
}

impl Refusing {
    /// Refuses nothing yet.
    pub(crate) async fn in_front_of(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let shared = Arc::new(Mutex::new(Shared { rule: |_| None, refused: Vec::new() }));
        let all = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(answer(client, server, Arc::clone(&all)));
            }
        });
        Self { addr, shared }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// From now on.
    pub(crate) fn refuse(&self, rule: Rule) {
        self.shared.lock().unwrap().rule = rule;
    }

    /// First lines of the requests it has refused.
    pub(crate) fn refused(&self) -> Vec<String> {
        self.shared.lock().unwrap().refused.clone()
    }
}

/// One request; its connection ends with its answer, so that the next one is looked at, too.
async fn answer(mut client: TcpStream, server: SocketAddr, shared: Arc<Mutex<Shared>>) {
    let mut read = Vec::with_capacity(16 << 10);
    // The whole head: a connection that is closed with something unread would take the answer along.
    while !read.windows(4).any(|end| end == b"\r\n\r\n") {
        let Ok(1..) = client.read_buf(&mut read).await else { return };
    }
    let line_end = read.iter().position(|&byte| byte == b'\r').unwrap();
    let line = String::from_utf8_lossy(&read[..line_end]).into_owned();
    let refusal = {
        let mut shared = shared.lock().unwrap();
        let refusal = (shared.rule)(&line);
        if refusal.is_some() {
            shared.refused.push(line);
        }
        refusal
    };
    if let Some(refusal) = refusal {
        let _ = client.write_all(refusal.as_bytes()).await;
        return;
    }
    let Ok(mut upstream) = TcpStream::connect(server).await else { return };
    let (first, rest) = read.split_at(line_end + 2);
    let head = [first, b"Connection: close\r\n", rest].concat();
    if upstream.write_all(&head).await.is_ok() {
        let _ = copy_bidirectional(&mut client, &mut upstream).await;
    }
}
