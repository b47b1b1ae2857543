//! A trap stops one connection at the very word that a test is about: the gap between a statement and its answer.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, tcp::OwnedReadHalf},
    sync::oneshot,
};

use super::passes::Passes;

const PATIENCE: Duration = Duration::from_secs(30);
/// Of one read.
const BUFFER_BYTES: usize = 16 << 10;

/// What a client says on one connection before that connection hangs, and how far the last of it still gets.
///
/// `sqlx` says a statement's text once per connection and its number from then on: set traps before the first time.
#[derive(Debug, Clone)]
pub struct Trap {
    /// In this order, anything in between.
    words: Vec<String>,
    is_heard: bool,
}

/// Tells when the trap is sprung. Until the client ends or the gate cuts it, the connection then only hangs.
#[derive(Debug)]
pub struct Sprung(oneshot::Receiver<()>);

impl Trap {
    /// The server never hears the last of `words`.
    #[must_use]
    pub fn before(words: &[&str]) -> Self {
        Self { words: words.iter().map(|&word| word.to_owned()).collect(), is_heard: false }
    }

    /// The server hears all of `words` and answers; the client never hears that answer.
    #[must_use]
    pub fn after(words: &[&str]) -> Self {
        Self { is_heard: true, ..Self::before(words) }
    }
}

impl Sprung {
    /// Waits until some client has said the words.
    ///
    /// # Panics
    /// When nobody does within 30 s, or the connection broke first.
    pub async fn wait(self) {
        let sprung = tokio::time::timeout(PATIENCE, self.0).await.expect("some client says the trap's words");
        sprung.expect("the connection lasts until the trap is sprung");
    }
}

/// The trap that is set, if one is; shared by all connections of a gate.
#[derive(Debug, Clone, Default)]
pub(super) struct Armed(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Counts traps, so that what was said before this one was set does not count.
    number: u64,
    trap: Option<(Trap, oneshot::Sender<()>)>,
}

/// How much of the words one connection has heard.
#[derive(Debug, Default)]
struct Heard {
    number: u64,
    words: usize,
    /// The end of what was said: a word may be cut by the network.
    rest: Vec<u8>,
}

impl Armed {
    pub(super) fn set(&self, trap: Trap) -> Sprung {
        let (tell, sprung) = oneshot::channel();
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.number += 1;
        state.trap = Some((trap, tell));
        Sprung(sprung)
    }

    /// The trap, when these bytes complete its words on this connection.
    fn hear(&self, heard: &mut Heard, bytes: &[u8]) -> Option<(Trap, oneshot::Sender<()>)> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (trap, _) = state.trap.as_ref()?;
        if heard.number != state.number {
            *heard = Heard { number: state.number, ..Heard::default() };
        }
        heard.rest.extend_from_slice(bytes);
        while let Some(word) = trap.words.get(heard.words) {
            let Some(end) = end_of(&heard.rest, word.as_bytes()) else {
                let keep = word.len().min(heard.rest.len());
                heard.rest.drain(..heard.rest.len() - keep);
                return None;
            };
            heard.rest.drain(..end);
            heard.words += 1;
        }
        state.trap.take()
    }
}

fn end_of(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word).map(|at| at + word.len())
}

/// Passes bytes on both ways until one side ends, no more answers may pass, or the trap is sprung and the client ends.
pub(super) async fn forward(
    client: TcpStream,
    server: TcpStream,
    armed: &Armed,
    passes: &Passes,
) -> io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let (mut said, mut answered) = (vec![0; BUFFER_BYTES], vec![0; BUFFER_BYTES]);
    let mut heard = Heard::default();
    loop {
        tokio::select! {
            length = from_client.read(&mut said) => {
                let length = length?;
                if length == 0 {
                    return Ok(());
                }
                let Some((trap, tell)) = armed.hear(&mut heard, &said[..length]) else {
                    to_server.write_all(&said[..length]).await?;
                    continue;
                };
                if trap.is_heard {
                    to_server.write_all(&said[..length]).await?;
                    from_server.readable().await?;
                }
                // The test that set the trap may have ended.
                let _ = tell.send(());
                return until_end(from_client).await;
            }
            length = from_server.read(&mut answered) => {
                let length = length?;
                if length == 0 {
                    return Ok(());
                }
                let passing = passes.take(length);
                to_client.write_all(&answered[..passing]).await?;
                if passing < length {
                    return Err(io::ErrorKind::ConnectionAborted.into());
                }
            }
        }
    }
}

async fn until_end(mut client: OwnedReadHalf) -> io::Result<()> {
    tokio::io::copy(&mut client, &mut tokio::io::sink()).await.map(|_| ())
}
