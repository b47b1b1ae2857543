//! An extent that is sealed and stored while it is written.

use std::io::{self, Write};

use crate::{
    Error,
    seal::{ExtentKey, Sealer},
    store::Growing,
};

/// Takes an extent's bytes. Blocks.
#[derive(Debug)]
pub struct SealedObject {
    object: Growing,
    sealer: Sealer,
    sealed: Vec<u8>,
}

impl SealedObject {
    #[must_use]
    pub fn new(object: Growing, key: ExtentKey) -> Self {
        Self { object, sealer: Sealer::new(key), sealed: Vec::new() }
    }

    /// Makes the object durable; answers its length. At least one byte must have been written.
    pub async fn finish(mut self) -> Result<u64, Error> {
        self.sealed.clear();
        self.sealer.finish(&mut self.sealed);
        let path = self.object.path();
        self.object.write_all(&self.sealed).map_err(|source| Error::Sync { path, source })?;
        self.object.finish().await
    }
}

impl Write for SealedObject {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sealed.clear();
        self.sealer.push(bytes, &mut self.sealed);
        self.object.write_all(&self.sealed)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.object.flush()
    }
}
