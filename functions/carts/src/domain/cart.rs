//! A cart: lines, a version, and the checkout that holds it.

use rialto_kernel::{CartId, CartItemId, Currency, Money, OfferId, OrderId, Quantity, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Offer, OfferStatus, Sku};
use crate::CartError;

/// The most lines a cart has: a reservation of as many fits one transaction.
pub const MOST_LINES: usize = 40;

/// A quantity of one offer. A cart has one line an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// What is wanted.
    pub offer_id: OfferId,
    /// The seller's text for it, by which a request may name the line.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
    /// Price of one unit when the line was made. More of the same keeps it.
    pub price_at_add: Money,
    /// When the line was made.
    pub added_at: Timestamp,
}

/// The hold of a checkout on a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frozen {
    /// The order whose checkout holds the cart.
    pub by: OrderId,
    /// The cart's version that is being bought.
    pub version: u64,
}

/// A cart. Its version rises with each change; 0 means it was never written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cart {
    /// Follows from the owner.
    pub id: CartId,
    /// Rises with each change.
    pub version: u64,
    /// In the order of adding; at most [`MOST_LINES`].
    pub lines: Vec<Line>,
    /// Present while a checkout holds the cart: nothing can change meanwhile.
    pub frozen: Option<Frozen>,
}

impl Cart {
    /// The cart nobody has put anything into.
    #[must_use]
    pub fn empty(id: CartId) -> Self {
        Self { id, version: 0, lines: Vec::new(), frozen: None }
    }

    /// A line's id: the same offer in the same cart always has the same one.
    #[must_use]
    pub fn item_id(&self, offer: OfferId) -> CartItemId {
        CartItemId::named(&[&self.id.to_string(), &offer.to_string()])
    }

    /// The line with this id.
    #[must_use]
    pub fn line(&self, item: CartItemId) -> Option<&Line> {
        self.lines.iter().find(|line| self.item_id(line.offer_id) == item)
    }

    /// The line of this offer.
    #[must_use]
    pub fn line_of(&self, offer: OfferId) -> Option<&Line> {
        self.lines.iter().find(|line| line.offer_id == offer)
    }

    /// The line whose sku this is.
    ///
    /// # Errors
    /// [`CartError::AmbiguousSku`] when two sellers' lines share it.
    pub fn line_by_sku(&self, sku: &Sku) -> Result<Option<&Line>, CartError> {
        let mut lines = self.lines.iter().filter(|line| line.sku == *sku);
        let found = lines.next();
        if lines.next().is_some() {
            return Err(CartError::AmbiguousSku(sku.clone()));
        }
        Ok(found)
    }

