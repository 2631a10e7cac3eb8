//! argon2id.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash};

use crate::Error;
use crate::domain::{GivenPassword, PasswordHash};

// The second choice of the OWASP Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane), which it calls equal to the others.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What an unknown e-mail's password is checked against. It has the current parameters, so that the work is the same,
/// and no known password.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What became of checking a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Not the password, or there is no such account.
    Wrong,
    /// The password, hashed with the current parameters.
    Right,
    /// The password, hashed with weaker parameters: hash it again.
    Outdated,
}

/// Hashes a password under a new random salt. Takes tens of milliseconds of one core, off the async threads.
///
/// # Errors
/// [`Error::Hash`].
pub async fn hash_password(password: GivenPassword) -> Result<PasswordHash, Error> {
    off_thread(move || {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| Error::Hash)?;
        hash(&password, params)
    })
    .await
}

/// Checks a password against what is stored of it; `None` does the same work and is always [`Verdict::Wrong`].
///
/// # Errors
/// [`Error::Hash`] when the stored hash is unreadable.
pub async fn verify_password(password: GivenPassword, stored: Option<PasswordHash>) -> Result<Verdict, Error> {
    off_thread(move || {
        let text = stored.as_ref().map_or(DECOY, PasswordHash::as_phc);
        let phc = argon2::PasswordHash::new(text).map_err(|_| Error::Hash)?;
        match Argon2::default().verify_password(password.expose(), &phc) {
            Ok(()) if stored.is_none() => Ok(Verdict::Wrong),
            Ok(()) if is_outdated(&phc)? => Ok(Verdict::Outdated),
            Ok(()) => Ok(Verdict::Right),
            Err(password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
            Err(_) => Err(Error::Hash),
        }
    })
    .await
}

fn hash(password: &GivenPassword, params: Params) -> Result<PasswordHash, Error> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let phc: argon2::PasswordHash = argon2.hash_password(password.expose()).map_err(|_| Error::Hash)?;
    Ok(PasswordHash::from_phc(phc.to_string()))
}

fn is_outdated(phc: &argon2::PasswordHash) -> Result<bool, Error> {
    let params = Params::try_from(phc).map_err(|_| Error::Hash)?;
    let weaker = params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES;
    Ok(weaker || phc.algorithm != Algorithm::Argon2id.ident() || phc.version != Some(Version::V0x13.into()))
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Hash)?
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn given(text: &str) -> GivenPassword {
        GivenPassword::read(&text.into()).unwrap()
    }

    #[tokio::test]
    async fn given_a_hash_when_verified_then_only_its_password_is_right() {
        let hash = hash_password(given("correct horse battery")).await.unwrap();
        let verdict = |text: &'static str| verify_password(given(text), Some(hash.clone()));
        assert_eq!(verdict("correct horse battery").await.unwrap(), Verdict::Right);
        assert_eq!(verdict("correct horse batterY").await.unwrap(), Verdict::Wrong);
        assert_eq!(verdict("").await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn given_one_password_when_hashed_twice_then_salts_differ_and_parameters_are_recorded() {
        let (a, b) = (
            hash_password(given("same password")).await.unwrap(),
            hash_password(given("same password")).await.unwrap(),
        );
        assert_ne!(a, b);
        assert!(a.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    #[tokio::test]
    async fn given_weaker_parameters_when_verified_then_the_hash_is_outdated() {
        let weak = hash(&given("correct horse battery"), Params::new(8_192, 1, 1, None).unwrap()).unwrap();
        let verdict = verify_password(given("correct horse battery"), Some(weak.clone())).await.unwrap();
        assert_eq!(verdict, Verdict::Outdated);
        assert_eq!(verify_password(given("wrong"), Some(weak)).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn given_no_account_when_verified_then_it_is_wrong_after_the_work_of_a_current_hash() {
        assert_eq!(verify_password(given("correct horse battery"), None).await.unwrap(), Verdict::Wrong);
        let decoy = argon2::PasswordHash::new(DECOY).unwrap();
        let current = hash_password(given("any")).await.unwrap();
        let current = argon2::PasswordHash::new(current.as_phc()).unwrap();
        assert_eq!(
            (decoy.params, decoy.version, decoy.algorithm),
            (current.params, current.version, current.algorithm)
        );
        assert_eq!(decoy.hash.unwrap().len(), current.hash.unwrap().len());
    }
}
