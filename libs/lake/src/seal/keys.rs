//! Keys that wrap keys.

use std::{fmt, path::Path};

use naru_ids::{SegmentId, TenantId};
use rand::{CryptoRng, Rng};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest, Sha256};

use super::{Unsealable, frames::Frames};

const KEY_BYTES: usize = 32;
/// A line of a key file is as long as a random key in base62 at least.
const SECRET_LETTERS_MIN: usize = 43;
/// What a wrapped tenant key says, so that nothing else can pass for one.
const TENANT: &[u8] = b"naru tenant key 1";
/// What a wrapped extent's key says: also how long the frames are that it seals.
const EXTENTS: [(&[u8], Frames); 2] =
    [(b"naru extent key 2", Frames::SHORT), (b"naru extent key 1", Frames::LONG)];

/// A key that lies in a table: nonce, then the key sealed with the one above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey(pub Vec<u8>);

/// What wraps tenants' keys: one secret per line, the first for new keys, the others for keys that were wrapped before it
/// came. Rotation: write a new line above, and take the last one away when no key is under it any more.
#[derive(Clone)]
pub struct KeyFile {
    keys: Vec<(String, LessSafeKey)>,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("reading the lake's key file {path}")]
    Read { path: String, source: std::io::Error },
    #[error(
        "line {line} of the lake's key file {path} has fewer than {SECRET_LETTERS_MIN} letters: each line is one secret"
    )]
    Short { path: String, line: usize },
    #[error("the lake's key file {path} is empty: its first line must be a secret of random letters")]
    Empty { path: String },
    #[error("the tenant's key is under key {id}, which the lake's key file no longer holds")]
    Unknown { id: String },
    #[error("unwrapping a tenant's key")]
    Unwrap(#[source] Unsealable),
}

impl KeyFile {
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| KeyFileError::Read { path: name.clone(), source })?;
        Self::parse(&name, &text)
    }

    fn parse(name: &str, text: &str) -> Result<Self, KeyFileError> {
        let lines = text.lines().map(str::trim).enumerate().filter(|(_, secret)| !secret.is_empty());
        let key = |(index, secret): (usize, &str)| {
            if secret.len() < SECRET_LETTERS_MIN {
                return Err(KeyFileError::Short { path: name.to_owned(), line: index + 1 });
            }
            let digest = Sha256::digest([b"naru lake key 1 ", secret.as_bytes()].concat());
            let id = Sha256::digest(digest);
            Ok((hex::encode(&id[..8]), aes(&digest.into())))
        };
        let keys: Vec<_> = lines.map(key).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(KeyFileError::Empty { path: name.to_owned() }) } else { Ok(Self { keys }) }
    }

    /// The name of the key that new keys are wrapped with: a digest, no secret.
    #[must_use]
    pub fn newest(&self) -> &str {
        &self.keys[0].0
    }

    #[must_use]
    pub fn wrap(&self, tenant: TenantId, key: &TenantKey, rng: &mut impl CryptoRng) -> WrappedKey {
        wrap(&self.keys[0].1, &key.bytes, &[TENANT, tenant.uuid().as_bytes()].concat(), rng)
    }

    /// `id`: under which key it is.
    pub fn unwrap(
        &self,
        tenant: TenantId,
        id: &str,
        wrapped: &WrappedKey,
    ) -> Result<TenantKey, KeyFileError> {
        let held = self.keys.iter().find(|(held, _)| held == id);
        let (_, key) = held.ok_or_else(|| KeyFileError::Unknown { id: id.to_owned() })?;
        let context = [TENANT, tenant.uuid().as_bytes()].concat();
        unwrap(key, wrapped, &context).map(TenantKey::new).map_err(KeyFileError::Unwrap)
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|(id, _)| id)).finish()
    }
}

/// What a tenant's extents hang on.
#[derive(Clone)]
pub struct TenantKey {
    bytes: [u8; KEY_BYTES],
    key: LessSafeKey,
}

