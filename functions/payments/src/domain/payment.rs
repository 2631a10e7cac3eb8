//! A payment's states and the changes between them.

use std::{collections::BTreeMap, fmt, str::FromStr};

use rialto_kernel::{Money, OfferId, OrderId, PaymentId, RefundId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refund::{Refund, RefundState};

/// The reason of a payment of which the gateway made another amount.
pub const AMOUNT_DIFFERS: &str = "AMOUNT_DIFFERS";

/// Who is asked to take the money.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GatewayName {
    /// Our own, for stages that take no real money.
    #[default]
    Sandbox,
    /// Stripe's payment intents.
    Stripe,
    /// PayPal's orders.
    Paypal,
}

impl GatewayName {
    /// The name in settings, paths and records.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Stripe => "stripe",
            Self::Paypal => "paypal",
        }
    }
}

impl fmt::Display for GatewayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl FromStr for GatewayName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = [Self::Sandbox, Self::Stripe, Self::Paypal];
        known.into_iter().find(|name| name.text() == text).ok_or_else(|| "no such gateway".to_owned())
    }
}

/// Where a payment stands. What is asked of the gateway is written before it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PaymentState)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The gateway is being asked to set the amount aside; the outcome may be unknown.
    Authorising,
    /// The shopper has to do something at the gateway first.
    ActionRequired,
    /// The shopper's bank has to do something first, which can take days.
    Pending,
    /// The amount is set aside, or is already there.
    Authorised,
    /// The amount is taken.
    Captured,
    /// Refused for certain; nothing is set aside.
    Failed,
    /// The capture was refused for certain; the amount may still be set aside.
    CaptureRefused,
    /// Being given up; the outcome of earlier requests may be unknown.
    Voiding,
    /// Given up: nothing is taken and nothing will be.
    Voided,
}

impl State {
    /// Whether the gateway has neither refused nor set the amount aside yet, as far as we know.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Authorising | Self::ActionRequired | Self::Pending)
    }
}

/// What happened to a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "type")]
pub enum Change {
    /// The gateway is about to be asked.
    Started,
    /// The gateway is about to be asked again under the same key, as the outcome is unknown.
    AskedAgain,
    /// The one question asked so far certainly did not reach the gateway, so another one is about to be asked.
    Rerouted {
        /// The other one.
        gateway: GatewayName,
    },
    /// The outcome is unknown, but the gateway has made the payment.
    Reached {
        /// The gateway's id of the payment.
        reference: String,
    },
    /// The shopper has to do something at the gateway.
    ActionRequired {
        /// The gateway's id of the payment.
        reference: String,
        /// Where the shopper does it.
        redirect: Option<String>,
    },
    /// The shopper's bank has to pay first.
    Pending {
        /// The gateway's id of the payment.
        reference: String,
        /// What has come so far, in minor units.
        received: i64,
    },
    /// The gateway set the amount aside.
    Authorised {
        /// The gateway's id of the payment.
        reference: Option<String>,
    },
    /// The gateway took the amount.
    Captured,
    /// The gateway refused to set the amount aside.
    Failed {
        /// The gateway's reason, as our code.
        reason: String,
    },
    /// The gateway set aside or took another amount than was asked for: it is about to be asked to let go of it.
    AmountDiffers {
        /// The gateway's id of the payment.
        reference: String,
        /// The amount there.
        amount: Money,
    },
    /// The gateway refused to take the amount.
    CaptureRefused {
        /// The gateway's reason, as our code.
        reason: String,
    },
    /// The payment is about to be given up.
    VoidStarted,
    /// The payment is given up.
    Voided,
    /// The gateway is about to be asked to give something back.
    RefundStarted {
        /// Its id.
        refund_id: RefundId,
        /// What is to be given back.
        refund: Refund,
    },
    /// The gateway gave it back.
    Refunded {
        /// Which refund.
        refund_id: RefundId,
    },
    /// The gateway refused to give it back.
    RefundRefused {
        /// Which refund.
        refund_id: RefundId,
        /// The gateway's reason, as our code.
        reason: String,
    },
}

impl State {
    /// The state after a change; `None` when the change is not possible from here.
    #[must_use]
    pub fn after(from: Option<Self>, change: &Change) -> Option<Self> {
        use State as S;
        match (from?, change) {
            (S::Authorising, Change::Rerouted { .. } | Change::Reached { .. }) => Some(S::Authorising),
            // Where the shopper has done their part, the gateway may want to be asked again.
            (S::Authorising | S::ActionRequired, Change::AskedAgain) => Some(S::Authorising),
            (S::Authorising, Change::ActionRequired { .. }) => Some(S::ActionRequired),
            (S::Authorising | S::ActionRequired | S::Pending, Change::Pending { .. }) => Some(S::Pending),
            (from, Change::Authorised { .. }) if from.is_open() => Some(S::Authorised),
            (from, Change::Failed { .. }) if from.is_open() => Some(S::Failed),
            (from, Change::AmountDiffers { .. }) if from.is_open() => Some(S::Voiding),
            (S::Authorised, Change::Captured) => Some(S::Captured),
            (S::Authorised, Change::CaptureRefused { .. }) => Some(S::CaptureRefused),
            (S::Failed | S::Voiding | S::Voided, Change::VoidStarted) => None,
            (_, Change::VoidStarted) => Some(S::Voiding),
            (S::Voiding, Change::Voided) => Some(S::Voided),
            (S::Captured, Change::RefundStarted { .. }) => Some(S::Captured),
            // A refund that was under way ends even while the rest is being given back.
            (from @ (S::Captured | S::Voiding | S::Voided), Change::Refunded { .. } | Change::RefundRefused { .. }) => {
                Some(from)
            }
            _ => None,
        }
    }
}

