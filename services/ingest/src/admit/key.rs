//! Finding the license key in a request's headers.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header::AUTHORIZATION};
use naru_license_api::{KeyText, Refused};

/// `x-naru-license`, `Authorization: Bearer`, the password of HTTP Basic, or `apikey`, in this order.
pub(crate) fn find(headers: &HeaderMap) -> Result<KeyText, Refused> {
    let text = plain(headers, "x-naru-license")
        .or_else(|| authorization(headers))
        .or_else(|| plain(headers, "apikey"))
        .ok_or(Refused::Missing)?;
    KeyText::parse(text.trim()).map_err(|_| Refused::Malformed)
}

fn plain(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned).filter(|text| !text.trim().is_empty())
}

fn authorization(headers: &HeaderMap) -> Option<String> {
    let text = plain(headers, AUTHORIZATION.as_str())?;
    let (scheme, rest) = text.trim().split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
        return decoded.split_once(':').map(|(_, password)| password.to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, String)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn a_key_is_found_in_each_of_the_four_places() {
        let key = KeyText::generate("local");
        let text = key.expose().to_owned();
        let basic = STANDARD.encode(format!("anything:{text}"));
        for (name, value) in [
            ("x-naru-license", text.clone()),
            ("authorization", format!("Bearer {text}")),
            ("authorization", format!("bearer  {text}")),
            ("authorization", format!("Basic {basic}")),
            ("apikey", text.clone()),
        ] {
            assert_eq!(find(&headers(&[(name, value.clone())])).as_ref(), Ok(&key), "{name}: {value}");
        }
    }

    #[test]
    fn no_key_and_a_typo_are_told_apart() {
        assert_eq!(find(&HeaderMap::new()), Err(Refused::Missing));
        assert_eq!(find(&headers(&[("x-naru-license", " ".to_owned())])), Err(Refused::Missing));
        assert_eq!(find(&headers(&[("authorization", "Digest x".to_owned())])), Err(Refused::Missing));
        assert_eq!(find(&headers(&[("apikey", "nlk_local_short".to_owned())])), Err(Refused::Malformed));
    }
}
