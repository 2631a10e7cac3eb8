//! Carts and what surrounds their changes.

use std::collections::HashMap;

use rialto_dynamo::{Check, Delete, Key, Put, Read, Write, cond};
use rialto_kernel::{CartId, EventId, OfferId, OrderId, SignedDuration, Timestamp};
use serde::Serialize;

use super::{Store, added_key, cart_key, closed_key, offer_key, product_key, rows::CartRow, rows::Row, sku_key};
use crate::{
    CartError,
    domain::{Cart, Offer, Wanted},
};

/// Longer than an idempotency key, whose request may add again, is kept.
const NOTES_LIVE: SignedDuration = SignedDuration::from_hours(25);
const ENDS_LIVE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// More sellers than this under one sku are not told apart: it is ambiguous long before.
const MOST_FOUND: usize = 100;

/// A cart and what a request on it needs to know.
#[derive(Debug)]
pub struct Opened {
    /// The cart, empty when there was none.
    pub cart: Cart,
    /// The offers that the request's words lead to.
    pub found: Vec<OfferId>,
    /// Offers read already.
    pub offers: HashMap<OfferId, Offer>,
    /// Whether this adding has been done.
    pub added: bool,
}

impl Store {
    /// The cart at `now`.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn cart(&self, id: CartId, now: Timestamp) -> Result<Cart, CartError> {
        let row: Option<CartRow> = self.table.get(&cart_key(id), Read::Strong).await?;
        Ok(row.map_or_else(|| Cart::empty(id), |row| row.cart(id, now)))
    }

    /// The cart with what the request names, and whether its adding is done already: one batch.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn open(
        &self,
        id: CartId,
        wanted: Option<&Wanted>,
        adding: Option<EventId>,
        now: Timestamp,
    ) -> Result<Opened, CartError> {
        let mut keys = vec![cart_key(id)];
        keys.extend(wanted.map(|wanted| match wanted {
            Wanted::Offer(offer) => offer_key(*offer),
            Wanted::Sku(sku) => sku_key(sku),
            Wanted::Product(product) => product_key(*product),
        }));
        keys.extend(adding.map(added_key));
        let mut opened = Opened { cart: Cart::empty(id), found: Vec::new(), offers: HashMap::new(), added: false };
        for row in self.table.batch_get(&keys, Read::Strong).await? {
            match row {
                Row::Cart(row) => opened.cart = row.cart(id, now),
                Row::Offers(row) => opened.found = row.offers.into_iter().take(MOST_FOUND).collect(),
                Row::Added => opened.added = true,
                Row::Closed => {}
                Row::Offer(row) => {
                    if let Some(offer) = row.offer() {
                        opened.found = vec![offer.id];
                        opened.offers.insert(offer.id, offer);
                    }
                }
            }
        }
        Ok(opened)
    }

    /// The cart, and whether this order is already done with it.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn cart_for_checkout(
        &self,
        id: CartId,
        order: OrderId,
        now: Timestamp,
    ) -> Result<(Cart, bool), CartError> {
        let mut found = (Cart::empty(id), false);
        for row in self.table.batch_get(&[cart_key(id), closed_key(order)], Read::Strong).await? {
            match row {
                Row::Cart(row) => found.0 = row.cart(id, now),
                Row::Closed => found.1 = true,
                Row::Offer(_) | Row::Offers(_) | Row::Added => {}
            }
        }
        Ok(found)
    }

    /// Adds to `known` the offers of these ids that are not in it. No operation when all are.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn add_offers(
        &self,
        known: &mut HashMap<OfferId, Offer>,
        ids: impl IntoIterator<Item = OfferId>,
    ) -> Result<(), CartError> {
        let keys: Vec<Key> = ids.into_iter().filter(|id| !known.contains_key(id)).map(offer_key).collect();
        if keys.is_empty() {
            return Ok(());
        }
        for row in self.table.batch_get(&keys, Read::Eventual).await? {
            if let Row::Offer(row) = row
                && let Some(offer) = row.offer()
            {
                known.insert(offer.id, offer);
            }
        }
        Ok(())
    }

    /// Writes the cart if it is still at the version `was`, with what belongs to the same change. False when another
    /// request was first, on the cart or on what belongs to it: read again.
    ///
    /// # Errors
    /// When the table fails; the change may have been made.
    pub async fn save(
        &self,
        cart: &Cart,
        was: u64,
        expires: Timestamp,
        with: impl IntoIterator<Item = Write>,
    ) -> Result<bool, CartError> {
        let unchanged = if was == 0 { cond::absent("pk") } else { cond::eq("version", was) };
        let put = Put::new(&cart_key(cart.id), &CartRow::of(cart, expires.as_second()))?.when(unchanged);
        let writes = std::iter::once(Write::from(put)).chain(with).collect();
        match self.table.transact(writes).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a cart that no checkout holds. True when there was one.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn remove_cart(&self, id: CartId) -> Result<bool, CartError> {
        let free = cond::all([cond::exists("pk"), cond::absent("frozenBy")]);
        match self.table.delete(Delete::of(cart_key(id)).when(free)).await {
            Ok(()) => Ok(true),
            Err(error) if error.condition_failed() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The write that notes an adding as done, unless it is.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn noting(&self, adding: EventId, now: Timestamp) -> Result<Write, CartError> {
        let note = Note { ttl: (now + NOTES_LIVE).as_second() };
        Ok(Put::new(&added_key(adding), &note)?.when(cond::absent("pk")).into())
    }

    /// The condition that this order is not done with the cart, for the transaction of a freeze.
    #[must_use]
    pub fn still_open(&self, order: OrderId) -> Write {
        Check::of(closed_key(order), cond::absent("pk")).into()
    }

    /// Notes that this order is done with its cart: from now on it cannot freeze it. Repeating it is fine.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn close(&self, order: OrderId, now: Timestamp) -> Result<(), CartError> {
        let end = Note { ttl: (now + ENDS_LIVE).as_second() };
        Ok(self.table.put(Put::new(&closed_key(order), &end)?).await?)
    }
}

#[derive(Serialize)]
struct Note {
    ttl: i64,
}
