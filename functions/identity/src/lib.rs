//! Who people are: accounts, access tokens, postal addresses.
//!
//! **Owns** the table `<stage>-identity` (keys and access patterns in [`store`]), the secret `<stage>/identity/signing-key`
//! and the parameter `/<stage>/identity/jwks`. No other service reads the table or the secret; every function that
//! verifies tokens reads the parameter.
//!
//! **Events**: none in, none out.
//!
//! | Function | Called by | Does |
//! |---|---|---|
//! | `identity-register-user` | `POST /v1/users` | makes an account, one an e-mail |
//! | `identity-log-in` | `POST /v1/sessions` | an access token of 15 minutes; no refresh token |
//! | `identity-show-jwks` | `GET /.well-known/jwks.json` | the public keys |
//! | `identity-add-address`, `identity-list-addresses` | `/v1/me/addresses` | a person's addresses |
//! | `identity-resolve-address` | step of checkout | an address of that person, or `AddressNotFound` |
//! | `identity-grant-role` | AWS credentials | makes a seller or an operator; no route leads there |
//! | `identity-rotate-signing-key` | each deployment | makes the first key, later ones when forced |
//!
//! Invariants:
//! - An e-mail has at most one account: its row and the account's are put in one transaction, both if absent.
//! - A password is stored only as an argon2id hash with its parameters; a login under weaker ones hashes it again.
//! - An unknown e-mail costs a login the same reads and the same hashing as a wrong password, and gets the same answer.
//! - The private key is in Secrets Manager and in the memory of `identity-log-in`, nowhere else.
//!
//! Personal data: e-mail, name and addresses, and for a day the answers kept for `Idempotency-Key`. `Debug` of each type
//! that holds them shows nothing of it.

pub mod crypto;
pub mod domain;
mod error;
pub mod handlers;
pub mod store;

pub use error::Error;

/// The routes of this service.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi;
    #[derive(OpenApi)]
    #[openapi(paths(
        handlers::register_user::register_user,
        handlers::log_in::log_in,
        handlers::show_jwks::show_jwks,
        handlers::add_address::add_address,
        handlers::list_addresses::list_addresses,
    ))]
    struct Routes;
    Routes::openapi()
}
