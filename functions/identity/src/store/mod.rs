//! What identity keeps and where.
//!
//! Table `<stage>-identity`:
//!
//! | Row | `pk` | `sk` | Attributes |
//! |---|---|---|---|
//! | E-mail taken | `EMAIL#<SHA-256 of the address>` | `EMAIL` | `userId`, `outbox`; written once |
//! | Person | `USER#<userId>` | `USER` | [`crate::domain::User`] |
//! | Address | `USER#<userId>` | `ADDRESS#<addressId>` | [`StoredAddress`] with its `version` |
//! | Address book | `USER#<userId>` | `BOOK` | `count`, `defaults` ([`DefaultAddresses`]) |
//! | Session | `USER#<userId>` | `SESSION#<sessionId>` | [`crate::domain::Session`], at its beginning perhaps `outbox`; `ttl` |
//! | Mail asked for | `USER#<userId>` | `MAIL#<purpose>` | `outbox`, `ttl`; also for nobody, see [`Mails::ask`] |
//! | Token of a mail | `USER#<userId>` | `MAIL_TOKEN#<purpose>#<SHA-256>` | what it is good for, `ttl` |
//! | Export | `USER#<userId>` | `EXPORT#<exportId>` | [`Export`], `outbox` while it is pending, `closed` once its person is erased; `ttl` |
//! | Erasure | `ERASURE#<erasureId>` | `ERASURE` | [`Erasure`], `userId`, `outbox`; for ever, as the proof |
//! | Account erased | `ERASED#<userId>` | `ERASED` | `erasureId`, `ttl` of a day |
//! | Role change | `ROLES#<userId>` | `CHANGE#<version of the person>` | role, given or taken, when, by whom; for ever, also after the person |
//! | Limit | `LIMIT#<bucket>#<SHA-256>` | `LIMIT` | kept by `rialto_http::throttle`, with `ttl`; 1 to 3 writes a request there |
//! | Idempotency record | `IDEM#...` | | kept by `rialto_http::idempotency`, with `ttl` |
//!
//! | Access | Operation | Units |
//! |---|---|---|
//! | Register | `TransactWriteItems`: put e-mail row and person, both absent | 4 write |
//! | Find by e-mail | `GetItem` e-mail row, then `GetItem` person, strong; both also for an unknown e-mail | 2 read |
//! | Hash again | `UpdateItem` person while its hash is the one verified | 1 write |
//! | Log in | find by e-mail; transaction: put session, absent; person of the same epoch; `Query` `SESSION#`, strong, at most 100; `DeleteItem` each too many | 2 read and 1 per 4 KB, 4 write |
//! | Refresh | `GetItem` session and person, strong; transaction: session while the token's hash is the good one; person of the same epoch | 2 read, 4 write |
//! | List sessions | `GetItem` person; `Query` `USER#<id>`, `SESSION#`, strong, those alive | 1 read, 1 per 4 KB |
//! | End a session, all | `DeleteItem`; `UpdateItem` person: the epoch | 1 write |
//! | Change the password | `GetItem` person; transaction of person and session, both at the epoch | 1 read, 4 write |
//! | Ask for a mail | find by e-mail or id, `PutItem` | 2 read, 1 write |
//! | Send a mail | `GetItem` person, `PutItem` token | 1 read, 1 write |
//! | Spend a mail's token | `GetItem` token and person; transaction: delete the token, unexpired; person as it was | 2 read, 4 write |
//! | Grant a role | find by e-mail; transaction: person at its version, put the record | 2 read, 4 write |
//! | Edit the profile | `GetItem` person, strong; `UpdateItem` at the profile's version | 1 read, 1 write |
//! | Add an address | `TransactWriteItems`: put address, absent; count in the book below 50; the person exists | 6 write |
//! | Change an address | `GetItem`, strong; `UpdateItem` at its version | 1 read, 1 write |
//! | Set the defaults | `GetItem` book, strong; `TransactWriteItems`: each is there; update the book, at that version | 1 read, 2 to 6 write |
//! | Remove an address | `GetItem` book, strong; `TransactWriteItems`: delete address; count and defaults of the book, unchanged since | 1 read, 4 write |
//! | List addresses | `Query` `USER#<id>`, `ADDRESS#`, newest first, a page of at most 100 | 0.5 read per 4 KB |
//! | Ask for an export | `Query` newest export; transaction: put export, absent; the person exists | 1 read, 4 write |
//! | Show, complete an export | `GetItem`, strong; `UpdateItem`, there and not closed | 1 read; 1 write |
//! | Erase | `GetItem` person; transaction: put erasure, absent, and its key for the person; delete e-mail row, and person at its version | 1 read, 8 write |
//! | Ask for an erasure again | `GetItem` its key, then it | 2 read |
//! | Erase the rest | `GetItem` person; `Query` `USER#<id>`, a page of 50; `UpdateItem` if it is an export: closed; `DeleteItem` each; at the end `UpdateItem` erasure while it is not ended | 1 read a page, 1 write a row |
//! | Resolve an address | `GetItem`, strong | 1 read |
//!
//! The signing key is the secret `<stage>/identity/signing-key`, the public keys the parameter `/<stage>/identity/jwks`.

