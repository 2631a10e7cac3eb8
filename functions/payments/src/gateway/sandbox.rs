//! A gateway of our own that behaves as told by the payment method's token.
//!
//! Its table, one item a key, `pk = INTENT#<key>`, `sk = INTENT`: `{state, amount, currency, captures, refusal?}`.
//! `captures` counts what was really taken and is what tests add up. Operations: authorise 1 conditional put (and 1 read
//! on a repeat), capture and cancel 1 conditional update (and 1 read on a repeat).
//!
//! | Token | Behaviour |
//! |---|---|
//! | `pm_sandbox_approved` | approved |
//! | `pm_sandbox_declined` | refused, `PAYMENT_DECLINED` |
//! | `pm_sandbox_insufficient_funds` | refused, `INSUFFICIENT_FUNDS` |
//! | `pm_sandbox_timeout_then_approved` | approved, but the first answer is lost |
//! | `pm_sandbox_timeout` | never answers an authorisation |
//! | `pm_sandbox_capture_fails` | approved; the capture is refused, `CAPTURE_REFUSED` |
//! | any other | refused, `UNKNOWN_PAYMENT_METHOD` |

use async_trait::async_trait;
use rialto_dynamo::{Key, Put, Read, Table, Update, cond};
use serde::{Deserialize, Serialize};

use super::{Authorisation, Gateway, GatewayError};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum IntentState {
    Processing,
    Authorised,
    Captured,
    Refused,
    Cancelled,
}

impl IntentState {
    fn text(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Authorised => "authorised",
            Self::Captured => "captured",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Intent {
    state: IntentState,
    amount: i64,
    currency: String,
    captures: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    #[serde(default)]
    capture_fails: bool,
}

/// The sandbox gateway over its own table.
#[derive(Debug, Clone)]
pub struct Sandbox {
    table: Table,
}

fn key_of(key: &str) -> Key {
    Key::new(format!("INTENT#{key}"), "INTENT")
}

impl Sandbox {
    /// The gateway whose books are in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    async fn intent(&self, key: &str) -> Result<Option<Intent>, GatewayError> {
        Ok(self.table.get(&key_of(key), Read::Strong).await?)
    }
}

fn answer(intent: &Intent) -> Result<(), GatewayError> {
    match intent.state {
        IntentState::Authorised | IntentState::Captured => Ok(()),
        IntentState::Processing => Err(GatewayError::OutcomeUnknown),
        IntentState::Refused | IntentState::Cancelled => {
            Err(GatewayError::Refused(intent.refusal.clone().unwrap_or_else(|| "CANCELLED".to_owned())))
        }
    }
}

#[async_trait]
impl Gateway for Sandbox {
    async fn authorise(&self, request: Authorisation<'_>) -> Result<(), GatewayError> {
        let refused = |reason: &str| (IntentState::Refused, Some(reason.to_owned()));
        let (state, refusal) = match request.method {
            "pm_sandbox_approved" | "pm_sandbox_timeout_then_approved" | "pm_sandbox_capture_fails" => {
                (IntentState::Authorised, None)
            }
            "pm_sandbox_timeout" => (IntentState::Processing, None),
            "pm_sandbox_declined" => refused("PAYMENT_DECLINED"),
            "pm_sandbox_insufficient_funds" => refused("INSUFFICIENT_FUNDS"),
            _ => refused("UNKNOWN_PAYMENT_METHOD"),
        };
        let intent = Intent {
            state,
            amount: request.amount.amount(),
            currency: request.amount.currency().code().to_owned(),
            captures: 0,
            refusal,
            capture_fails: request.method == "pm_sandbox_capture_fails",
        };
        match self.table.put(Put::new(&key_of(request.key), &intent)?.when(cond::absent("pk"))).await {
            Ok(()) if request.method == "pm_sandbox_timeout_then_approved" => Err(GatewayError::OutcomeUnknown),
            Ok(()) => answer(&intent),
            Err(error) if error.condition_failed() => match self.intent(request.key).await? {
                Some(seen) => answer(&seen),
                None => Err(GatewayError::OutcomeUnknown),
            },
            Err(error) => Err(error.into()),
        }
    }

    async fn capture(&self, key: &str) -> Result<(), GatewayError> {
        let take = Update::of(key_of(key))
            .set("state", IntentState::Captured.text())
            .add("captures", 1)
            .when(cond::all([cond::eq("state", IntentState::Authorised.text()), cond::eq("captureFails", false)]));
        match self.table.update(take).await {
            Ok(()) => Ok(()),
            Err(error) if error.condition_failed() => match self.intent(key).await? {
                Some(Intent { state: IntentState::Captured, .. }) => Ok(()),
                _ => Err(GatewayError::Refused("CAPTURE_REFUSED".to_owned())),
            },
            Err(error) => Err(error.into()),
        }
    }

    async fn cancel(&self, key: &str) -> Result<(), GatewayError> {
        let close = Update::of(key_of(key))
            .set("state", IntentState::Cancelled.text())
            .set_if_absent("amount", 0)
            .set_if_absent("currency", "XXX")
            .set("captures", 0);
        Ok(self.table.update(close).await?)
    }
}
