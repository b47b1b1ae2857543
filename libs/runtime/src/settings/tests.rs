use std::{net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::Health;

#[derive(Debug)]
struct Bakery;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Recipe {
    listen: SocketAddr,
    loaves: u16,
    is_open: bool,
    limit: Option<u64>,
    pepper_file: Option<PathBuf>,
}

impl Default for Recipe {
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 80));
        Self { listen, loaves: 8, is_open: true, limit: None, pepper_file: None }
    }
}

impl Service for Bakery {
    const NAME: &'static str = "bakery";
    type Config = Recipe;

    async fn build(_: Recipe, _: Health) -> anyhow::Result<Self> {
        Ok(Self)
    }

    fn addrs(&self) -> Vec<(&'static str, SocketAddr)> {
        Vec::new()
    }

    async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        stop.cancelled().await;
        Ok(())
    }
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn read(
    file: Option<&str>,
    environment: &[(&str, &str)],
    flags: &[(&str, &str)],
) -> Result<Settings<Bakery>, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bakery.toml");
    if let Some(text) = file {
        std::fs::write(&path, text).unwrap();
    }
    let file = file.map(|_| path.as_path());
    Settings::read(&Sources { file, environment: pairs(environment), flags: pairs(flags) })
        .map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
}

#[test]
fn flags_win_over_environment_over_file_over_defaults() {
    let file = "loaves = 1\nis_open = false\nlimit = 5\n";
    let environment = [("NARU_BAKERY_LOAVES", "2"), ("NARU_BAKERY_LIMIT", "6"), ("NARU_LICENSE_X", "1")];
    let settings = read(Some(file), &environment, &[("loaves", "3")]).unwrap();
    assert_eq!(settings.config, Recipe { loaves: 3, is_open: false, limit: Some(6), ..Recipe::default() });
    assert_eq!(settings.admin_listen.port(), 0);
}

#[test]
fn texts_become_numbers_addresses_and_paths() {
    let environment = [
        ("NARU_BAKERY_LISTEN", "0.0.0.0:8080"),
        ("NARU_BAKERY_PEPPER_FILE", "/run/pepper"),
        ("NARU_BAKERY_IS_OPEN", "false"),
        ("NARU_BAKERY_ADMIN_LISTEN", "127.0.0.1:9000"),
    ];
    let settings = read(None, &environment, &[]).unwrap();
    assert_eq!(settings.config.listen, SocketAddr::from(([0, 0, 0, 0], 8080)));
    assert_eq!(settings.config.pepper_file, Some(PathBuf::from("/run/pepper")));
    assert!(!settings.config.is_open);
    assert_eq!(settings.admin_listen.port(), 9000);
}

#[test]
fn an_unknown_key_is_refused_wherever_it_stands() {
    let known = "known keys: is_open, limit, listen, loaves, pepper_file, admin_listen";
    assert_eq!(read(Some("lofs = 1"), &[], &[]).unwrap_err(), format!("FILE: no such key `lofs`; {known}"));
    assert_eq!(
        read(None, &[("NARU_BAKERY_LOFS", "1")], &[]).unwrap_err(),
        format!("environment variable NARU_BAKERY_LOFS: no such key `lofs`; {known}")
    );
}

#[test]
fn a_wrong_value_names_its_key() {
    let error = read(None, &[("NARU_BAKERY_LOAVES", "many")], &[]).unwrap_err();
    assert!(error.contains("loaves") || error.contains("NARU_BAKERY_LOAVES"), "{error}");
    let error = read(Some("loaves = 70000"), &[], &[]).unwrap_err();
    assert!(error.contains("loaves") || error.contains("70000"), "{error}");
    assert!(read(None, &[("NARU_BAKERY_ADMIN_LISTEN", "here")], &[]).unwrap_err().contains("ADDRESS:PORT"));
    assert!(read(Some("= nonsense"), &[], &[]).unwrap_err().starts_with("reading FILE"));
}

#[test]
fn what_is_printed_can_be_read_back() {
    let settings = read(None, &[("NARU_BAKERY_LOAVES", "5")], &[]).unwrap();
    let printed = settings.printed();
    assert!(printed.contains("loaves = 5\n"), "{printed}");
    assert_eq!(read(Some(&printed), &[], &[]).unwrap().config, settings.config);
}
