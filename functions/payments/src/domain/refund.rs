//! Giving money back: never more than was taken, however many ask at once.

use rialto_kernel::{Currency, Money, OfferId, RefundId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::payment::{Payment, State};

/// Refunds a payment can have; they live in its item.
const MOST: usize = 40;

/// Why money is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    /// The shopper no longer wanted it.
    RequestedByShopper,
    /// The goods came back.
    Returned,
    /// The goods did not arrive, or not all of them.
    NotDelivered,
    /// To make up for something.
    Goodwill,
    /// It was paid twice.
    Duplicate,
    /// The payment was not the shopper's.
    Fraudulent,
}

/// How far a refund is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// The gateway is being asked; the outcome may be unknown. The amount counts as given back.
    Started,
    /// The gateway gave it back.
    Settled,
    /// The gateway refused for certain; the amount can be refunded otherwise.
    Refused,
}

/// What of a refund is for one line of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundLine {
    /// The line's offer.
    pub offer_id: OfferId,
    /// How much of the refund is for it.
    pub amount: Money,
}

/// Money given back, or about to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refund {
    /// How much.
    pub amount: Money,
    /// For which lines, where it is by line; their amounts sum to `amount`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<RefundLine>,
    /// Why.
    pub reason: RefundReason,
    /// How far it is.
    pub state: RefundState,
    /// Why the gateway refused, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// The operator who asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// When it was asked for.
    pub at: Timestamp,
}

/// Why a refund cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotRefundable {
    /// Nothing was taken, or the whole payment is given up.
    #[error("nothing is captured")]
    NothingCaptured,
    /// More than is left of what was taken; this is left.
    #[error("more than is left of what was captured")]
    TooMuch(Money),
    /// Not a positive amount, another currency, or lines that do not sum to the amount.
    #[error("the amount does not fit")]
    Misfit,
    /// A line that is not of the payment's order.
    #[error("no such line was paid")]
    UnknownLine(OfferId),
    /// More for a line than is left of what was paid for it; this is left.
    #[error("more than is left of what was paid for a line")]
    LineTooMuch(OfferId, Money),
    /// It has had as many refunds as a payment can have.
    #[error("too many refunds")]
    TooMany,
}

impl Payment {
    /// What can still be given back. Refunds whose outcome is unknown count as given.
    ///
    /// # Errors
    /// [`NotRefundable::NothingCaptured`].
    pub fn refundable(&self) -> Result<Money, NotRefundable> {
        let captured = match (self.state, self.amount) {
            (State::Captured, Some(amount)) => amount,
            _ => return Err(NotRefundable::NothingCaptured),
        };
        let given = self.given(captured.currency()).ok_or(NotRefundable::Misfit)?;
        let left = captured.amount().checked_sub(given).ok_or(NotRefundable::Misfit)?;
        Ok(Money::new(left, captured.currency()))
    }

    /// What was given back for certain, in minor units.
    #[must_use]
    pub fn refunded(&self) -> i64 {
        let settled = self.refunds.values().filter(|refund| refund.state == RefundState::Settled);
        settled.fold(0, |sum, refund| sum.saturating_add(refund.amount.amount()))
    }

    fn given(&self, currency: Currency) -> Option<i64> {
        Money::sum(currency, self.not_refused().map(|refund| refund.amount)).ok().map(Money::amount)
    }

    fn not_refused(&self) -> impl Iterator<Item = &Refund> {
        self.refunds.values().filter(|refund| refund.state != RefundState::Refused)
    }

    /// What can still be given back for a line. Refunds that are not by line are of no line.
    ///
    /// # Errors
    /// [`NotRefundable::UnknownLine`].
    pub fn refundable_of(&self, offer_id: OfferId) -> Result<Money, NotRefundable> {
        let paid = *self.lines.get(&offer_id).ok_or(NotRefundable::UnknownLine(offer_id))?;
        let given = self.not_refused().flat_map(|refund| &refund.lines).filter(|line| line.offer_id == offer_id);
        let given = Money::sum(paid.currency(), given.map(|line| line.amount)).map_err(|_| NotRefundable::Misfit)?;
        let left = paid.amount().checked_sub(given.amount()).ok_or(NotRefundable::Misfit)?;
        Ok(Money::new(left, paid.currency()))
    }

    /// Whether each line of a refund is one of the order's, and what is left of it suffices.
    fn room_by_line(&self, lines: &[RefundLine]) -> Result<(), NotRefundable> {
        for RefundLine { offer_id, .. } in lines {
            let left = self.refundable_of(*offer_id)?;
            // A line that is named twice counts twice.
            let asked = lines.iter().filter(|line| line.offer_id == *offer_id).map(|line| line.amount);
            let asked = Money::sum(left.currency(), asked).map_err(|_| NotRefundable::Misfit)?;
            if asked.amount() > left.amount() {
                return Err(NotRefundable::LineTooMuch(*offer_id, left));
            }
        }
        Ok(())
    }

    /// Whether this refund can begin: the rule `given + amount <= captured`, over the payment and over each line that the
    /// refund names.
    ///
    /// # Errors
    /// As [`NotRefundable`] says.
    pub fn room_for(&self, refund: &Refund) -> Result<(), NotRefundable> {
        let left = self.refundable()?;
        let lines = Money::sum(left.currency(), refund.lines.iter().map(|line| line.amount));
        let lines_fit = refund.lines.is_empty()
            || (lines == Ok(refund.amount) && refund.lines.iter().all(|line| line.amount.amount() > 0));
        if refund.amount.currency() != left.currency() || refund.amount.amount() <= 0 || !lines_fit {
            return Err(NotRefundable::Misfit);
        }
        if refund.amount.amount() > left.amount() {
            return Err(NotRefundable::TooMuch(left));
        }
        self.room_by_line(&refund.lines)?;
        if self.refunds.len() >= MOST {
            return Err(NotRefundable::TooMany);
        }
        Ok(())
    }

    /// Ends a refund that is under way; `None` when it is not.
    pub(super) fn end_refund(&mut self, id: RefundId, state: RefundState, refusal: Option<String>) -> Option<()> {
        let refund = self.refunds.get_mut(&id).filter(|refund| refund.state == RefundState::Started)?;
        refund.state = state;
        refund.refusal = refusal;
        Some(())
    }
}
