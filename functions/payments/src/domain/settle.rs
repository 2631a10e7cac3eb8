//! What follows for us from how a payment stands at its gateway.
//!
//! A webhook is a hint to look: what is applied is how the payment stands when it is looked up. So neither the order of
//! webhooks nor their number matters.

use rialto_kernel::Money;

use super::payment::{Change, Payment, State};

/// How a payment stands at its gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The gateway's id of it.
    pub reference: String,
    /// In which state it is there.
    pub stands: Stands,
    /// For how much it was made there.
    pub amount: Money,
    /// What was given back, in minor units.
    pub refunded: i64,
}

/// In which state a payment is at its gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    /// Made, but not confirmed: nothing is set aside, and it can be asked again.
    Open,
    /// The shopper has done their part; nothing is set aside until it is asked again.
    Approved,
    /// The shopper has to do something, there.
    ActionRequired {
        /// Where.
        redirect: Option<String>,
    },
    /// The shopper's bank has to do something; this has come so far, in minor units.
    Pending {
        /// Minor units.
        received: i64,
    },
    /// Set aside.
    Authorised,
    /// Taken.
    Captured,
    /// Refused for certain; nothing is set aside.
    Failed {
        /// Why, as our code.
        reason: String,
    },
    /// Closed; nothing is set aside.
    Cancelled,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// Nothing new.
    Nothing,
    /// Record this.
    Record(Change),
    /// The gateway waits for being asked again.
    AskAgain,
    /// The gateway holds or took money for a payment that is over or being given up: see that it lets go of it.
    GiveBack,
}

/// What follows from how `payment` stands at its gateway. Safe on old standings: nothing ever goes back a state.
#[must_use]
pub fn settle(payment: &Payment, standing: &Standing) -> Settlement {
    let reference = standing.reference.clone();
    if matches!(payment.state, State::Failed | State::Voiding | State::Voided) {
        let holds = match &standing.stands {
            Stands::Authorised | Stands::ActionRequired { .. } | Stands::Pending { .. } => true,
            Stands::Captured => standing.refunded < standing.amount.amount(),
            Stands::Open | Stands::Approved | Stands::Failed { .. } | Stands::Cancelled => false,
        };
        return if holds { Settlement::GiveBack } else { Settlement::Nothing };
    }
    // What is set aside has to be what was asked for.
    let differs = payment.amount != Some(standing.amount);
    let change = match &standing.stands {
        Stands::Authorised | Stands::Captured if differs && payment.state.is_open() => {
            return Settlement::Record(Change::AmountDiffers { reference, amount: standing.amount });
        }
        Stands::Approved if matches!(payment.state, State::Authorising | State::ActionRequired) => {
            return Settlement::AskAgain;
        }
        Stands::Open | Stands::Approved => return Settlement::Nothing,
        Stands::ActionRequired { redirect } => Change::ActionRequired { reference, redirect: redirect.clone() },
        Stands::Pending { received } => Change::Pending { reference, received: *received },
        Stands::Captured if payment.state == State::Authorised => Change::Captured,
        Stands::Authorised | Stands::Captured => Change::Authorised { reference: Some(reference) },
        Stands::Failed { reason } => Change::Failed { reason: reason.clone() },
        Stands::Cancelled => Change::Failed { reason: "CANCELLED".to_owned() },
    };
    if payment.apply(&change).is_some() { Settlement::Record(change) } else { Settlement::Nothing }
}
