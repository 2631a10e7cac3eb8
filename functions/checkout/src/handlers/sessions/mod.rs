//! Checkout in two steps: the routes, and the workflow's steps around the shopper's decision.

mod await_decision;
pub mod cancel_session;
pub mod change_session;
pub mod initiate_session;
mod open_session;
pub mod pay_session;
mod reprice_order;
mod settle_session;
pub mod show_session;
mod sweep_sessions;
mod view;

pub use await_decision::{AwaitDecision, Bedside, await_decision};
pub use open_session::{Action, OpenSession, Reserved, Standing, open_session};
pub use reprice_order::{Next, RepriceOrder, Repriced, reprice_order};
pub use settle_session::{SettleSession, settle_session};
pub use sweep_sessions::{Swept, sweep_sessions};
pub use view::SessionView;

use std::time::Duration;

use rialto_http::{Problem, Shopper, code, header};
use rialto_kernel::OrderId;
use rialto_lambda::InitError;
use tokio::time::Instant;

use super::{
    answer,
    place_order::{Context, POLL_EVERY},
};
use crate::{
    domain::{Outcome, Refusal, Unfit, Wish},
    error::Error,
    store::{Checkout, Checkouts},
    workflow::Workflow,
};

impl Context {
    /// Reads `CHECKOUT_TABLE`, `CHECKOUT_MACHINE_ARN` and `CHECKOUT_WAIT_MS`.
    ///
    /// # Errors
    /// When a variable is missing or unusable.
    pub fn of(context: &rialto_lambda::Context) -> Result<Self, InitError> {
        const NAME: &str = "CHECKOUT_WAIT_MS";
        let unusable = |_| InitError::Unusable { name: NAME.to_owned(), reason: "no number of ms".to_owned() };
        Ok(Self {
            checkouts: Checkouts::new(context.table("CHECKOUT_TABLE")?),
            workflow: Workflow::new(context)?,
            wait: Duration::from_millis(rialto_lambda::env(NAME)?.parse().map_err(unusable)?),
        })
    }

    /// The session, if it is this shopper's.
    async fn session_of(&self, shopper: &Shopper, id: OrderId) -> Result<Checkout, Problem> {
        own(self.checkouts.load(id).await?, shopper)
    }

    /// Decides, and wakes the workflow. That it was decided stands, whether the workflow could be woken or not: the
    /// sweeper tells it again.
    async fn decide(&self, id: OrderId, wish: Wish, now: rialto_kernel::Timestamp) -> Result<Checkout, Error> {
        let checkout = self.checkouts.wish(id, wish, now).await?;
        for token in checkout.session.iter().flat_map(|session| &session.tokens) {
            if let Err(error) = self.workflow.wake(token).await {
                tracing::warn!(error.message = %error, order.id = %id, "workflow not woken");
            }
        }
        Ok(checkout)
    }

    /// Reads the row until `done` says so or the wait is over.
    pub(super) async fn watch(&self, id: OrderId, done: impl Fn(&Checkout) -> bool) -> Result<Checkout, Problem> {
        let until = Instant::now() + self.wait;
        loop {
            let checkout = self.checkouts.load(id).await?.ok_or_else(Problem::not_found)?;
            if done(&checkout) || Instant::now() >= until {
                return Ok(checkout);
            }
            tokio::time::sleep(POLL_EVERY).await;
        }
    }
}

fn own(checkout: Option<Checkout>, shopper: &Shopper) -> Result<Checkout, Problem> {
    let mine = |checkout: &Checkout| checkout.shopper_id == Some(shopper.user_id) && checkout.session.is_some();
    checkout.filter(mine).ok_or_else(Problem::not_found)
}

/// Where a session is.
fn location(id: OrderId) -> String {
    format!("/v1/checkout/{id}")
}

/// Whether this turn's decision was acted on, or can no longer be.
fn turned(checkout: &Checkout, turn: u64) -> bool {
    checkout.outcome.is_some() || checkout.session.as_ref().is_none_or(|session| session.turn > turn)
}

/// Why this turn's decision was refused, if it was.
fn refusal(checkout: &Checkout, turn: u64) -> Option<Problem> {
    checkout.session.as_ref()?.refusal_of(turn).map(|refusal| told(checkout, refusal))
}

fn told(checkout: &Checkout, refusal: &Refusal) -> Problem {
    answer::problem(checkout.order_id, &refusal.error, &refusal.detail)
}

/// Why the session does not do as wished.
fn unfit(id: OrderId, error: Error) -> Problem {
    let of = |code| Problem::of(code).with("orderId", id);
    match error {
        Error::Unfit(Unfit::Busy) => Problem::unavailable(Unfit::Busy),
        Error::Unfit(Unfit::BeingPaid) => {
            of(code::CHECKOUT_IN_PROGRESS).header(header::LOCATION, &answer::location(id))
        }
        Error::Unfit(Unfit::TooMany) => {
            of(code::LIMIT_REACHED).detail("Too many changes. Pay it as it is, or begin anew.")
        }
        Error::Unfit(Unfit::Changed) => Problem::of(code::PRECONDITION_FAILED),
        Error::Unfit(Unfit::Refused) => of(code::CONFLICT),
        Error::Unfit(Unfit::Cancelled) => of(code::ORDER_CANCELLED),
        Error::Unfit(Unfit::Expired) => of(code::RESERVATION_EXPIRED),
        Error::Over(checkout) => match checkout.outcome {
            Some(Outcome::Refused { error, detail }) => answer::problem(id, &error, &detail),
            _ => of(code::CONFLICT).detail("The order is placed.").header(header::LOCATION, &answer::location(id)),
        },
        Error::Lost => Problem::not_found(),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests;
