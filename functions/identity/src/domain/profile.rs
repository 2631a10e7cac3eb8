//! What people tell about themselves and how they want to be treated.

use std::{collections::BTreeSet, fmt};

use icu_locale_core::LanguageIdentifier;
use rialto_kernel::Currency;
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::{Name, User};

/// The part of an account that its person edits, beside the name. `version` counts the edits of both, so that a login
/// does not stale what a form was filled from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Counts the edits, from 0.
    pub version: u64,
    /// For messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// How they want to be treated.
    #[serde(default)]
    pub preferences: Preferences,
}

/// How a person wants to be treated.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    /// The language to be spoken to in.
    pub language: Language,
    /// The currency to see prices in.
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{3}$", example = "USD")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What to be told, and how.
    pub notifications: Notifications,
}

/// The channels for each kind of message. Messages about the account itself are always sent by e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Notifications {
    /// How an order goes on.
    #[schema(value_type = Vec<Channel>, max_items = 3)]
    pub orders: BTreeSet<Channel>,
    /// What is on offer.
    #[schema(value_type = Vec<Channel>, max_items = 3)]
    pub offers: BTreeSet<Channel>,
    /// What waits in the cart.
    #[schema(value_type = Vec<Channel>, max_items = 3)]
    pub carts: BTreeSet<Channel>,
}

impl Default for Notifications {
    /// Orders by e-mail; advertising only when asked for.
    fn default() -> Self {
        Self { orders: BTreeSet::from([Channel::Email]), offers: BTreeSet::new(), carts: BTreeSet::new() }
    }
}

/// A way to reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// An e-mail.
    Email,
    /// A text message.
    Sms,
    /// A message of the app.
    Push,
}

/// A text that is no language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be a BCP 47 language tag such as en or pt-BR")]
pub struct LanguageError;

/// A BCP 47 language tag of language, script and region, in its canonical spelling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 2, max_length = 35, example = "pt-BR")]
pub struct Language(LanguageIdentifier);

impl Default for Language {
    fn default() -> Self {
        Self(icu_locale_core::langid!("en"))
    }
}

impl TryFrom<String> for Language {
    type Error = LanguageError;
    fn try_from(text: String) -> Result<Self, LanguageError> {
        let tag = LanguageIdentifier::try_from_str(&text).map_err(|_| LanguageError)?;
        if tag.language.is_unknown() { Err(LanguageError) } else { Ok(Self(tag)) }
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0.to_string()
    }
}

/// A text that is no phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be a phone number in the form of E.164 such as +442079460123")]
pub struct PhoneError;

/// A phone number in the form of E.164, without spaces. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = r"^\+[1-9][0-9]{6,14}$", example = "+442079460123")]
pub struct Phone(String);

impl TryFrom<String> for Phone {
    type Error = PhoneError;
    fn try_from(text: String) -> Result<Self, PhoneError> {
        let digits = text.strip_prefix('+').ok_or(PhoneError)?;
        let plausible = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
        if plausible && digits.bytes().all(|byte| byte.is_ascii_digit()) { Ok(Self(text)) } else { Err(PhoneError) }
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone([redacted])")
    }
}

/// An edit: what is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileChange {
    /// What to call the person.
    name: Option<Name>,
    /// For messages; null removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Phone>)]
    phone: Option<Option<Phone>>,
    /// How the person wants to be treated.
    preferences: Option<PreferencesChange>,
}

/// An edit of preferences: what is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreferencesChange {
    /// The language to be spoken to in.
    language: Option<Language>,
    /// The currency to see prices in; null for each offer's own.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{3}$", example = "USD")]
    currency: Option<Option<Currency>>,
    /// What to be told, and how: a kind that is given has exactly these channels.
    notifications: Option<NotificationsChange>,
}

