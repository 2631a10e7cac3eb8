//! How long a payment may stay as it is, and what its shopper has to do meanwhile.

use rialto_kernel::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    payment::{Payment, State},
    refund::RefundState,
};

/// How long a shopper has to confirm a payment. The workflow waits longer, so that who confirms at the last moment has paid.
pub const ACTION_LIFE: SignedDuration = SignedDuration::from_mins(8);
/// Every step of a checkout is over by then, but for a bank's.
const STEP_LIFE: SignedDuration = SignedDuration::from_hours(1);
/// The workflow waits 70 hours for a bank.
const TRANSFER_LIFE: SignedDuration = SignedDuration::from_hours(73);
/// Some refunds of gateways take a day.
const REFUND_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What a shopper has to do before a payment goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase", tag = "type")]
pub enum NextAction {
    /// Confirm at a page of the gateway.
    Redirect {
        /// The page; for the shopper alone.
        url: String,
        /// Until when it is waited for.
        expires_at: Timestamp,
    },
}

impl Payment {
    /// What its shopper has to do now; `None` when it does not wait for them, or the gateway asks them by itself.
    #[must_use]
    pub fn next_action(&self) -> Option<NextAction> {
        let url = self.redirect.clone().filter(|_| self.state == State::ActionRequired)?;
        Some(NextAction::Redirect { url, expires_at: self.begun_at.checked_add(ACTION_LIFE).ok()? })
    }

    /// When somebody should look after it if it has not changed since `changed_at`; `None` when nothing is left to happen.
    #[must_use]
    pub fn due(&self, changed_at: Timestamp) -> Option<Timestamp> {
        let life = match self.state {
            State::Authorising | State::ActionRequired | State::Authorised | State::CaptureRefused | State::Voiding => {
                STEP_LIFE
            }
            State::Pending => TRANSFER_LIFE,
            State::Captured if self.refunds.values().any(|it| it.state == RefundState::Started) => REFUND_LIFE,
            State::Captured | State::Failed | State::Voided => return None,
        };
        changed_at.checked_add(life).ok()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::float_arithmetic, reason = "tests")]
mod tests {
    use rialto_kernel::{Currency, Money, OrderId, PaymentId};

    use super::*;
    use crate::domain::{Change, GatewayName};

    fn started() -> Payment {
        let (id, order) = (PaymentId::named(&["p"]), OrderId::named(&["o"]));
        let amount = Money::new(10_000, Currency::USD);
        Payment::started(id, order, amount, GatewayName::Sandbox, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn given_a_redirect_when_the_payment_waits_for_it_then_only_then_it_is_the_next_action() {
        let url = "https://bank/3ds".to_owned();
        let change = Change::ActionRequired { reference: "r".to_owned(), redirect: Some(url.clone()) };
        let waiting = started().apply(&change).unwrap();
        let expires_at = Timestamp::from_second(480).unwrap();
        assert_eq!(waiting.next_action(), Some(NextAction::Redirect { url, expires_at }));
        let over = waiting.apply(&Change::Authorised { reference: None }).unwrap();
        assert_eq!((started().next_action(), over.next_action()), (None, None));
        let told = serde_json::to_value(waiting.next_action()).unwrap();
        assert_eq!((&told["type"], &told["expiresAt"]), (&"redirect".into(), &"1970-01-01T00:08:00Z".into()));
    }

    /// How long the workflow waits in all where a step says `error`, in seconds.
    fn waited_for(error: &str) -> i64 {
        let machine = include_str!("../../../../statemachines/checkout.asl.json");
        let machine: serde_json::Value = serde_json::from_str(machine).unwrap();
        let retries = machine.pointer("/States/AwaitAuthorisation/Retry").unwrap().as_array().unwrap();
        let retry = retries.iter().find(|it| it["ErrorEquals"] == serde_json::json!([error])).unwrap();
        // In thousandths: the workflow's rates have one decimal.
        let number = |name: &str| {
            let (whole, tenths) = retry[name].to_string().split_once('.').map_or_else(
                || (retry[name].to_string(), "0".to_owned()),
                |(whole, tenths)| (whole.to_owned(), tenths.to_owned()),
            );
            whole.parse::<i64>().unwrap() * 1_000 + tenths.parse::<i64>().unwrap() * 100
        };
        let (mut wait, mut sum) = (number("IntervalSeconds"), 0);
        for _ in 0..retry["MaxAttempts"].as_u64().unwrap() {
            sum += wait.min(number("MaxDelaySeconds"));
            wait = wait.min(number("MaxDelaySeconds")) * number("BackoffRate") / 1_000;
        }
        sum / 1_000
    }

    #[test]
    fn given_the_workflow_when_it_waits_then_longer_than_the_shopper_was_told_and_shorter_than_anyone_looks_after_it() {
        let action = waited_for("PaymentActionRequired");
        assert!(action > ACTION_LIFE.as_secs() && action < STEP_LIFE.as_secs(), "{action} s");
        let transfer = waited_for("PaymentPending");
        assert!(transfer > 69 * 3_600 && transfer < TRANSFER_LIFE.as_secs(), "{transfer} s");
    }

    #[test]
    fn given_each_state_when_asked_then_it_is_due_unless_nothing_is_left_to_happen() {
        use State as S;
        for state in [S::Authorising, S::ActionRequired, S::Authorised, S::CaptureRefused, S::Voiding] {
            assert_eq!(
                Payment { state, ..started() }.due(Timestamp::UNIX_EPOCH).unwrap().as_second(),
                3_600,
                "{state:?}"
            );
        }
        let transfer = Payment { state: S::Pending, ..started() };
        assert_eq!(transfer.due(Timestamp::UNIX_EPOCH).unwrap().as_second(), 73 * 3_600);
        for state in [S::Captured, S::Failed, S::Voided] {
            assert_eq!(Payment { state, ..started() }.due(Timestamp::UNIX_EPOCH), None, "{state:?}");
        }
    }
}