impl TenantKey {
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self::new(rng.random())
    }

    fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self { bytes, key: aes(&bytes) }
    }

    #[must_use]
    pub fn wrap(
        &self,
        tenant: TenantId,
        segment: SegmentId,
        key: &ExtentKey,
        rng: &mut impl CryptoRng,
    ) -> WrappedKey {
        let named = EXTENTS.iter().find(|(_, frames)| *frames == key.frames);
        let (name, _) = named.expect("frames of every length have a name");
        wrap(&self.key, &key.bytes, &extent_context(name, tenant, segment), rng)
    }

    pub fn unwrap(
        &self,
        tenant: TenantId,
        segment: SegmentId,
        wrapped: &WrappedKey,
    ) -> Result<ExtentKey, Unsealable> {
        let opened = EXTENTS.iter().find_map(|(name, frames)| {
            let bytes = unwrap(&self.key, wrapped, &extent_context(name, tenant, segment)).ok()?;
            Some(ExtentKey::new(tenant, segment, bytes, *frames))
        });
        opened.ok_or(Unsealable)
    }
}

impl fmt::Debug for TenantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TenantKey([redacted])")
    }
}

/// Seals and opens one extent, and no other.
#[derive(Clone)]
pub struct ExtentKey {
    bytes: [u8; KEY_BYTES],
    pub(super) key: LessSafeKey,
    /// Whose extent it is: part of what every frame is sealed with.
    pub(super) owner: [u8; 32],
    pub(crate) frames: Frames,
}

impl ExtentKey {
    #[must_use]
    pub fn generate(tenant: TenantId, segment: SegmentId, rng: &mut impl CryptoRng) -> Self {
        Self::new(tenant, segment, rng.random(), Frames::SHORT)
    }

    /// The same key for frames of another length: nobody writes such extents any more.
    #[cfg(test)]
    pub(super) fn with(self, frames: Frames) -> Self {
        Self { frames, ..self }
    }

    fn new(tenant: TenantId, segment: SegmentId, bytes: [u8; KEY_BYTES], frames: Frames) -> Self {
        let mut owner = [0; 32];
        owner[..16].copy_from_slice(tenant.uuid().as_bytes());
        owner[16..].copy_from_slice(segment.uuid().as_bytes());
        Self { bytes, key: aes(&bytes), owner, frames }
    }
}

impl fmt::Debug for ExtentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExtentKey([redacted])")
    }
}

fn extent_context(name: &[u8], tenant: TenantId, segment: SegmentId) -> Vec<u8> {
    [name, tenant.uuid().as_bytes(), segment.uuid().as_bytes()].concat()
}

fn aes(bytes: &[u8; KEY_BYTES]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes).expect("AES-256 takes 32 bytes"))
}

/// Few keys are wrapped under one, so random nonces do not meet.
fn wrap(above: &LessSafeKey, key: &[u8; KEY_BYTES], context: &[u8], rng: &mut impl CryptoRng) -> WrappedKey {
    let nonce: [u8; NONCE_LEN] = rng.random();
    let mut sealed = key.to_vec();
    above
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed)
        .expect("32 bytes are not too many to seal");
    WrappedKey([nonce.as_slice(), &sealed].concat())
}

fn unwrap(above: &LessSafeKey, wrapped: &WrappedKey, context: &[u8]) -> Result<[u8; KEY_BYTES], Unsealable> {
    let (nonce, sealed) = wrapped.0.split_first_chunk::<NONCE_LEN>().ok_or(Unsealable)?;
    let mut sealed = sealed.to_vec();
    let opened = above
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context), &mut sealed)
        .map_err(|_| Unsealable)?;
    <[u8; KEY_BYTES]>::try_from(&*opened).map_err(|_| Unsealable)
}

#[cfg(test)]
mod tests {
    use naru_ids::UnixMs;
    use uuid::Uuid;

    use super::*;

    const OLD: &str = "old-secret-old-secret-old-secret-old-secret-old";
    const NEW: &str = "new-secret-new-secret-new-secret-new-secret-new";

    fn file(text: &str) -> KeyFile {
        KeyFile::parse("keys", text).unwrap()
    }

