//! The text of an API token: `nat_<30 base62><6 base62 crc32>`. The prefix lets leak scanners find it, the checksum
//! tells a typo from a token we do not know without asking the database.

use naru_auth::Secret;

const PREFIX: &str = "nat_";
const SECRET_LEN: usize = 30;
const CHECK_LEN: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A new token of 178 random bits.
#[must_use]
pub fn generate() -> Secret {
    let body = Secret::generate(PREFIX);
    Secret::from_text(format!("{}{}", body.expose(), checksum(body.expose())))
}

/// Could this be a token of ours? Says nothing of whether it was ever issued.
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    text.len() == PREFIX.len() + SECRET_LEN + CHECK_LEN
        && text.starts_with(PREFIX)
        && text[PREFIX.len()..].bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.is_char_boundary(text.len() - CHECK_LEN)
        && checksum(&text[..text.len() - CHECK_LEN]) == text[text.len() - CHECK_LEN..]
}

/// `nat_3f…x9Qa`: enough to recognise a token, useless to use one.
#[must_use]
pub fn hint(token: &Secret) -> String {
    let text = token.expose();
    format!("{}…{}", &text[..PREFIX.len() + 2], &text[text.len() - 4..])
}

/// CRC-32 (IEEE) of the text before it, six base62 letters, most significant first; as license keys do.
fn checksum(body: &str) -> String {
    let mut value = crc32fast::hash(body.as_bytes()) as usize;
    let mut letters = [b'0'; CHECK_LEN];
    for letter in letters.iter_mut().rev() {
        *letter = BASE62[value % 62];
        value /= 62;
    }
    letters.iter().map(|&byte| char::from(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_token_is_well_formed_and_a_typo_is_not() {
        let token = generate();
        let text = token.expose();
        assert!(is_well_formed(text) && text.len() == 40);
        for at in PREFIX.len()..text.len() {
            let mut typo = text.as_bytes().to_vec();
            typo[at] = if typo[at] == b'x' { b'y' } else { b'x' };
            assert!(!is_well_formed(std::str::from_utf8(&typo).unwrap()), "letter {at}");
        }
        for bad in ["", "nat_", "nlk_", &text[1..], &format!("{text}0"), "nat_éééééééééééééééééé"]
        {
            assert!(!is_well_formed(bad), "{bad}");
        }
        assert!(!text.contains(&hint(&token)) && hint(&token).len() <= 14);
    }
}
