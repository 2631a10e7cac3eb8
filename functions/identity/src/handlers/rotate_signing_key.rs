//! Command at deployment: makes the key that signs access tokens.
//!
//! Order of writes: the new public key is announced, then the private key becomes current, then the published set is
//! settled to exactly the current and the previous key, which follow from the secret alone. So a crash at any point is
//! mended by the next call; of several calls at once one makes the key and all settle on it. Calls at once that each
//! mean to make a key can overwrite the winner's announcement for the milliseconds until they settle, in which its
//! tokens are refused by functions that start just then: deployments call this one at a time.
//!
//! A sandbox of `identity-log-in` or `identity-refresh-session` signs with the key it began with, so a second forced rotation must wait until the
//! sandboxes from before the first are gone.

use rialto_lambda::{Context, InitError};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::crypto::{SigningKey, public_keys};
use crate::store::{PublicKeys, SigningKeys};

/// What rotation needs: the private and the public keys.
#[derive(Debug)]
pub struct Rotation {
    private: SigningKeys,
    public: PublicKeys,
}

/// Whether to make a new key although there is one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotateSigningKey {
    #[serde(default)]
    force: bool,
}

/// The key that signs now.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rotated {
    kid: String,
    /// Whether this call made it.
    made: bool,
}

impl Rotation {
    /// # Errors
    /// When a setting is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self { private: SigningKeys::of(context), public: PublicKeys::of(context)? })
    }

    async fn make(&self, force: bool) -> Result<bool, Error> {
        let current = self.private.current().await?;
        if current.is_some() && !force {
            return Ok(false);
        }
        let pem = self.announce().await?;
        self.private.replace(current.as_ref(), &pem).await
    }

    /// A new key whose public half is published beside the others, before anything is signed with it.
    async fn announce(&self) -> Result<SecretString, Error> {
        let pem = SigningKey::generate()?;
        let announced = SigningKey::from_pem(&pem)?;
        let known = self.public.read().await?.map(|set| set.keys).unwrap_or_default();
        self.public.publish(&public_keys(std::iter::once(announced.public()).chain(&known))).await?;
        Ok(pem)
    }

    async fn settle(&self) -> Result<SigningKey, Error> {
        let current = self.private.current().await?.ok_or(Error::NoSigningKey)?;
        let current = SigningKey::from_pem(&current.pem)?;
        let previous = self.private.previous().await?;
        let previous = previous.map(|version| SigningKey::from_pem(&version.pem)).transpose()?;
        let wanted = public_keys([&current].into_iter().chain(&previous).map(SigningKey::public));
        if self.public.read().await?.as_ref() != Some(&wanted) {
            self.public.publish(&wanted).await?;
        }
        Ok(current)
    }
}

