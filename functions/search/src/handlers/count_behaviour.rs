//! Counts what visitors did, and what they bought.

use std::collections::BTreeMap;

use rialto_dynamo::Error as TableError;
use rialto_events::{Envelope, MalformedEvent, types::OrderConfirmed};
use rialto_kernel::{ProductId, SignedDuration, Timestamp, UserId};
use rialto_lambda::{Context, InitError, Message};
use thiserror::Error;

use super::record_events::EventBatch;
use crate::{
    BEHAVIOUR_TABLE,
    behaviour_store::{BehaviourStore, Counted, LATE_DAYS, LastClick, Source},
    domain::{
        Day,
        behaviour::{Noted, Sale, effects, of_sale},
    },
};

/// A product that is bought so long after a click was found by its query.
const FOUND_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// Events of one batch have one time: their places tell them apart.
const PLACES: i64 = 100;

/// What counting needs.
#[derive(Debug, Clone)]
pub struct BehaviourCounter {
    store: BehaviourStore,
    clock: fn() -> Timestamp,
}

/// Why something could not be counted; the message comes again.
#[derive(Debug, Error)]
pub enum CountError {
    /// The table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The message is none of ours.
    #[error("the message is no batch of events")]
    Unreadable(#[from] serde_json::Error),
    /// The message is no event.
    #[error(transparent)]
    Malformed(#[from] MalformedEvent),
}

impl BehaviourCounter {
    /// # Errors
    /// When a setting is missing.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        Ok(Self::over(BehaviourStore::new(context.table(BEHAVIOUR_TABLE)?), rialto_lambda::now))
    }

    /// Over this store, with this clock.
    #[must_use]
    pub fn over(store: BehaviourStore, clock: fn() -> Timestamp) -> Self {
        Self { store, clock }
    }
}

/// Counts a batch of events. What was counted before, of this delivery or of any other, is left out; so is what comes more
/// than two days late, as the marks that tell so may be gone.
///
/// # Errors
/// When the message cannot be read or the table fails; done again, it counts what is missing.
pub async fn count_behaviour(counter: &BehaviourCounter, message: Message) -> Result<(), CountError> {
    let EventBatch { day, at, actor, shopper, events } = message.json()?;
    if Day::of((counter.clock)()).since(day) > LATE_DAYS {
        tracing::warn!(message.id, events.day = %day, "events are too late to be counted");
        return Ok(());
    }
    let source = Source::actor(day, &actor);
    let (mut new, mut left_out) = (0_u32, 0_u32);
    for (place, event) in (0_i64..).zip(&events) {
        match counter.store.count(&source, &effects(day, event)).await? {
            Counted::Now => new = new.saturating_add(1),
            Counted::Before => {}
            Counted::TooMuch => {
                left_out = left_out.saturating_add(1);
                continue;
            }
        }
        if let (true, Noted::Click { query, product_id, .. }) = (shopper, event) {
            let at = at.saturating_mul(PLACES).saturating_add(place);
            let click = LastClick { query: query.clone(), at };
            counter.store.remember(day, &actor, *product_id, &click).await?;
        }
    }
    tracing::info!(events.new = new, events.left_out = left_out, "events counted");
    Ok(())
}

/// Counts an order's products, each once however often the news come.
///
/// # Errors
/// When the message cannot be read or the table fails; done again, it counts what is missing.
pub async fn count_sales(counter: &BehaviourCounter, message: Message) -> Result<(), CountError> {
    let event = Envelope::from_delivery(&message.body)?;
    let Some(order) = event.read::<OrderConfirmed>()? else {
        tracing::warn!(message.id, "event says nothing of sales");
        return Ok(());
    };
    let day = Day::of(event.time);
    let source = Source::order(day, order.order_id);
    let mut bought: BTreeMap<ProductId, u64> = BTreeMap::new();
    for line in &order.lines {
        let units = bought.entry(line.product_id).or_default();
        *units = units.saturating_add(line.quantity.get().into());
    }
    for (product_id, units) in bought {
        let found_by = counter.found_by(order.shopper_id, product_id, event.time).await?;
        let sale = Sale { order_id: order.order_id, product_id, units, day, found_by };
        counter.store.count(&source, &[of_sale(&sale)]).await?;
    }
    Ok(())
}

impl BehaviourCounter {
    /// By which query the buyer had found the product within a day before, and on which day.
    async fn found_by(
        &self,
        buyer: UserId,
        product: ProductId,
        bought_at: Timestamp,
    ) -> Result<Option<(String, Day)>, CountError> {
        let bought = bought_at.as_millisecond();
        let earliest = bought_at.as_millisecond().saturating_sub(FOUND_WITHIN.as_millis().try_into().unwrap_or(0));
        for day in [0, 1].map(|days| Day::of(bought_at).before(days)) {
            let Some(salt) = self.store.salt(day).await? else { continue };
            if let Some(click) = self.store.last_click(day, &salt.shopper(buyer), product).await? {
                let clicked = click.at.div_euclid(PLACES);
                if (earliest..=bought).contains(&clicked) {
                    return Ok(Some((click.query, day)));
                }
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
#[path = "count_behaviour_tests.rs"]
mod tests;