    #[test]
    fn a_tenants_key_outlives_rotation_and_opens_for_no_other_tenant() {
        let mut rng = rand::rng();
        let (tenant, other) = (TenantId::new(UnixMs(1)), TenantId::new(UnixMs(2)));
        let (before, after) = (file(OLD), file(&format!("{NEW}\n{OLD}\n")));
        let key = TenantKey::generate(&mut rng);
        let wrapped = before.wrap(tenant, &key, &mut rng);
        let unwrapped = after.unwrap(tenant, before.newest(), &wrapped).unwrap();
        assert_eq!(unwrapped.bytes, key.bytes);
        assert_ne!(before.newest(), after.newest());
        assert!(matches!(after.unwrap(other, before.newest(), &wrapped), Err(KeyFileError::Unwrap(_))));
        assert!(matches!(
            file(NEW).unwrap(tenant, before.newest(), &wrapped),
            Err(KeyFileError::Unknown { .. })
        ));
    }

    #[test]
    fn an_extents_key_opens_for_its_tenant_and_segment_only() {
        let mut rng = rand::rng();
        let (tenant, other) = (TenantId::new(UnixMs(1)), TenantId::new(UnixMs(2)));
        let (segment, next) = (SegmentId::new(UnixMs(1)), SegmentId::new(UnixMs(2)));
        let key = TenantKey::generate(&mut rng);
        let extent = ExtentKey::generate(tenant, segment, &mut rng);
        for frames in [Frames::SHORT, Frames::LONG] {
            let extent = extent.clone().with(frames);
            let wrapped = key.wrap(tenant, segment, &extent, &mut rng);
            let unwrapped = key.unwrap(tenant, segment, &wrapped).unwrap();
            assert_eq!((unwrapped.bytes, unwrapped.frames), (extent.bytes, frames));
            assert_eq!(key.unwrap(other, segment, &wrapped).unwrap_err(), Unsealable);
            assert_eq!(key.unwrap(tenant, next, &wrapped).unwrap_err(), Unsealable);
            let cut = WrappedKey(wrapped.0[..20].to_vec());
            assert_eq!(key.unwrap(tenant, segment, &cut).unwrap_err(), Unsealable);
        }
    }

    /// Extents' keys as they lie in catalogs, and what they sealed: an extent of several frames, by its digest. Made by
    /// another implementation of AES-GCM, from the description above.
    #[test]
    fn what_was_ever_sealed_is_sealed_the_same_today() {
        let (tenant, segment) =
            (TenantId::from_uuid(Uuid::from_u128(1)), SegmentId::from_uuid(Uuid::from_u128(2)));
        let extent: Vec<u8> = (0..150_000_u32).map(|at| (at * 7 + at / 251) as u8).collect();
        for (frames, wrapped, digest) in [
            (
                Frames::LONG,
                "01010101010101010101010167f098a681aefd1fc0c5cd3061266120b9ea05e509862a024920527377a527aa077ab5711af2e2a331ee3d9423bc9704",
                "44ca9595adfcfc57f598101c8584825d0d3d272f9b4556b59661601bd922eec0",
            ),
            (
                Frames::SHORT,
                "0202020202020202020202023896cb2579c997053872a495c0a0ee58e8314ad852940896e428d16b38b399514932ac8e51e8e2949b42952476b980a7",
                "5a61f6fdc00bc887f856dc9809d282bc1fe65ec7a5174c887c78e1e7d3aebfa6",
            ),
        ] {
            let wrapped = WrappedKey(hex::decode(wrapped).unwrap());
            let key = TenantKey::new([7; KEY_BYTES]).unwrap(tenant, segment, &wrapped).unwrap();
            let sealed = key.seal(&[extent.clone().into()]).concat();
            assert_eq!(key.opened_length(sealed.len() as u64), Some(150_000));
            assert_eq!((key.frames, hex::encode(Sha256::digest(&sealed))), (frames, digest.to_owned()));
        }
    }

    #[test]
    fn a_key_file_that_is_none_says_why() {
        assert!(matches!(KeyFile::parse("keys", " \n\n"), Err(KeyFileError::Empty { .. })));
        let short = KeyFile::parse("keys", &format!("{OLD}\nshort")).unwrap_err();
        assert!(matches!(short, KeyFileError::Short { line: 2, .. }), "{short}");
        assert!(matches!(KeyFile::read(Path::new("/nowhere/keys")), Err(KeyFileError::Read { .. })));
        assert!(!format!("{:?}", file(OLD)).contains("old"));
    }
}
