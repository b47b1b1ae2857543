//! Passwords: argon2id, on threads that may block, few at a time.
//!
//! Each hash takes 19 MiB and some tens of milliseconds on purpose. Without a bound, a burst of logins would take all
//! memory and all cores from everybody else.

use std::sync::LazyLock;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{self, PasswordHash, PasswordHasher, PasswordVerifier, SaltString, rand_core::OsRng},
};
use tokio::sync::Semaphore;

/// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes computed at a time in this process: at most 76 MiB.
const CONCURRENT_MAX: usize = 4;

/// Longer inputs are refused before hashing, so that nobody makes us hash megabytes.
pub const PASSWORD_BYTES_MAX: usize = 1_024;

static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(CONCURRENT_MAX));

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a password has at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
    #[error("hashing a password: {0}")]
    Hash(password_hash::Error),
    /// The runtime is shutting down.
    #[error("hashing a password was cut off")]
    CutOff,
}

/// The PHC string `$argon2id$v=19$…` of a password, with a new random salt.
pub async fn hash(password: String) -> Result<String, Error> {
    on_a_blocking_thread(password, |password| {
        let salt = SaltString::generate(&mut OsRng);
        let hash = argon2().hash_password(password.as_bytes(), &salt).map_err(Error::Hash)?;
        Ok(hash.to_string())
    })
    .await
}

/// Does this password belong to this PHC string? Takes the same time for yes and no.
pub async fn verify(password: String, phc: String) -> Result<bool, Error> {
    on_a_blocking_thread(password, move |password| {
        let hash = PasswordHash::new(&phc).map_err(Error::Hash)?;
        match argon2().verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(password_hash::Error::Password) => Ok(false),
            Err(error) => Err(Error::Hash(error)),
        }
    })
    .await
}

/// Takes as long as [`verify`] and says no: for a mail address we don't know, so that time doesn't tell which exist.
pub async fn verify_nobody(password: String) -> Result<bool, Error> {
    let decoy = DECOY.get_or_try_init(|| hash("nobody has this password".to_owned())).await?;
    verify(password, decoy.clone()).await.map(|_| false)
}

static DECOY: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();

fn argon2() -> Argon2<'static> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the constants are within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

async fn on_a_blocking_thread<T: Send + 'static>(
    password: String,
    work: impl FnOnce(&str) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(Error::TooLong);
    }
    let place = PLACES.acquire().await.map_err(|_| Error::CutOff)?;
    tokio::task::spawn_blocking(move || {
        // Held by the thread, not by the caller: a caller who goes away does not make room for one more hash.
        let _place = place;
        work(&password)
    })
    .await
    .map_err(|_| Error::CutOff)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_verifies_and_a_wrong_one_does_not() {
        let phc = hash("correct horse".to_owned()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(verify("correct horse".to_owned(), phc.clone()).await.unwrap());
        assert!(!verify("battery staple".to_owned(), phc.clone()).await.unwrap());
        assert_ne!(phc, hash("correct horse".to_owned()).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_never_verifies() {
        assert!(!verify_nobody("nobody has this password".to_owned()).await.unwrap());
    }

    #[tokio::test]
    async fn a_giant_password_is_refused_before_hashing() {
        assert!(matches!(hash("x".repeat(PASSWORD_BYTES_MAX + 1)).await, Err(Error::TooLong)));
    }
}