    /// The one currency of the cart's lines; none while it is empty.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        self.lines.first().map(|line| line.price_at_add.currency())
    }

    /// Puts more of an offer into the cart.
    ///
    /// # Errors
    /// As [`Cart::set`], and [`CartError::QuantityTooLarge`].
    pub fn add(&mut self, offer: &Offer, quantity: Quantity, now: Timestamp) -> Result<(), CartError> {
        let wanted = match self.line_of(offer.id) {
            Some(line) => line.quantity.checked_add(quantity).map_err(|_| CartError::QuantityTooLarge)?,
            None => quantity,
        };
        self.set(offer, wanted, now)
    }

    /// Makes the line of an offer so many units, adding the line when it is not there. Wanting fewer than before is
    /// always possible; wanting more asks whether the offer is for sale and in stock.
    ///
    /// # Errors
    /// [`CartError::CheckoutInProgress`], [`CartError::OfferUnavailable`], [`CartError::OutOfStock`],
    /// [`CartError::MixedCurrencies`], [`CartError::TooManyLines`], [`CartError::QuantityTooLarge`].
    pub fn set(&mut self, offer: &Offer, quantity: Quantity, now: Timestamp) -> Result<(), CartError> {
        self.refuse_when_frozen()?;
        let held = self.line_of(offer.id).map(|line| line.quantity);
        if held == Some(quantity) {
            return Ok(());
        }
        if held.is_none_or(|held| held < quantity) {
            self.check_more(offer, quantity, held.is_none())?;
        }
        self.version += 1;
        if let Some(line) = self.lines.iter_mut().find(|line| line.offer_id == offer.id) {
            line.quantity = quantity;
            return Ok(());
        }
        self.lines.push(Line {
            offer_id: offer.id,
            sku: offer.sku.clone(),
            quantity,
            price_at_add: offer.price,
            added_at: now,
        });
        Ok(())
    }

    fn check_more(&self, offer: &Offer, quantity: Quantity, new_line: bool) -> Result<(), CartError> {
        if offer.status != OfferStatus::Active {
            return Err(CartError::OfferUnavailable(offer.id));
        }
        if self.currency().is_some_and(|currency| currency != offer.price.currency()) {
            return Err(CartError::MixedCurrencies);
        }
        if new_line && self.lines.len() >= MOST_LINES {
            return Err(CartError::TooManyLines);
        }
        if !offer.availability.covers(quantity) {
            let available = offer.availability.available().unwrap_or(0);
            return Err(CartError::OutOfStock { offer: offer.id, requested: quantity, available });
        }
        offer.price.checked_mul(quantity).map(|_| ()).map_err(|_| CartError::QuantityTooLarge)
    }

    /// Takes a line out; absent is fine.
    ///
    /// # Errors
    /// [`CartError::CheckoutInProgress`].
    pub fn remove(&mut self, offer: OfferId) -> Result<(), CartError> {
        self.refuse_when_frozen()?;
        let before = self.lines.len();
        self.lines.retain(|line| line.offer_id != offer);
        self.version += u64::from(self.lines.len() < before);
        Ok(())
    }

    /// What taking out an absent line comes to.
    ///
    /// # Errors
    /// [`CartError::CheckoutInProgress`].
    pub fn remove_nothing(&self) -> Result<(), CartError> {
        self.refuse_when_frozen()
    }

    /// Takes everything out.
    ///
    /// # Errors
    /// [`CartError::CheckoutInProgress`].
    pub fn clear(&mut self) -> Result<(), CartError> {
        self.refuse_when_frozen()?;
        self.version += u64::from(!self.lines.is_empty());
        self.lines.clear();
        Ok(())
    }

    fn refuse_when_frozen(&self) -> Result<(), CartError> {
        self.frozen.map_or(Ok(()), |frozen| Err(CartError::CheckoutInProgress(frozen.by)))
    }

    /// Gives the cart to one checkout. Repeated for the same order it changes nothing and answers the same.
    ///
    /// # Errors
    /// [`CartError::CartEmpty`], [`CartError::CheckoutInProgress`] when another order has it.
    pub fn freeze(&mut self, order: OrderId) -> Result<Frozen, CartError> {
        if let Some(frozen) = self.frozen {
            return if frozen.by == order { Ok(frozen) } else { Err(CartError::CheckoutInProgress(frozen.by)) };
        }
        if self.lines.is_empty() {
            return Err(CartError::CartEmpty);
        }
        let frozen = Frozen { by: order, version: self.version };
        self.frozen = Some(frozen);
        self.version += 1;
        Ok(frozen)
    }

    /// Ends this order's hold, if it is this order's. True when it was.
    pub fn thaw(&mut self, order: OrderId) -> bool {
        let held = self.frozen.is_some_and(|frozen| frozen.by == order);
        if held {
            self.frozen = None;
            self.version += 1;
        }
        held
    }

    /// Takes out what this order bought and ends its hold. A frozen cart cannot change, so what was bought is all
    /// that is in it. True when the hold was this order's.
    pub fn take_purchased(&mut self, order: OrderId) -> bool {
        let held = self.thaw(order);
        if held {
            self.lines.clear();
        }
        held
    }
}

#[cfg(test)]
#[path = "cart_tests.rs"]
mod tests;
