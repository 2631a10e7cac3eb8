//! Requests, steps and commands, one file each. The only files that know HTTP and Lambda types.

pub mod add_address;
pub mod grant_role;
pub mod list_addresses;
pub mod log_in;
pub mod register_user;
pub mod resolve_address;
pub mod rotate_signing_key;
pub mod show_jwks;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod testing;

pub use add_address::add_address;
pub use grant_role::grant_role;
pub use list_addresses::list_addresses;
pub use log_in::{LogIn, log_in};
pub use register_user::register_user;
pub use resolve_address::resolve_address;
pub use rotate_signing_key::{Rotation, rotate_signing_key};
pub use show_jwks::{ShowJwks, show_jwks};
