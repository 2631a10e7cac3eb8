//! Who people are: accounts, access tokens, postal addresses.
//!
//! **Owns** the table `<stage>-identity` (keys and access patterns in [`store`]), the secret `<stage>/identity/signing-key`
//! and the parameter `/<stage>/identity/jwks`. No other service reads the table or the secret; every function that
//! verifies tokens reads the parameter.
//!
//! **Events**: tells `UserRegistered`, `EmailVerificationRequested`, `PasswordResetRequested` (each of which it hears
//! itself, to send a mail) and `GuestLoggedIn`, by which the carts service can merge the guest's cart.
//!
//! | Function | Called by | Does |
//! |---|---|---|
//! | `identity-register-user` | `POST /v1/users` | makes an account, one an e-mail |
//! | `identity-log-in` | `POST /v1/sessions` | a session: an access token of 15 minutes and a refresh token |
//! | `identity-refresh-session` | `POST /v1/sessions/refresh` | new tokens for a refresh token |
//! | `identity-list-sessions`, `identity-end-session` | `/v1/sessions` | where a person is logged in; log-out |
//! | `identity-forgot-password`, `identity-reset-password` | `/v1/passwords` | a new password by a mail |
//! | `identity-change-password` | `PUT /v1/me/password` | a new password by the old one |
//! | `identity-verify-email` | `POST /v1/users/verify-email` | an e-mail is its person's, by a mail |
//! | `identity-request-verification` | `POST /v1/me/verification-mail` | that mail once more |
//! | `identity-send-mail` | queue | draws a token and sends it |
//! | `identity-relay-events` | the table's stream | tells what happened |
//! | `identity-show-jwks` | `GET /.well-known/jwks.json` | the public keys |
//! | `identity-show-me`, `identity-change-me` | `/v1/me` | account, profile and preferences |
//! | `identity-show-preferences`, `identity-set-preferences` | `/v1/me/preferences` | preferences alone |
//! | `identity-request-export`, `identity-show-export` | `/v1/me/exports` | a copy of all data of a person |
//! | `identity-export-person`, `identity-pack-export` | steps of export | identity's part; the archive |
//! | `identity-request-erasure`, `identity-show-erasure` | `POST /v1/me/erasure`, `GET /v1/erasures/{id}` | the end of an account |
//! | `identity-erase-person`, `identity-complete-erasure` | steps of erasure | identity's part; the end |
//! | `identity-add-address`, `identity-list-addresses` | `/v1/me/addresses` | a person's addresses |
//! | `identity-show-address`, `identity-change-address`, `identity-remove-address` | `/v1/me/addresses/{id}` | one of them |
//! | `identity-set-default-addresses` | `/v1/me/addresses/defaults` | where orders and bills go when nothing is said |
//! | `identity-resolve-address` | step of checkout | an address of that person, or `AddressNotFound` |
//! | `identity-grant-role` | AWS credentials | makes a seller or an operator of who has verified their e-mail, or takes that back; no route leads there |
//! | `identity-rotate-signing-key` | each deployment | makes the first key, later ones when forced |
//!
//! Invariants:
//! - An e-mail has at most one account: its row and the account's are put in one transaction, both if absent.
//! - A person keeps at most 50 addresses, and at most one default for each use, which is one of them: the book counts and
//!   chooses in the transactions that add and remove.
//! - A password is stored only as an argon2id hash with its parameters; a login under weaker ones hashes it again.
//! - An unknown e-mail costs a login the same reads and the same hashing as a wrong password, whatever the parameters of the
//!   stored hash, and gets the same answer.
//! - The private key is in Secrets Manager and in the memory of `identity-log-in` and `identity-refresh-session`, nowhere else.
//! - Of a refresh token or a mail's token only the hash of its secret is stored; a token is found by key.
//! - A refresh token is good once. One that was used before ends its session, whoever used it first.
//! - A session is of its person's epoch at the login and ends with it: a new password and a log-out everywhere raise it. No
//!   token is given of an epoch that has ended: log-in and refresh check it in the transaction that makes the token good.
//! - A person has at most 50 sessions when no login is under way: each login ends those used longest ago.
//! - A change of roles and the record of what, when and by whom are one transaction; the record outlives the person.
//! - A mail that was asked for is told through the table's stream, so it is not lost and nobody waits for it.
//! - An erasure removes the account, frees its e-mail and tells the services in one transaction; what the account's last
//!   token could still add is refused by a condition on the account, or found by the second pass.
//!
//! Personal data: e-mail, name, phone, addresses and sessions, and for a day the answers kept for `Idempotency-Key`. `Debug` of each type
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
        handlers::refresh_session::refresh_session,
        handlers::list_sessions::list_sessions,
        handlers::end_session::end_session,
        handlers::change_password::change_password,
        handlers::forgot_password::forgot_password,
        handlers::reset_password::reset_password,
        handlers::verify_email::verify_email,
        handlers::request_verification::request_verification,
        handlers::show_jwks::show_jwks,
        handlers::add_address::add_address,
        handlers::list_addresses::list_addresses,
        handlers::show_address::show_address,
        handlers::change_address::change_address,
        handlers::remove_address::remove_address,
        handlers::set_default_addresses::set_default_addresses,
        handlers::request_export::request_export,
        handlers::show_export::show_export,
        handlers::request_erasure::request_erasure,
        handlers::request_erasure::request_erasure_of_me,
        handlers::show_erasure::show_erasure,
        handlers::show_me::show_me,
        handlers::change_me::change_me,
        handlers::preferences::show_preferences,
        handlers::preferences::set_preferences,
    ))]
    struct Routes;
    Routes::openapi()
}
