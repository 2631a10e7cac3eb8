//! The way every command goes: read, decide, write if nobody was first, else again.

use std::time::Duration;

use rialto_kernel::OrderId;

use crate::{
    OrderError,
    domain::{Command, Order, apply, decide},
    store::Store,
};

const ATTEMPTS: u64 = 10;
const LONGEST_PAUSE_MILLIS: u64 = 50;

/// Carries out a command, and answers with the order as it is then.
pub(super) async fn carry_out(store: &Store, id: OrderId, command: &Command) -> Result<Order, OrderError> {
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            tokio::time::sleep(Duration::from_millis(rialto_lambda::up_to(LONGEST_PAUSE_MILLIS))).await;
        }
        let before = store.order(id).await?;
        let events = decide(before.as_ref(), command)?;
        let now = rialto_lambda::now();
        let after = events.iter().try_fold(before, |order, event| apply(id, order, event, now).map(Some)).flatten();
        let mut after = after.ok_or_else(|| OrderError::data("an event does not fit the order"))?;
        if events.is_empty() {
            return Ok(after);
        }
        if let Command::AwaitPayment(bill) = command {
            after.shipping_address.clone_from(&bill.shipping_address);
        }
        if store.record(&after, &events, now).await? {
            return Ok(after);
        }
    }
    Err(OrderError::Busy)
}

#[cfg(test)]
#[path = "carry_out_tests.rs"]
mod tests;
