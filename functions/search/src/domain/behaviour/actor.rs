//! Who did something: a key that is good for a day, from which nobody can tell the person.
//!
//! The key is SHA-256 over a salt that is drawn for the day and forgotten two days later, with all that was made with it: then
//! not even who knows a person's id or address can find their key. A guest is known by the network they come from
//! and not by a cart token: whoever likes can think of another token with each request.

use std::net::IpAddr;

use rialto_kernel::UserId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What makes a day's keys its own: 32 random bytes, as hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Salt(String);

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// Someone, for a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ActorKey(String);

impl Salt {
    /// From random bytes.
    #[must_use]
    pub fn of(bytes: [u8; 32]) -> Self {
        Self(hex(&bytes))
    }

    /// A person who is logged in.
    #[must_use]
    pub fn shopper(&self, user: UserId) -> ActorKey {
        self.key("shopper", &user.to_string())
    }

    /// Whoever comes from this address: an IPv6 customer has a /64.
    #[must_use]
    pub fn guest(&self, address: Option<&str>) -> ActorKey {
        let network = match address.unwrap_or_default().parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}")
            }
            Ok(address) => address.to_string(),
            Err(_) => "unknown".to_owned(),
        };
        self.key("guest", &network)
    }

    fn key(&self, kind: &str, who: &str) -> ActorKey {
        let digest = Sha256::digest(format!("{}:{kind}:{who}", self.0));
        ActorKey(hex(digest.get(..16).unwrap_or_default()))
    }
}

impl ActorKey {
    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_the_same_someone_when_the_day_changes_then_the_key_does() {
        let (monday, tuesday) = (Salt::of([1; 32]), Salt::of([2; 32]));
        let (ada, eve) = (UserId::named(&["ada"]), UserId::named(&["eve"]));
        assert_eq!(monday.shopper(ada), monday.shopper(ada));
        assert_ne!(monday.shopper(ada), tuesday.shopper(ada));
        assert_ne!(monday.shopper(ada), monday.shopper(eve));
        assert!(!monday.shopper(ada).as_str().contains(ada.to_string().trim_start_matches("usr_")));
    }

    #[test]
    fn given_addresses_of_one_customer_when_keyed_then_they_are_one_guest() {
        let salt = Salt::of([1; 32]);
        let key = |address| salt.guest(Some(address));
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("192.0.2.1"), key("::ffff:192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_eq!(key("rubbish"), salt.guest(None));
    }
}
