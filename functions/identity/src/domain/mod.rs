//! The rules: who a person is and what they may become. No AWS, no clock, no randomness.

mod email;
mod name;
mod password;
mod user;

pub use email::{Email, EmailError};
pub use name::{Name, NameError};
pub use password::{GivenPassword, Password, PasswordError, PasswordHash};
pub use user::{Grant, Role, RoleChange, User, UserView};
