//! What identity keeps and where.
//!
//! Table `<stage>-identity`:
//!
//! | Row | `pk` | `sk` | Attributes |
//! |---|---|---|---|
//! | E-mail taken | `EMAIL#<SHA-256 of the address>` | `EMAIL` | `userId` |
//! | Person | `USER#<userId>` | `USER` | [`crate::domain::User`] |
//! | Address | `USER#<userId>` | `ADDRESS#<addressId>` | [`StoredAddress`] |
//! | Idempotency record | `IDEM#...` | | kept by `rialto_http::idempotency`, with `ttl` |
//!
//! | Access | Operation | Units |
//! |---|---|---|
//! | Register | `TransactWriteItems`: put e-mail row and person, both absent | 4 write |
//! | Find by e-mail | `GetItem` e-mail row, then `GetItem` person, strong; both also for an unknown e-mail | 2 read |
//! | Hash again | `UpdateItem` person while its hash is the one verified | 1 write |
//! | Grant a role | find by e-mail, `UpdateItem` person at its version | 2 read, 1 write |
//! | Add an address | `PutItem`, absent | 1 write |
//! | List addresses | `Query` `USER#<id>`, `ADDRESS#`, newest first, a page of at most 100 | 0.5 read per 4 KB |
//! | Resolve an address | `GetItem`, strong | 1 read |
//!
//! The signing key is the secret `<stage>/identity/signing-key`, the public keys the parameter `/<stage>/identity/jwks`.

mod addresses;
mod public_keys;
mod signing_keys;
mod users;

pub use addresses::{Addresses, StoredAddress};
pub use public_keys::PublicKeys;
pub use signing_keys::{KeyVersion, SigningKeys};
pub use users::{Registered, Users};

use rialto_dynamo::Key;
use rialto_kernel::{AddressId, UserId};

use crate::domain::Email;

const ADDRESS: &str = "ADDRESS#";

fn email_key(email: &Email) -> Key {
    Key::new(format!("EMAIL#{}", email.digest()), "EMAIL")
}

fn user_partition(user: UserId) -> String {
    format!("USER#{user}")
}

fn user_key(user: UserId) -> Key {
    Key::new(user_partition(user), "USER")
}

fn address_key(user: UserId, address: AddressId) -> Key {
    Key::new(user_partition(user), format!("{ADDRESS}{address}"))
}
