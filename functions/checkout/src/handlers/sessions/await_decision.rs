//! `checkout-await-decision`: leaves the token that wakes the workflow where whoever decides will find it.

use rialto_kernel::OrderId;
use rialto_lambda::{Context, InitError, now};
use serde::Deserialize;

use crate::{
    domain::{Phase, Wish},
    error::Error,
    store::Checkouts,
    workflow::Workflow,
};

/// What the step works with.
#[derive(Debug)]
pub struct Bedside {
    /// The checkouts.
    pub checkouts: Checkouts,
    /// The workflow.
    pub workflow: Workflow,
}

impl Bedside {
    /// Reads `CHECKOUT_TABLE` and `CHECKOUT_MACHINE_ARN`.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn of(context: &Context) -> Result<Self, InitError> {
        Ok(Self { checkouts: Checkouts::new(context.table("CHECKOUT_TABLE")?), workflow: Workflow::new(context)? })
    }
}

/// The step's input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwaitDecision {
    /// The order.
    pub order_id: OrderId,
    /// In which turn it sleeps.
    pub turn: u64,
    /// What wakes the workflow.
    pub token: String,
}

/// Whoever decides after this wakes the workflow; of what was decided before, this does it. A sleep that is told when its turn
/// is over changes nothing.
///
/// # Errors
/// When the database or Step Functions does not answer. The workflow then looks by itself.
pub async fn await_decision(bedside: &Bedside, input: AwaitDecision) -> Result<(), Error> {
    let AwaitDecision { order_id, turn, token } = input;
    let checkout = bedside.checkouts.wish(order_id, Wish::Sleep { turn, token: token.clone() }, now()).await?;
    if checkout.session.is_some_and(|session| session.phase != Phase::Open) {
        bedside.workflow.wake(&token).await?;
    }
    Ok(())
}
