//! Requests, steps and messages to the domain and back.

pub mod add_item;
pub mod clear_cart;
pub mod clear_purchased;
pub mod freeze_cart;
pub mod person;
pub mod project_offer;
pub mod put_item;
pub mod remove_item;
pub mod set_item;
pub mod show_cart;
pub mod thaw_cart;

mod changing;
mod problem;
mod visitor;

use std::time::Duration;

const LONGEST_PAUSE_MILLIS: u64 = 30;

/// Waits a random while before another try at a cart that someone else changed; not before the first.
async fn pause(attempt: u64) {
    if attempt > 0 {
        let longest = LONGEST_PAUSE_MILLIS.min(attempt * 5);
        tokio::time::sleep(Duration::from_millis(rialto_lambda::up_to(longest))).await;
    }
}

#[cfg(test)]
mod tests;
