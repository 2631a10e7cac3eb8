//! A payment's states and the changes between them.

use rialto_kernel::{Money, OrderId, PaymentId};
use serde::{Deserialize, Serialize};

/// Where a payment stands. What is asked of the gateway is written before it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The gateway is being asked to set the amount aside; the outcome may be unknown.
    Authorising,
    /// The amount is set aside.
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

/// What happened to a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Change {
    /// The gateway is about to be asked.
    Started,
    /// The gateway set the amount aside.
    Authorised,
    /// The gateway took the amount.
    Captured,
    /// The gateway refused to set the amount aside.
    Failed {
        /// The gateway's reason, as our code.
        reason: String,
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
}

impl State {
    /// The state after a change; `None` when the change is not possible from here.
    #[must_use]
    pub fn after(from: Option<Self>, change: &Change) -> Option<Self> {
        use State as S;
        match (from, change) {
            (None, Change::Started) => Some(S::Authorising),
            (Some(S::Authorising), Change::Authorised) => Some(S::Authorised),
            (Some(S::Authorising), Change::Failed { .. }) => Some(S::Failed),
            (Some(S::Authorised), Change::Captured) => Some(S::Captured),
            (Some(S::Authorised), Change::CaptureRefused { .. }) => Some(S::CaptureRefused),
            (Some(S::Authorising | S::Authorised | S::Captured | S::CaptureRefused), Change::VoidStarted) => {
                Some(S::Voiding)
            }
            (None | Some(S::Voiding), Change::Voided) => Some(S::Voided),
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
    /// Where it stands.
    pub state: State,
    /// How many changes it has had.
    pub sequence: u64,
    /// Why it failed or was refused, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Payment {
    /// The payment after a change; `None` when the change is not possible from here.
    #[must_use]
    pub fn apply(&self, change: &Change) -> Option<Self> {
        let state = State::after(Some(self.state), change)?;
        let reason = match change {
            Change::Failed { reason } | Change::CaptureRefused { reason } => Some(reason.clone()),
            _ => self.reason.clone(),
        };
        Some(Self { state, reason, sequence: self.sequence.saturating_add(1), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [Option<State>; 8] = [
        None,
        Some(State::Authorising),
        Some(State::Authorised),
        Some(State::Captured),
        Some(State::Failed),
        Some(State::CaptureRefused),
        Some(State::Voiding),
        Some(State::Voided),
    ];

    #[test]
    fn given_any_state_when_captured_then_only_an_authorised_payment_takes_money() {
        for from in STATES {
            let captured = State::after(from, &Change::Captured);
            assert_eq!(captured.is_some(), from == Some(State::Authorised), "{from:?}");
        }
    }

    #[test]
    fn given_a_closed_payment_when_anything_happens_then_it_stays_closed() {
        let changes = [
            Change::Started,
            Change::Authorised,
            Change::Captured,
            Change::Failed { reason: String::new() },
            Change::CaptureRefused { reason: String::new() },
            Change::VoidStarted,
            Change::Voided,
        ];
        for change in &changes {
            assert_eq!(State::after(Some(State::Voided), change), None, "{change:?}");
            assert_eq!(State::after(Some(State::Failed), change), None, "{change:?}");
        }
    }

    #[test]
    fn given_a_payment_that_is_being_given_up_when_the_gateway_approves_late_then_it_is_not_authorised() {
        assert_eq!(State::after(Some(State::Voiding), &Change::Authorised), None);
        assert_eq!(State::after(Some(State::Voiding), &Change::Voided), Some(State::Voided));
    }
}
