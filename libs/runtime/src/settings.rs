//! Configuration: defaults < file < environment < flags. A key nobody knows is refused, wherever it stands.

use std::{collections::BTreeMap, marker::PhantomData, net::SocketAddr, path::Path};

use config::{Config, File, FileFormat, Map, Value, ValueKind};
use serde::de::DeserializeOwned;

use crate::{Service, redact};

/// Handled by the frame, for every service.
const ADMIN_LISTEN: &str = "admin_listen";
const ADMIN_LISTEN_DEFAULT: &str = "127.0.0.1:0";

/// A service's merged configuration.
#[derive(Debug)]
pub struct Settings<S: Service> {
    pub config: S::Config,
    /// Where `/healthz`, `/readyz` and `/metrics` listen.
    pub admin_listen: SocketAddr,
    service: PhantomData<fn() -> S>,
}

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{origin}: no such key `{key}`; known keys: {known}")]
    UnknownKey { origin: String, key: String, known: String },
    #[error("reading {path}: {problem}")]
    File { path: String, problem: String },
    #[error("{0}")]
    Value(String),
}

/// Where values come from besides the defaults.
#[derive(Debug, Default)]
pub(crate) struct Sources<'a> {
    pub(crate) file: Option<&'a Path>,
    pub(crate) environment: Vec<(String, String)>,
    /// Key and value of `--listen 127.0.0.1:80`.
    pub(crate) flags: Vec<(String, String)>,
}

impl<S: Service> Settings<S> {
    /// Defaults, then this process's environment `NARU_<SERVICE>_<KEY>`.
    pub fn from_environment() -> Result<Self, SettingsError> {
        Self::read(&Sources { environment: std::env::vars().collect(), ..Sources::default() })
    }

    pub(crate) fn read(sources: &Sources<'_>) -> Result<Self, SettingsError> {
        let defaults = defaults::<S::Config>(S::NAME)?;
        let known: Vec<&str> = defaults.keys().map(String::as_str).chain([ADMIN_LISTEN]).collect();
        let mut merged: BTreeMap<String, Value> = BTreeMap::new();
        if let Some(path) = sources.file {
            for (key, value) in read_file(path)? {
                require_known(&known, &key, || path.display().to_string())?;
                merged.insert(key, value);
            }
        }
        let prefix = environment_prefix(S::NAME);
        for (name, value) in &sources.environment {
            let Some(key) = name.strip_prefix(&prefix).map(str::to_ascii_lowercase) else { continue };
            require_known(&known, &key, || format!("environment variable {name}"))?;
            merged.insert(key, text_value(name, value));
        }
        for (key, value) in &sources.flags {
            require_known(&known, key, || "command line".to_owned())?;
            merged.insert(key.clone(), text_value(&format!("--{}", key.replace('_', "-")), value));
        }
        let admin_listen = merged
            .remove(ADMIN_LISTEN)
            .map_or_else(|| Ok(ADMIN_LISTEN_DEFAULT.to_owned()), Value::into_string)
            .map_err(|error| SettingsError::Value(format!("{ADMIN_LISTEN}: {error}")))?;
        let admin_listen = admin_listen.parse().map_err(|_| {
            SettingsError::Value(format!("{ADMIN_LISTEN}: `{admin_listen}` is not ADDRESS:PORT"))
        })?;
        Ok(Self { config: deserialize(merged)?, admin_listen, service: PhantomData })
    }

    /// `key = value` lines with secrets hidden.
    #[must_use]
    pub fn printed(&self) -> String {
        let mut values = match serde_json::to_value(&self.config) {
            Ok(serde_json::Value::Object(values)) => values,
            _ => serde_json::Map::new(),
        };
        values.insert(ADMIN_LISTEN.to_owned(), self.admin_listen.to_string().into());
        redact::lines(&values)
    }
}

/// Every key of `S` that may be a flag.
pub(crate) fn keys<S: Service>() -> Result<Vec<String>, SettingsError> {
    let defaults = defaults::<S::Config>(S::NAME)?;
    Ok(defaults.into_iter().map(|(key, _)| key).chain([ADMIN_LISTEN.to_owned()]).collect())
}

pub(crate) fn environment_prefix(service: &str) -> String {
    format!("NARU_{}_", service.to_ascii_uppercase())
}

fn defaults<C: DeserializeOwned + serde::Serialize>(
    service: &str,
) -> Result<serde_json::Map<String, serde_json::Value>, SettingsError> {
    let config: C = deserialize(BTreeMap::new())?;
    match serde_json::to_value(&config) {
        Ok(serde_json::Value::Object(values)) => Ok(values),
        _ => Err(SettingsError::Value(format!("the configuration of {service} is not a table of keys"))),
    }
}

fn require_known(known: &[&str], key: &str, origin: impl FnOnce() -> String) -> Result<(), SettingsError> {
    if known.contains(&key) {
        return Ok(());
    }
    Err(SettingsError::UnknownKey { origin: origin(), key: key.to_owned(), known: known.join(", ") })
}

fn read_file(path: &Path) -> Result<Map<String, Value>, SettingsError> {
    let failed = |problem: String| SettingsError::File { path: path.display().to_string(), problem };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let file = Config::builder()
        .add_source(File::from_str(&text, FileFormat::Toml))
        .build()
        .map_err(|error| failed(error.to_string()))?;
    file.cache.into_table().map_err(|error| failed(error.to_string()))
}

/// A text that becomes a number or a path where the configuration wants one. An empty text unsets nothing: it is empty.
fn text_value(origin: &str, text: &str) -> Value {
    Value::new(Some(&origin.to_owned()), ValueKind::String(text.to_owned()))
}

fn deserialize<C: DeserializeOwned>(values: BTreeMap<String, Value>) -> Result<C, SettingsError> {
    let mut config = Config::default();
    config.cache = Value::new(None, ValueKind::Table(values.into_iter().collect()));
    config.try_deserialize().map_err(|error| SettingsError::Value(error.to_string()))
}

#[cfg(test)]
mod tests;
