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
/// A wrong password costs the work of the current parameters also where the stored ones are weaker, so the time does not tell
/// an old account from none. A right one that is [`Verdict::Outdated`] costs more, as it is hashed again: who sees that knows
/// the password.
///
/// # Errors
/// [`Error::Hash`] when the stored hash is unreadable.
pub async fn verify_password(password: GivenPassword, stored: Option<PasswordHash>) -> Result<Verdict, Error> {
    off_thread(move || verify(&password, stored.as_ref()).map(|(verdict, _)| verdict)).await
}

/// The verdict, and the work it took: see [`work_of`].
fn verify(password: &GivenPassword, stored: Option<&PasswordHash>) -> Result<(Verdict, u32), Error> {
    let text = stored.map_or(DECOY, PasswordHash::as_phc);
    let phc = argon2::PasswordHash::new(text).map_err(|_| Error::Hash)?;
    let work = work_of(&Params::try_from(&phc).map_err(|_| Error::Hash)?);
    match Argon2::default().verify_password(password.expose(), &phc) {
        Ok(()) if stored.is_none() => Ok((Verdict::Wrong, work)),
        Ok(()) if is_outdated(&phc)? => Ok((Verdict::Outdated, work)),
        Ok(()) => Ok((Verdict::Right, work)),
        Err(password_hash::Error::PasswordInvalid) => {
            let lacking = MEMORY_KIB.saturating_mul(PASSES).saturating_sub(work);
            Ok((Verdict::Wrong, work.saturating_add(make_up(password, lacking)?)))
        }
        Err(_) => Err(Error::Hash),
    }
}

/// What a hash costs: the memory, in KiB, times how often it is passed over.
fn work_of(params: &Params) -> u32 {
    params.m_cost().saturating_mul(params.t_cost())
}

/// Does at least so much work to no end; answers how much.
fn make_up(password: &GivenPassword, lacking: u32) -> Result<u32, Error> {
    if lacking == 0 {
        return Ok(0);
    }
    let memory = lacking.div_ceil(PASSES).max(Params::MIN_M_COST);
    let params = Params::new(memory, PASSES, LANES, None).map_err(|_| Error::Hash)?;
    let work = work_of(&params);
    hash(password, params).map(|_| work)
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

    #[test]
    fn given_weaker_parameters_when_a_password_is_wrong_then_the_work_is_that_of_an_unknown_email() {
        let (none, current) = verify(&given("wrong"), None).unwrap();
        assert_eq!((none, current), (Verdict::Wrong, MEMORY_KIB * PASSES));
        for (memory, passes, lanes) in
            [(8_192, 1, 1), (64, 1, 1), (19_456, 1, 1), (12_288, 3, 1), (MEMORY_KIB - 1, PASSES, 1), (4_096, 2, 4)]
        {
            let params = Params::new(memory, passes, lanes, None).unwrap();
            let weak = hash(&given("correct horse battery"), params).unwrap();
            let (verdict, work) = verify(&given("wrong"), Some(&weak)).unwrap();
            assert_eq!(verdict, Verdict::Wrong);
            // Not to the last block: memory is whole, and there is a least one.
            let most = current + PASSES * Params::MIN_M_COST;
            assert!((current..=most).contains(&work), "m={memory} t={passes}: {work}, not {current}");
            let right = verify(&given("correct horse battery"), Some(&weak)).unwrap();
            assert_eq!(right, (Verdict::Outdated, memory * passes));
        }
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
