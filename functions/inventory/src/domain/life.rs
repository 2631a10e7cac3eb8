//! How long unpaid stock stays set aside.

use rialto_kernel::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How an order is paid, as far as it decides how long its stock waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentClass {
    /// At once, by card; also while the method is not chosen yet.
    #[default]
    Card,
    /// At once, after a redirect.
    Wallet,
    /// By any method, after a person has looked at the order.
    ManualReview,
    /// When the shopper's bank sends the money.
    BankTransfer,
}

/// The lives of reservations by how their orders are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lives {
    at_once: SignedDuration,
    manual_review: SignedDuration,
    bank_transfer: SignedDuration,
}

/// A life that the stage does not allow.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LifeError {
    /// Stock would be given back before it was set aside.
    #[error("a reservation lives for a second or longer")]
    Zero,
    /// A shopper with a card would wait too long, or be rushed.
    #[error("a reservation paid at once lives for 10 to 30 minutes on production stages, not {0} s")]
    OutOfBounds(u32),
    /// Waiting for a person or a bank would be shorter than paying at once.
    #[error("a reservation under review or paid by bank transfer lives no shorter than one paid at once")]
    TooShort,
}

impl Lives {
    /// The lives in seconds: of orders paid at once (card and wallet), under review, and by bank transfer.
    ///
    /// # Errors
    /// [`LifeError`]; the bounds of 10 to 30 minutes hold on production stages only.
    pub fn new(at_once: u32, manual_review: u32, bank_transfer: u32, production: bool) -> Result<Self, LifeError> {
        if at_once == 0 {
            return Err(LifeError::Zero);
        }
        if production && !(600..=1_800).contains(&at_once) {
            return Err(LifeError::OutOfBounds(at_once));
        }
        if manual_review < at_once || bank_transfer < at_once {
            return Err(LifeError::TooShort);
        }
        let seconds = |seconds: u32| SignedDuration::from_secs(seconds.into());
        let (manual_review, bank_transfer) = (seconds(manual_review), seconds(bank_transfer));
        Ok(Self { at_once: seconds(at_once), manual_review, bank_transfer })
    }

    /// How long a reservation of this class lives.
    #[must_use]
    pub fn of(&self, class: PaymentClass) -> SignedDuration {
        match class {
            PaymentClass::Card | PaymentClass::Wallet => self.at_once,
            PaymentClass::ManualReview => self.manual_review,
            PaymentClass::BankTransfer => self.bank_transfer,
        }
    }
}

/// When what begins at `now` ends: a whole second, rounded up, so that the text sorts as the time does. `None` beyond the
/// end of the calendar.
#[must_use]
pub fn end_of(now: Timestamp, life: SignedDuration) -> Option<Timestamp> {
    let end = now.checked_add(life).ok()?;
    Timestamp::from_second(end.as_second().saturating_add(i64::from(end.subsec_nanosecond() > 0))).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn given_a_production_stage_when_paid_at_once_then_the_life_is_10_to_30_minutes() {
        for (seconds, allowed) in [(599, false), (600, true), (900, true), (1_800, true), (1_801, false), (5, false)] {
            assert_eq!(Lives::new(seconds, 86_400, 259_200, true).is_ok(), allowed, "{seconds}");
        }
        let short = Lives::new(5, 6, 7, false).unwrap();
        let of = [PaymentClass::Card, PaymentClass::Wallet, PaymentClass::ManualReview, PaymentClass::BankTransfer];
        assert_eq!(of.map(|class| short.of(class).as_secs()), [5, 5, 6, 7]);
        assert_eq!(Lives::new(0, 1, 1, false), Err(LifeError::Zero));
        assert_eq!(Lives::new(600, 599, 600, true), Err(LifeError::TooShort));
        assert_eq!(Lives::new(600, 600, 1, true), Err(LifeError::TooShort));
    }

    #[test]
    fn given_a_part_of_a_second_when_it_ends_then_it_is_rounded_up() {
        let now: Timestamp = "2026-01-01T00:00:00.000000001Z".parse().unwrap();
        assert_eq!(end_of(now, SignedDuration::from_secs(5)).unwrap().to_string(), "2026-01-01T00:00:06Z");
        assert_eq!(end_of(now, SignedDuration::MAX), None);
    }
}
