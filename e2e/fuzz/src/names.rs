//! License keys and ids, as strangers write them.

use naru_ids::{ProjectId, TenantId};
use naru_license_api::{KeyText, hint_of};

pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = hint_of(&text);
    if let Ok(key) = KeyText::parse(&text) {
        assert_eq!(key.expose(), text);
        assert!(text.contains(key.region()));
    }
    if let Ok(id) = text.parse::<TenantId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    if let Some(id) = ProjectId::from_hex(&text) {
        assert_eq!(ProjectId::from_hex(&id.hex()), Some(id));
    }
}

#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let id = TenantId::from_uuid(uuid::Uuid::from_u128(7));
    vec![
        b"nlk_local_000000000000000000000000000000000000".to_vec(),
        KeyText::generate("local").expose().as_bytes().to_vec(),
        id.to_string().into_bytes(),
        id.hex().into_bytes(),
    ]
}
