//! Showing a configuration without showing what it guards.

use serde_json::Value;

const HIDDEN: &str = "[redacted]";

/// `key = value` lines, one per key. Secrets come from files, so a value that looks like one is a mistake: it is
/// hidden all the same, as is a password inside a URL.
pub(crate) fn lines(values: &serde_json::Map<String, Value>) -> String {
    let mut text = String::new();
    for (key, value) in values {
        match shown(key, value) {
            Value::Null => text.push_str(&format!("# {key} is not set\n")),
            value => text.push_str(&format!("{key} = {value}\n")),
        }
    }
    text
}

fn shown(key: &str, value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        Value::String(_) if is_secret(key) => Value::from(HIDDEN),
        Value::String(text) => Value::from(without_password(text)),
        Value::Array(items) => items.iter().map(|item| shown(key, item)).collect(),
        Value::Object(map) => map.iter().map(|(inner, item)| (inner.clone(), shown(inner, item))).collect(),
    }
}

fn is_secret(key: &str) -> bool {
    !key.ends_with("_file")
        && ["secret", "password", "token", "pepper", "private"].iter().any(|word| key.contains(word))
}

/// `smtp://user:[redacted]@host` for a URL with a password; anything else as it is.
fn without_password(text: &str) -> String {
    let hidden = || {
        let (scheme, rest) = text.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let (userinfo, host) = authority.rsplit_once('@')?;
        let (user, _) = userinfo.split_once(':')?;
        let tail = &rest[authority.len()..];
        Some(format!("{scheme}://{user}:{HIDDEN}@{host}{tail}"))
    };
    hidden().unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_never_show() {
        let values = serde_json::json!({
            "listen": "127.0.0.1:80", "smtp_url": "smtps://me:pw@mail:465/x", "api_token": "t", "pepper_file": "/p",
            "postgres_url": "postgres://naru@db/naru", "token_file": null, "partitions": 8,
        });
        let text = lines(values.as_object().unwrap());
        assert_eq!(
            text,
            "api_token = \"[redacted]\"\nlisten = \"127.0.0.1:80\"\npartitions = 8\npepper_file = \"/p\"\n\
             postgres_url = \"postgres://naru@db/naru\"\nsmtp_url = \"smtps://me:[redacted]@mail:465/x\"\n\
             # token_file is not set\n"
        );
    }
}
