//! Hashing of passwords and signing of tokens: calls into argon2 and AWS-LC with the project's parameters, nothing of its own.

mod passwords;
mod signing_key;

pub use passwords::{Verdict, hash_password, verify_password};
pub use signing_key::{SigningKey, public_keys};
