//! Opens sealed extents by their description, without our own code.

use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    digest::{SHA256, digest},
};
use uuid::Uuid;

/// What a key was wrapped with, and how long the frames are that it seals.
const FRAMES: [(&[u8], usize); 2] = [(b"naru extent key 2", 8_192), (b"naru extent key 1", 65_536)];
const TAG_BYTES: usize = 16;
const NONCE_BYTES: usize = 12;

/// Opens the extents of one tenant.
pub(super) struct Opener {
    tenant: Uuid,
    key: LessSafeKey,
}

impl Opener {
    /// `wrapped`: the tenant's key as the catalog keeps it; `key_file`: one secret per line.
    pub(super) fn new(key_file: &Path, tenant: Uuid, wrapped: &[u8]) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(key_file)
            .with_context(|| format!("reading the lake's keys at {}", key_file.display()))?;
        let context = [b"naru tenant key 1", tenant.as_bytes().as_slice()].concat();
        let unwrapped = text.lines().map(str::trim).filter(|secret| !secret.is_empty()).find_map(|secret| {
            let above = digest(&SHA256, format!("naru lake key 1 {secret}").as_bytes());
            unwrap(&aes(above.as_ref()).ok()?, wrapped, &context).ok()
        });
        let key = unwrapped.context("no line of the key file opens the tenant's key")?;
        Ok(Self { tenant, key: aes(&key)? })
    }

    pub(super) fn open(&self, segment: Uuid, wrapped: &[u8], mut sealed: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        let owner = [self.tenant.as_bytes().as_slice(), segment.as_bytes()].concat();
        let unwrapped = FRAMES.iter().find_map(|(name, bytes)| {
            let key = unwrap(&self.key, wrapped, &[*name, owner.as_slice()].concat()).ok()?;
            Some((key, bytes + TAG_BYTES))
        });
        let (key, frame_bytes) = unwrapped.context("the extent's key does not open")?;
        let key = aes(&key)?;
        let frames = sealed.len().div_ceil(frame_bytes);
        let mut extent = Vec::with_capacity(sealed.len());
        for (number, frame) in sealed.chunks_mut(frame_bytes).enumerate() {
            let number = number as u64;
            let is_last = u8::from(number + 1 == frames as u64);
            let context = [owner.as_slice(), &number.to_be_bytes(), &[is_last]].concat();
            let mut nonce = [0; NONCE_BYTES];
            nonce[NONCE_BYTES - 8..].copy_from_slice(&number.to_be_bytes());
            let opened = key
                .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(context), frame)
                .map_err(|_| anyhow!("frame {number} does not open"))?;
            extent.extend_from_slice(opened);
        }
        Ok(extent)
    }
}

fn aes(key: &[u8]) -> anyhow::Result<LessSafeKey> {
    let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| anyhow!("a key of another length"))?;
    Ok(LessSafeKey::new(key))
}

fn unwrap(above: &LessSafeKey, wrapped: &[u8], context: &[u8]) -> anyhow::Result<Vec<u8>> {
    ensure!(wrapped.len() > NONCE_BYTES, "a wrapped key that is cut short");
    let (nonce, sealed) = wrapped.split_at(NONCE_BYTES);
    let mut sealed = sealed.to_vec();
    let opened = above
        .open_in_place(Nonce::assume_unique_for_key(nonce.try_into()?), Aad::from(context), &mut sealed)
        .map_err(|_| anyhow!("a wrapped key does not open"))?;
    Ok(opened.to_vec())
}
