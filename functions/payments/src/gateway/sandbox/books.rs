//! The sandbox gateway's table.
//!
//! | Item | `pk` | `sk` | `gsi1` |
//! |---|---|---|---|
//! | intent | `INTENT#<key>` | `INTENT` | `DAY#<UTC day>`, `<key>` |
//! | refund | `INTENT#<key>` | `REFUND#<refundId>` | |
//!
//! `captures` counts how often money was really taken and is what tests add up; `refundable` is what of it has not been
//! given back, kept as an attribute because a condition cannot subtract.
//!
//! | Operation | Access | Write units |
//! |---|---|---|
//! | open | put intent if absent | 1 |
//! | take, close, play | update intent under a condition on its state | 1 |
//! | give back | transaction: put refund if absent, subtract from `refundable` if it suffices | 4 |

use rialto_dynamo::{Cond, Key, Put, Query, Read, Table, Update, cond};
use rialto_kernel::{Money, PaymentId, RefundId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Standing, Stands},
    gateway::{GatewayError, Intent},
};

type Result<T> = std::result::Result<T, rialto_dynamo::Error>;

const PAGE: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RowState {
    Open,
    ActionRequired,
    Pending,
    Authorised,
    Captured,
    Refused,
    Cancelled,
}

impl RowState {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::ActionRequired => "action_required",
            Self::Pending => "pending",
            Self::Authorised => "authorised",
            Self::Captured => "captured",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) key: Option<String>,
    pub(super) payment_id: Option<PaymentId>,
    pub(super) state: RowState,
    amount: i64,
    currency: String,
    captures: u32,
    #[serde(default)]
    pub(super) received: i64,
    #[serde(default)]
    refundable: i64,
    pub(super) refusal: Option<String>,
    #[serde(default)]
    capture_fails: bool,
}

impl Row {
    pub(super) fn new(intent: Intent<'_>, state: RowState, refusal: Option<&str>, capture_fails: bool) -> Self {
        Self {
            key: Some(intent.key.to_owned()),
            payment_id: Some(intent.payment_id),
            state,
            amount: intent.amount.amount(),
            currency: intent.amount.currency().code().to_owned(),
            captures: 0,
            received: 0,
            refundable: 0,
            refusal: refusal.map(ToOwned::to_owned),
            capture_fails,
        }
    }

    pub(super) fn amount(&self) -> i64 {
        self.amount
    }

    pub(super) fn standing(&self, key: &str) -> std::result::Result<Standing, GatewayError> {
        let stands = match self.state {
            RowState::Open => Stands::Open,
            RowState::ActionRequired => {
                Stands::ActionRequired { redirect: Some(format!("https://sandbox.invalid/confirm/{key}")) }
            }
            RowState::Pending => Stands::Pending { received: self.received },
            RowState::Authorised => Stands::Authorised,
            RowState::Captured => Stands::Captured,
            RowState::Refused => Stands::Failed { reason: self.refusal.clone().unwrap_or_default() },
            RowState::Cancelled => Stands::Cancelled,
        };
        let currency = self.currency.parse().map_err(|_| GatewayError::unknown())?;
        let taken = self.amount.saturating_mul(i64::from(self.captures));
        let refunded = taken.saturating_sub(self.refundable);
        Ok(Standing { reference: key.to_owned(), stands, amount: Money::new(self.amount, currency), refunded })
    }
}

#[derive(Debug, Clone)]
pub(super) struct Books {
    table: Table,
}

fn intent_key(key: &str) -> Key {
    Key::new(format!("INTENT#{key}"), "INTENT")
}

fn refund_key(key: &str, id: RefundId) -> Key {
    Key::new(format!("INTENT#{key}"), format!("REFUND#{id}"))
}

fn day_of(at: Timestamp) -> String {
    format!("DAY#{}", at.strftime("%F"))
}

pub(super) fn is(state: RowState) -> Cond {
    cond::eq("state", state.text())
}

/// Whether a conditional write was made: a condition that is not met is an answer here.
pub(super) fn made(outcome: Result<()>) -> Result<bool> {
    match outcome {
        Ok(()) => Ok(true),
        Err(error) if error.condition_failed() => Ok(false),
        Err(error) => Err(error),
    }
}

impl Books {
    pub(super) fn new(table: Table) -> Self {
        Self { table }
    }

    pub(super) async fn row(&self, key: &str) -> Result<Option<Row>> {
        self.table.get(&intent_key(key), Read::Strong).await
    }

    /// Whether it was opened now; otherwise the key was seen before.
    pub(super) async fn open(&self, key: &str, row: &Row, now: Timestamp) -> Result<bool> {
        let put = Put::new(&intent_key(key), row)?.gsi1(day_of(now), key).when(cond::absent("pk"));
        made(self.table.put(put).await)
    }

    /// Takes the amount if it is set aside, once.
    pub(super) async fn take(&self, key: &str, amount: Money) -> Result<bool> {
        let take = self.turn(key, RowState::Captured).add("captures", 1).set("refundable", amount.amount());
        let may = cond::all([is(RowState::Authorised), cond::eq("captureFails", false)]);
        made(self.table.update(take.when(may)).await)
    }

    /// Closes the key for good; what was taken is given back.
    pub(super) async fn close(&self, key: &str) -> Result<()> {
        let close = self.turn(key, RowState::Cancelled).set("captures", 0).set("refundable", 0);
        self.table.update(close.set_if_absent("amount", 0).set_if_absent("currency", "USD")).await
    }

    /// Gives back if that much is left, once an id. Whether it was done now.
    pub(super) async fn give_back(&self, key: &str, id: RefundId, amount: Money) -> Result<bool> {
        let enough = cond::all([is(RowState::Captured), cond::ge("refundable", amount.amount())]);
        let row = Put::new(&refund_key(key, id), &amount)?.when(cond::absent("pk"));
        let left = Update::of(intent_key(key)).subtract("refundable", amount.amount()).when(enough);
        made(self.table.transact(vec![row.into(), left.into()]).await)
    }

    pub(super) async fn has_given_back(&self, key: &str, id: RefundId) -> Result<bool> {
        Ok(self.table.get::<serde_json::Value>(&refund_key(key, id), Read::Strong).await?.is_some())
    }

    pub(super) async fn of_day(&self, day: Timestamp, after: Option<String>) -> Result<(Vec<Row>, Option<String>)> {
        let query = Query::pk(day_of(day)).index("gsi1").limit(PAGE);
        let query = match after {
            Some(after) => query.sk_gt(after),
            None => query,
        };
        let page = self.table.query::<Row>(query).await?;
        let next = page.next.and_then(|_| page.items.last().and_then(|row| row.key.clone()));
        Ok((page.items, next))
    }

    /// An update that turns the intent.
    pub(super) fn turn(&self, key: &str, to: RowState) -> Update {
        Update::of(intent_key(key)).set("state", to.text())
    }

    pub(super) async fn update(&self, update: Update) -> Result<bool> {
        made(self.table.update(update).await)
    }
}