/// An edit of what to be told: a kind that is absent stays as it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationsChange {
    /// How an order goes on.
    #[schema(value_type = Option<Vec<Channel>>)]
    orders: Option<BTreeSet<Channel>>,
    /// What is on offer.
    #[schema(value_type = Option<Vec<Channel>>)]
    offers: Option<BTreeSet<Channel>>,
    /// What waits in the cart.
    #[schema(value_type = Option<Vec<Channel>>)]
    carts: Option<BTreeSet<Channel>>,
}

/// Tells null (`Some(None)`) from absent (`None`).
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl User {
    /// The account after an edit of its person's.
    #[must_use]
    pub fn edited(&self, change: ProfileChange) -> Self {
        let mut edited = self.clone();
        let profile = &mut edited.profile;
        profile.version = profile.version.saturating_add(1);
        if let Some(phone) = change.phone {
            profile.phone = phone;
        }
        if let Some(PreferencesChange { language, currency, notifications }) = change.preferences {
            let preferences = &mut profile.preferences;
            preferences.language = language.unwrap_or_else(|| preferences.language.clone());
            preferences.currency = currency.unwrap_or(preferences.currency);
            let NotificationsChange { orders, offers, carts } = notifications.unwrap_or_default();
            let told = &mut preferences.notifications;
            for (kind, wanted) in [(&mut told.orders, orders), (&mut told.offers, offers), (&mut told.carts, carts)] {
                if let Some(channels) = wanted {
                    *kind = channels;
                }
            }
        }
        if let Some(name) = change.name {
            edited.name = name;
        }
        edited
    }

    /// The account with these preferences in place of those it had.
    #[must_use]
    pub fn preferring(&self, preferences: Preferences) -> Self {
        let mut edited = self.clone();
        edited.profile.version = edited.profile.version.saturating_add(1);
        edited.profile.preferences = preferences;
        edited
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use rialto_kernel::{Timestamp, UserId};
    use serde_json::{Value, json};

    use super::super::{Email, PasswordHash};
    use super::*;

    fn ada() -> User {
        let (email, name) = (Email::parse("ada@example.com").unwrap(), Name::parse("Ada").unwrap());
        User::register(UserId::named(&["ada"]), email, name, PasswordHash::from_phc("$"), Timestamp::UNIX_EPOCH)
    }

    fn change(json: Value) -> ProfileChange {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn given_an_edit_when_applied_then_only_what_it_names_changes() {
        let edited = ada().edited(change(json!({"phone": "+442079460123",
            "preferences": {"language": "PT-br", "currency": "EUR", "notifications": {"offers": ["push", "email"]}}})));
        let profile = serde_json::to_value(&edited.profile).unwrap();
        assert_eq!(
            profile["preferences"],
            json!({"language": "pt-BR", "currency": "EUR",
            "notifications": {"orders": ["email"], "offers": ["email", "push"], "carts": []}})
        );
        assert_eq!((edited.name.clone(), edited.profile.version), (ada().name, 1));
        let again = edited.edited(change(json!({"phone": null, "name": "Ada L", "preferences": {"currency": null}})));
        assert_eq!((again.profile.phone.clone(), again.profile.preferences.currency), (None, None));
        assert_eq!(again.profile.preferences.language, edited.profile.preferences.language);
        assert_eq!(String::from(again.name), "Ada L");
    }

    #[test]
    fn given_texts_when_read_then_only_language_tags_and_phone_numbers_pass() {
        for (text, kept) in [("en", "en"), ("zh-hant-tw", "zh-Hant-TW"), ("de-CH", "de-CH")] {
            assert_eq!(String::from(Language::try_from(text.to_owned()).unwrap()), kept);
        }
        for text in ["", "und", "english!", "e", "en_", "x-klingon"] {
            assert!(Language::try_from(text.to_owned()).is_err(), "{text}");
        }
        for text in ["", "+", "+0123456789", "02079460123", "+44 2079460123", "+123456", "+1234567890123456"] {
            assert!(Phone::try_from(text.to_owned()).is_err(), "{text}");
        }
        assert_eq!(format!("{:?}", Phone::try_from("+442079460123".to_owned()).unwrap()), "Phone([redacted])");
    }
}