mod addresses;
mod erasures;
mod exports;
mod mailer;
mod mails;
mod public_keys;
mod sessions;
mod signing_keys;
mod users;

pub use addresses::{Addresses, DefaultAddresses, MOST_ADDRESSES, StoredAddress};
#[cfg(test)]
pub(crate) use erasures::ERASED_AT_ONCE;
pub use erasures::{AnyRow, Erasure, ErasureState, Erasures, Remains};
pub use exports::{Export, ExportState, Exports};
pub use mailer::Mailer;
pub use mails::Mails;
pub use public_keys::PublicKeys;
pub use sessions::{Refreshed, Sessions};
pub use signing_keys::{KeyVersion, SigningKeys};
pub use users::{Registered, RoleEntry, Users};

use rialto_dynamo::Key;
use rialto_kernel::{AddressId, ErasureId, ExportId, SessionId, UserId};

use crate::domain::{Email, MailToken, Purpose};

const ADDRESS: &str = "ADDRESS#";
const EXPORT: &str = "EXPORT#";
/// Attribute of an export whose person was erased.
const CLOSED: &str = "closed";
const SESSION: &str = "SESSION#";

pub(crate) fn email_key(email: &Email) -> Key {
    Key::new(format!("EMAIL#{}", email.digest()), "EMAIL")
}

fn user_partition(user: UserId) -> String {
    format!("USER#{user}")
}

fn user_key(user: UserId) -> Key {
    Key::new(user_partition(user), "USER")
}

fn book_key(user: UserId) -> Key {
    Key::new(user_partition(user), "BOOK")
}

fn address_key(user: UserId, address: AddressId) -> Key {
    Key::new(user_partition(user), format!("{ADDRESS}{address}"))
}

pub(crate) fn export_key(user: UserId, export: ExportId) -> Key {
    Key::new(user_partition(user), format!("{EXPORT}{export}"))
}

fn erasure_key(erasure: ErasureId) -> Key {
    Key::new(format!("ERASURE#{erasure}"), "ERASURE")
}

/// The record of a person's roles; apart from the person's rows, as it outlives them.
fn role_partition(user: UserId) -> String {
    format!("ROLES#{user}")
}

/// Versions count on, so that each change has its own key and keys are in order.
fn role_key(user: UserId, version: u64) -> Key {
    Key::new(role_partition(user), format!("CHANGE#{version:020}"))
}

/// Which erasure ended an account; apart from the person's rows, as it outlives them.
fn erased_key(user: UserId) -> Key {
    Key::new(format!("ERASED#{user}"), "ERASED")
}

pub(crate) fn session_key(user: UserId, session: SessionId) -> Key {
    Key::new(user_partition(user), format!("{SESSION}{session}"))
}

pub(crate) fn mail_key(user: UserId, purpose: Purpose) -> Key {
    Key::new(user_partition(user), format!("MAIL#{}", purpose_name(purpose)))
}

fn mail_token_key(token: &MailToken, purpose: Purpose) -> Key {
    let sk = format!("MAIL_TOKEN#{}#{}", purpose_name(purpose), token.secret.hash().as_str());
    Key::new(user_partition(token.user_id), sk)
}

fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::VerifyEmail => "VERIFY_EMAIL",
        Purpose::ResetPassword => "RESET_PASSWORD",
    }
}
