//! The policy: which classes there are, and how many requests each bucket takes.

use std::collections::BTreeMap;

/// `burst` requests at once, refilled evenly within `seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// At least 1.
    pub burst: u32,
    /// At least 1.
    pub seconds: u32,
}

/// Routes that are worth attacking, whose buckets are in the service's table. All others are reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Guessing passwords.
    LogIn,
    /// Making accounts.
    Register,
    /// Guessing refresh tokens.
    Refresh,
    /// Having mails sent.
    Forgot,
    /// Guessing the tokens of such mails.
    Reset,
    /// Trying cards.
    Checkout,
    /// Filling the bucket of uploads.
    Upload,
    /// Filling it with pictures.
    Picture,
    /// Changing many products at once.
    Bulk,
}

impl Class {
    /// The class of a function, by its name without the stage.
    #[must_use]
    pub fn of(function: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|(name, _)| *name == function).map(|(_, class)| *class)
    }

    pub(super) fn source(self) -> Bucket {
        match self {
            Self::LogIn => Bucket::LogInSource,
            Self::Register => Bucket::RegisterSource,
            Self::Refresh => Bucket::RefreshSource,
            Self::Forgot => Bucket::ForgotSource,
            Self::Reset => Bucket::ResetSource,
            Self::Checkout => Bucket::CheckoutSource,
            Self::Upload => Bucket::UploadSource,
            Self::Picture => Bucket::PictureSource,
            Self::Bulk => Bucket::BulkSource,
        }
    }

    /// The bucket of a verified caller. The others' routes have none yet.
    pub(super) fn caller(self) -> Option<Bucket> {
        match self {
            Self::Checkout => Some(Bucket::CheckoutCaller),
            Self::Upload => Some(Bucket::UploadCaller),
            Self::Picture => Some(Bucket::PictureCaller),
            Self::Bulk => Some(Bucket::BulkCaller),
            Self::LogIn | Self::Register | Self::Refresh | Self::Forgot | Self::Reset => None,
        }
    }
}

/// The functions of each class.
pub(super) const FUNCTIONS: &[(&str, Class)] = &[
    ("identity-log-in", Class::LogIn),
    ("identity-register-user", Class::Register),
    ("identity-refresh-session", Class::Refresh),
    ("identity-forgot-password", Class::Forgot),
    ("identity-request-verification", Class::Forgot),
    ("identity-reset-password", Class::Reset),
    ("identity-verify-email", Class::Reset),
    ("identity-change-password", Class::Reset),
    ("identity-request-erasure", Class::Reset),
    ("checkout-place-order", Class::Checkout),
    ("checkout-initiate-session", Class::Checkout),
    ("checkout-pay-session", Class::Checkout),
    ("catalog-create-import", Class::Upload),
    ("catalog-create-image", Class::Picture),
    ("catalog-change-products", Class::Bulk),
];

macro_rules! buckets {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $burst:literal in $seconds:literal;)+) => {
        /// A kind of bucket: whose it is, and of which class.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Bucket {
            $($(#[doc = $doc])+ $variant),+
        }

        impl Bucket {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in settings and headers.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it takes where the stage says nothing else.
            #[must_use]
            pub fn quota(self) -> Quota {
                match self { $(Self::$variant => Quota { burst: $burst, seconds: $seconds }),+ }
            }
        }
    };
}

buckets! {
    /// A source's reads, in each sandbox.
    Read "read" 600 in 60;
    /// A source's other requests, in each sandbox.
    Write "write" 300 in 60;
    /// A source's log-ins, of whatever accounts.
    LogInSource "log-in.source" 60 in 60;
    /// Failures for one account from one source.
    LogInPair "log-in.pair" 10 in 900;
    /// Failures for one account from all sources that are new to it.
    LogInAccount "log-in.account" 30 in 3600;
    /// Failures of a logged-in person to give the own password.
    PasswordCaller "password.caller" 10 in 900;
    /// A source's registrations.
    RegisterSource "register.source" 20 in 3600;
    /// Tries to register one account.
    RegisterAccount "register.account" 10 in 3600;
    /// A source's refreshes.
    RefreshSource "refresh.source" 120 in 60;
    /// Refreshes of one session.
    RefreshSession "refresh.session" 30 in 60;
    /// A source's wishes for a mail.
    ForgotSource "forgot.source" 20 in 3600;
    /// Mails to one account.
    ForgotAccount "forgot.account" 3 in 3600;
    /// A source's tries to set a password by a mail's token.
    ResetSource "reset.source" 20 in 3600;
    /// A shopper's orders.
    CheckoutCaller "checkout.caller" 20 in 60;
    /// A source's orders.
    CheckoutSource "checkout.source" 60 in 60;
    /// A seller's uploads.
    UploadCaller "upload.caller" 30 in 3600;
    /// A source's uploads.
    UploadSource "upload.source" 60 in 3600;
    /// A seller's pictures.
    PictureCaller "picture.caller" 300 in 3600;
    /// A source's pictures.
    PictureSource "picture.source" 600 in 3600;
    /// A seller's or operator's changes of many products, each of up to 100.
    BulkCaller "bulk.caller" 60 in 600;
    /// A source's changes of many products.
    BulkSource "bulk.source" 120 in 600;
}

/// The quotas of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotas(BTreeMap<Bucket, Quota>);

impl Default for Quotas {
    fn default() -> Self {
        Self(Bucket::ALL.iter().map(|bucket| (*bucket, bucket.quota())).collect())
    }
}

impl Quotas {
    /// Changes to the policy, such as `*=1000000/1,log-in.pair=5/60`: burst and seconds by bucket, `*` for all; later ones
    /// win.
    ///
    /// # Errors
    /// What is wrong, when it is no such list.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut quotas = Self::default();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let wrong = || format!("{entry} is not <bucket>=<burst>/<seconds>");
            let (name, quota) = entry.split_once('=').ok_or_else(wrong)?;
            let (burst, seconds) = quota.split_once('/').ok_or_else(wrong)?;
            let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number > 0).ok_or_else(wrong);
            let quota = Quota { burst: number(burst)?, seconds: number(seconds)? };
            let changed: Vec<_> = Bucket::ALL.iter().filter(|bucket| name == "*" || bucket.name() == name).collect();
            if changed.is_empty() {
                return Err(format!("there is no bucket {name}"));
            }
            quotas.0.extend(changed.into_iter().map(|bucket| (*bucket, quota)));
        }
        Ok(quotas)
    }

    /// No limits.
    pub(super) fn none() -> Self {
        Self(BTreeMap::new())
    }

    pub(super) fn of(&self, bucket: Bucket) -> Option<Quota> {
        self.0.get(&bucket).copied()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_settings_when_read_then_they_change_the_policy_and_rubbish_is_refused() {
        let quotas = Quotas::parse("*=1000/1, log-in.pair=5/60").unwrap();
        assert_eq!(quotas.of(Bucket::Read), Some(Quota { burst: 1000, seconds: 1 }));
        assert_eq!(quotas.of(Bucket::LogInPair), Some(Quota { burst: 5, seconds: 60 }));
        assert_eq!(Quotas::parse("").unwrap(), Quotas::default());
        for rubbish in ["read", "read=1", "read=0/1", "read=1/0", "read=-1/1", "nothing=1/1", "read=1/1/1"] {
            assert!(Quotas::parse(rubbish).is_err(), "{rubbish}");
        }
    }
}
