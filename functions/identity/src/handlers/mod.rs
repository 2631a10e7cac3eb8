//! Requests, steps and commands, one file each. The only files that know HTTP and Lambda types.

pub mod add_address;
pub mod change_address;
pub mod change_me;
pub mod change_password;
pub mod end_session;
pub mod erase_person;
pub mod export_person;
pub mod forgot_password;
pub mod grant_role;
pub mod list_addresses;
pub mod list_sessions;
pub mod log_in;
#[cfg(test)]
mod password_tests;
pub mod preferences;
pub mod refresh_session;
pub mod register_user;
pub mod remove_address;
pub mod request_erasure;
pub mod request_export;
pub mod request_verification;
pub mod reset_password;
pub mod resolve_address;
pub mod rotate_signing_key;
pub mod send_mail;
pub mod set_default_addresses;
pub mod show_address;
pub mod show_erasure;
pub mod show_export;
pub mod show_jwks;
pub mod show_me;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod testing;
pub mod tokens;
pub mod verify_email;

pub use add_address::add_address;
pub use change_address::change_address;
pub use change_me::change_me;
pub use change_password::change_password;
pub use end_session::{Devices, end_session};
pub use erase_person::{EndErasure, EraseRows, complete_erasure, erase_person};
pub use export_person::{ExportAccount, export_person, pack_export};
pub use forgot_password::{AskForMail, forgot_password};
pub use grant_role::grant_role;
pub use list_addresses::list_addresses;
pub use list_sessions::list_sessions;
pub use log_in::{LogIn, log_in};
pub use preferences::{set_preferences, show_preferences};
pub use refresh_session::{RefreshSession, refresh_session};
pub use register_user::register_user;
pub use remove_address::remove_address;
pub use request_erasure::{RequestErasure, request_erasure};
pub use request_export::request_export;
pub use request_verification::request_verification;
pub use reset_password::reset_password;
pub use resolve_address::resolve_address;
pub use rotate_signing_key::{Rotation, rotate_signing_key};
pub use send_mail::{SendMail, send_mail};
pub use set_default_addresses::set_default_addresses;
pub use show_address::show_address;
pub use show_erasure::show_erasure;
pub use show_export::{ShowExport, show_export};
pub use show_jwks::{ShowJwks, show_jwks};
pub use show_me::show_me;
pub use verify_email::verify_email;
