//! A gateway of our own with its own books, that behaves as the payment method's token says.
//!
//! | Token | Behaviour |
//! |---|---|
//! | `pm_sandbox_approved` | approved |
//! | `pm_sandbox_declined` | declined, `PAYMENT_DECLINED` |
//! | `pm_sandbox_insufficient_funds` | declined, `INSUFFICIENT_FUNDS` |
//! | `pm_sandbox_timeout_then_approved` | approved, but the first answer is lost |
//! | `pm_sandbox_timeout` | never answers, and nothing is set aside |
//! | `pm_sandbox_needs_action` | a card whose holder has to confirm at a page of the gateway |
//! | `pm_sandbox_wallet` | a wallet: confirmed at a page of the gateway |
//! | `pm_sandbox_bank_transfer` | waits for the transfer |
//! | `pm_sandbox_capture_fails` | approved; the capture is refused, `CAPTURE_REFUSED` |
//! | any other | declined, `UNKNOWN_PAYMENT_METHOD` |
//!
//! An amount of more than 8 digits is declined whatever the token, `AMOUNT_TOO_LARGE`.
//!
//! What a holder or a bank does is played by [`Sandbox::play`], which answers the signed webhooks that the gateway would
//! send: the caller delivers them, late, twice or in another order as it likes.

mod books;
mod play;

use async_trait::async_trait;
use rialto_dynamo::Table;
use rialto_kernel::Timestamp;

use self::books::{Books, Row, RowState};
pub use self::play::{Act, SignedWebhook};
use super::{Authorisation, GatewayError, Intent, ListPage, PaymentGateway, RefundOutcome, RefundRequest};
use crate::domain::{GatewayName, Listed, Standing};

/// The sandbox gateway over its own table.
#[derive(Debug, Clone)]
pub struct Sandbox {
    books: Books,
}

impl Sandbox {
    /// The gateway whose books are in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { books: Books::new(table) }
    }
}

/// As most gateways have it, in minor units.
const LARGEST: i64 = 99_999_999;

/// What a new intent is under a method's token: its state, and why it is refused.
fn behaviour(method: &str, amount: i64) -> (RowState, Option<&'static str>) {
    if amount > LARGEST {
        return (RowState::Refused, Some("AMOUNT_TOO_LARGE"));
    }
    match method {
        "pm_sandbox_approved" | "pm_sandbox_timeout_then_approved" | "pm_sandbox_capture_fails" => {
            (RowState::Authorised, None)
        }
        "pm_sandbox_timeout" => (RowState::Open, None),
        "pm_sandbox_needs_action" | "pm_sandbox_wallet" => (RowState::ActionRequired, None),
        "pm_sandbox_bank_transfer" => (RowState::Pending, None),
        "pm_sandbox_declined" => (RowState::Refused, Some("PAYMENT_DECLINED")),
        "pm_sandbox_insufficient_funds" => (RowState::Refused, Some("INSUFFICIENT_FUNDS")),
        _ => (RowState::Refused, Some("UNKNOWN_PAYMENT_METHOD")),
    }
}

/// What the gateway answers about an intent that it was asked to authorise.
fn answer(row: &Row, key: &str) -> Result<Standing, GatewayError> {
    match row.state {
        // It never answers about these.
        RowState::Open => Err(GatewayError::OutcomeUnknown { reference: Some(key.to_owned()) }),
        RowState::Refused | RowState::Cancelled => {
            Err(GatewayError::Declined { code: row.refusal.clone().unwrap_or_else(|| "CANCELLED".to_owned()) })
        }
        _ => row.standing(key),
    }
}

#[async_trait]
impl PaymentGateway for Sandbox {
    fn name(&self) -> GatewayName {
        GatewayName::Sandbox
    }

    async fn authorise(&self, request: Authorisation<'_>) -> Result<Standing, GatewayError> {
        let key = request.intent.key;
        let (state, refusal) = behaviour(request.method, request.intent.amount.amount());
        let row = Row::new(request.intent, state, refusal, request.method == "pm_sandbox_capture_fails");
        if self.books.open(key, &row, request.now).await? {
            return match request.method {
                "pm_sandbox_timeout_then_approved" => Err(GatewayError::unknown()),
                _ => answer(&row, key),
            };
        }
        match self.books.row(key).await? {
            Some(seen) => answer(&seen, key),
            None => Err(GatewayError::unknown()),
        }
    }

    async fn capture(&self, intent: Intent<'_>) -> Result<Standing, GatewayError> {
        self.books.take(intent.key, intent.amount).await?;
        let refused = || GatewayError::Declined { code: "CAPTURE_REFUSED".to_owned() };
        let row = self.books.row(intent.key).await?.ok_or_else(refused)?;
        if row.state == RowState::Captured { row.standing(intent.key) } else { Err(refused()) }
    }

    async fn void(&self, intent: Intent<'_>) -> Result<(), GatewayError> {
        Ok(self.books.close(intent.key).await?)
    }

    async fn refund(&self, request: RefundRequest<'_>) -> Result<RefundOutcome, GatewayError> {
        if self.books.give_back(request.intent.key, request.refund_id, request.amount).await? {
            return Ok(RefundOutcome::Done);
        }
        match self.look_up_refund(request).await? {
            Some(outcome) => Ok(outcome),
            None => Err(GatewayError::Declined { code: "MORE_THAN_CAPTURED".to_owned() }),
        }
    }

    async fn look_up(&self, intent: Intent<'_>) -> Result<Option<Standing>, GatewayError> {
        self.books.row(intent.key).await?.map(|row| row.standing(intent.key)).transpose()
    }

    async fn look_up_refund(&self, request: RefundRequest<'_>) -> Result<Option<RefundOutcome>, GatewayError> {
        let given = self.books.has_given_back(request.intent.key, request.refund_id).await?;
        Ok(given.then_some(RefundOutcome::Done))
    }

    async fn list(&self, from: Timestamp, _to: Timestamp, after: Option<String>) -> Result<ListPage, GatewayError> {
        let (rows, next) = self.books.of_day(from, after).await?;
        let listed = rows.iter().map(|row| {
            let key = row.key.as_deref().unwrap_or_default();
            Ok(Listed { payment_id: row.payment_id, standing: row.standing(key)? })
        });
        Ok(ListPage { payments: listed.collect::<Result<_, GatewayError>>()?, next })
    }
}

#[cfg(test)]
mod tests;