/// The current view of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// The payment.
    pub payment_id: PaymentId,
    /// What it pays for.
    pub order_id: OrderId,
    /// How much; absent when it was given up before it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// What of it is for each offer of the order; they sum to `amount`. Empty where the order did not tell.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lines: BTreeMap<OfferId, Money>,
    /// Where it stands.
    pub state: State,
    /// How many changes it has had.
    pub sequence: u64,
    /// When it began.
    pub begun_at: Timestamp,
    /// Who was asked.
    #[serde(default)]
    pub gateway: GatewayName,
    /// How often the gateway may have been asked to set the amount aside.
    #[serde(default)]
    pub asks: u32,
    /// The gateway's id of the payment, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Where the shopper confirms the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// What of a bank transfer has come so far, in minor units.
    #[serde(default)]
    pub received: i64,
    /// Why it failed or was refused, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was given back, or is about to be.
    #[serde(default)]
    pub refunds: BTreeMap<RefundId, Refund>,
}

impl Payment {
    /// A payment whose gateway is about to be asked for the first time; its change is [`Change::Started`].
    #[must_use]
    pub fn started(id: PaymentId, order_id: OrderId, amount: Money, gateway: GatewayName, now: Timestamp) -> Self {
        Self { amount: Some(amount), state: State::Authorising, asks: 1, gateway, ..Self::blank(id, order_id, now) }
    }

    /// The same, with what of its amount is for each offer. Lines that do not sum to the amount are not those of its order.
    #[must_use]
    pub fn for_lines(self, lines: BTreeMap<OfferId, Money>) -> Option<Self> {
        let amount = self.amount?;
        let fits = lines.is_empty() || Money::sum(amount.currency(), lines.values().copied()) == Ok(amount);
        fits.then_some(Self { lines, ..self })
    }

    /// A payment given up before it began: whatever arrives later finds it closed. Its change is [`Change::Voided`].
    #[must_use]
    pub fn tombstone(id: PaymentId, order_id: OrderId, now: Timestamp) -> Self {
        Self::blank(id, order_id, now)
    }

    fn blank(payment_id: PaymentId, order_id: OrderId, begun_at: Timestamp) -> Self {
        Self {
            payment_id,
            order_id,
            amount: None,
            lines: BTreeMap::new(),
            state: State::Voided,
            sequence: 1,
            begun_at,
            gateway: GatewayName::default(),
            asks: 0,
            reference: None,
            redirect: None,
            received: 0,
            reason: None,
            refunds: BTreeMap::new(),
        }
    }

    /// The gateway's idempotency key of this payment: kept whatever happens to an answer.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:1", self.payment_id)
    }

    /// The payment after a change; `None` when the change is not possible from here.
    #[must_use]
    pub fn apply(&self, change: &Change) -> Option<Self> {
        let state = State::after(Some(self.state), change)?;
        let mut after = Self { state, sequence: self.sequence.checked_add(1)?, ..self.clone() };
        match change {
            Change::AskedAgain => after.asks = self.asks.checked_add(1)?,
            // Whoever may have been asked twice may have heard it once.
            Change::Rerouted { .. } if self.asks != 1 || self.reference.is_some() => return None,
            Change::Rerouted { gateway } => after.gateway = *gateway,
            Change::Reached { reference } => after.reference = Some(reference.clone()),
            Change::ActionRequired { reference, redirect } => {
                after.reference = Some(reference.clone());
                after.redirect.clone_from(redirect);
            }
            // Parts only ever come in: an older telling of less is no news.
            Change::Pending { received, .. } if self.state == State::Pending && *received <= self.received => {
                return None;
            }
            Change::Pending { reference, received } => {
                after.reference = Some(reference.clone());
                after.received = *received;
            }
            Change::Authorised { reference } => after.reference = reference.clone().or(after.reference),
            Change::Failed { reason } | Change::CaptureRefused { reason } => after.reason = Some(reason.clone()),
            Change::AmountDiffers { reference, .. } => {
                after.reference = Some(reference.clone());
                after.reason = Some(AMOUNT_DIFFERS.to_owned());
            }
            Change::RefundStarted { refund_id, refund } => {
                self.room_for(refund).ok()?;
                if after.refunds.insert(*refund_id, refund.clone()).is_some() {
                    return None;
                }
            }
            Change::Refunded { refund_id } => after.end_refund(*refund_id, RefundState::Settled, None)?,
            Change::RefundRefused { refund_id, reason } => {
                after.end_refund(*refund_id, RefundState::Refused, Some(reason.clone()))?;
            }
            Change::Started | Change::Captured | Change::VoidStarted | Change::Voided => {}
        }
        Some(after)
    }
}

#[cfg(test)]
mod tests;