/// Makes the first key, or with `force` a new one; else only settles what is published.
///
/// # Errors
/// When Secrets Manager or the Parameter Store fails; call again.
pub async fn rotate_signing_key(rotation: &Rotation, input: RotateSigningKey) -> Result<Rotated, Error> {
    let made = rotation.make(input.force).await?;
    let key = rotation.settle().await?;
    tracing::info!(key.id = key.kid(), key.made = made, "signing key settled");
    Ok(Rotated { kid: key.kid().to_owned(), made })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use std::sync::Arc;

    use rialto_http::testing::request;
    use rialto_http::token::{AUDIENCE, Claims, Role, Verifier, issuer};
    use rialto_http::{Caller, Request, Shopper};
    use rialto_kernel::{SessionId, UserId};

    use super::*;

    fn rotation() -> Rotation {
        Rotation { private: SigningKeys::in_memory(), public: PublicKeys::in_memory() }
    }

    async fn rotate(rotation: &Rotation, force: bool) -> Rotated {
        rotate_signing_key(rotation, RotateSigningKey { force }).await.unwrap()
    }

    async fn published(rotation: &Rotation) -> Vec<String> {
        let set = rotation.public.read().await.unwrap().unwrap();
        set.keys.into_iter().filter_map(|key| key.common.key_id).collect()
    }

    #[tokio::test]
    async fn given_a_key_when_rotated_without_force_then_nothing_changes() {
        let rotation = rotation();
        let first = rotate(&rotation, false).await;
        let second = rotate(&rotation, false).await;
        assert!(first.made && !second.made);
        assert_eq!(first.kid, second.kid);
        assert_eq!(published(&rotation).await, [first.kid]);
    }

    #[tokio::test]
    async fn given_forced_rotations_then_the_current_and_the_previous_key_are_published() {
        let rotation = rotation();
        let first = rotate(&rotation, true).await;
        let second = rotate(&rotation, true).await;
        assert_eq!(published(&rotation).await, [second.kid.clone(), first.kid]);
        let third = rotate(&rotation, true).await;
        assert_eq!(published(&rotation).await, [third.kid, second.kid]);
    }

    async fn signed(rotation: &Rotation) -> Request {
        let key = SigningKey::from_pem(&rotation.private.current().await.unwrap().unwrap().pem).unwrap();
        let iat = rialto_lambda::now().as_second();
        let claims = Claims {
            iss: issuer("test"),
            aud: AUDIENCE.to_owned(),
            sub: UserId::named(&["ada"]),
            roles: vec![Role::Shopper],
            seller_id: None,
            sid: SessionId::named(&["ada"]),
            iat,
            exp: iat + 900,
        };
        let bearer = format!("Bearer {}", key.sign(&claims).unwrap());
        request("GET", "/").header("authorization", &bearer).build()
    }

    async fn is_believed(rotation: &Rotation, token: &Request) -> bool {
        let keys = serde_json::to_string(&rotation.public.read().await.unwrap().unwrap()).unwrap();
        Shopper::admit(token, &Verifier::new("test", keys)).await.is_ok()
    }

    #[tokio::test]
    async fn given_a_rotation_when_tokens_of_the_key_before_are_shown_then_they_are_believed_until_the_next_one() {
        let rotation = rotation();
        rotate(&rotation, true).await;
        let first = signed(&rotation).await;
        rotate(&rotation, true).await;
        assert!(is_believed(&rotation, &first).await && is_believed(&rotation, &signed(&rotation).await).await);
        rotate(&rotation, true).await;
        assert!(!is_believed(&rotation, &first).await);
    }

    #[tokio::test]
    async fn given_a_key_that_is_announced_when_nothing_is_signed_with_it_yet_then_it_is_published_beside_the_others() {
        let rotation = rotation();
        let first = rotate(&rotation, true).await;
        let announced = SigningKey::from_pem(&rotation.announce().await.unwrap()).unwrap();
        assert_eq!(published(&rotation).await, [announced.kid().to_owned(), first.kid]);
        assert!(is_believed(&rotation, &signed(&rotation).await).await, "by the key before");
    }

    #[tokio::test]
    async fn given_a_crash_after_the_key_was_made_when_called_again_then_the_published_keys_are_mended() {
        let rotation = rotation();
        let pem = SigningKey::generate().unwrap();
        assert!(rotation.private.replace(None, &pem).await.unwrap());
        let mended = rotate(&rotation, false).await;
        assert_eq!(published(&rotation).await, [mended.kid]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn given_twenty_first_rotations_at_once_then_there_is_one_key_and_it_is_published() {
        let rotation = Arc::new(rotation());
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let rotation = Arc::clone(&rotation);
            tasks.spawn(async move { rotate(&rotation, false).await });
        }
        let outcomes = tasks.join_all().await;
        let kid = outcomes[0].kid.clone();
        assert_eq!(outcomes.iter().filter(|rotated| rotated.made).count(), 1);
        assert!(outcomes.iter().all(|rotated| rotated.kid == kid));
        rotate(&rotation, false).await;
        assert_eq!(published(&rotation).await, [kid]);
    }

    #[tokio::test]
    async fn given_two_forced_rotations_from_one_key_when_both_replace_it_then_one_wins() {
        let rotation = rotation();
        rotate(&rotation, false).await;
        let before = rotation.private.current().await.unwrap();
        let (a, b) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        assert!(rotation.private.replace(before.as_ref(), &a).await.unwrap());
        assert!(!rotation.private.replace(before.as_ref(), &b).await.unwrap());
    }
}
