//! The rules: who a person is and what they may become. No AWS, no clock, no randomness.

mod actor;
mod email;
mod mail;
mod name;
mod password;
mod profile;
mod secret;
mod session;
mod user;

pub use actor::{Actor, ActorError};
pub use email::{Email, EmailError};
pub use mail::{Mail, MailToken, Purpose};
pub use name::{Name, NameError};
pub use password::{GivenPassword, Password, PasswordError, PasswordHash};
pub use profile::{
    Channel, Language, Notifications, NotificationsChange, Phone, Preferences, PreferencesChange, Profile,
    ProfileChange,
};
pub use secret::{Secret, SecretHash};
pub use session::{GRACE, Lives, MOST_SESSIONS, RefreshToken, Session, Worth, surplus};
pub use user::{Grant, Role, RoleChange, User, UserView};
