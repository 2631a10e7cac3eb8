//! What a request wants changed, and how the cart and the offers it names answer.

use std::collections::HashMap;

use rialto_kernel::{OfferId, ProductId, Quantity, Timestamp};

use super::{Cart, LineReference, Offer, OfferStatus, Sku, winner};
use crate::CartError;

/// What is put into a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// This offer.
    Offer(OfferId),
    /// The one offer that is sold under this sku.
    Sku(Sku),
    /// The product's winning offer.
    Product(ProductId),
}

/// A change of a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// So many more. Repeating it adds again.
    Add {
        /// What.
        wanted: Wanted,
        /// How many more.
        quantity: Quantity,
    },
    /// So many from now on. Repeating it changes nothing.
    Put {
        /// A line, or an offer or sku that may not be in the cart yet.
        line: LineReference,
        /// None takes the line out.
        quantity: Option<Quantity>,
    },
    /// So many of a line that is there.
    Set {
        /// Which.
        line: LineReference,
        /// None takes the line out.
        quantity: Option<Quantity>,
    },
    /// Nothing left.
    Clear,
}

impl Change {
    /// What must be looked up besides the cart's own offers.
    #[must_use]
    pub fn wanted(&self) -> Option<Wanted> {
        match self {
            Self::Add { wanted, .. } => Some(wanted.clone()),
            Self::Put { line: LineReference::Offer(id), quantity: Some(_) } => Some(Wanted::Offer(*id)),
            Self::Put { line: LineReference::Sku(sku), quantity: Some(_) } => Some(Wanted::Sku(sku.clone())),
            Self::Put { .. } | Self::Set { .. } | Self::Clear => None,
        }
    }

    /// Changes the cart. `found` are the offers that [`Change::wanted`] led to, `offers` these and those of the lines.
    ///
    /// # Errors
    /// What [`Cart::set`] refuses, and [`CartError::LineNotFound`], [`CartError::OfferNotFound`],
    /// [`CartError::AmbiguousSku`].
    pub fn apply(
        &self,
        cart: &mut Cart,
        found: &[OfferId],
        offers: &HashMap<OfferId, Offer>,
        now: Timestamp,
    ) -> Result<(), CartError> {
        let found: Vec<Offer> = found.iter().filter_map(|id| offers.get(id)).cloned().collect();
        match self {
            Self::Add { wanted, quantity } => cart.add(choose(wanted, &found)?, *quantity, now),
            Self::Put { line, quantity } => match (held(cart, line)?, quantity) {
                (Some(offer), _) => resize(cart, offer, *quantity, offers, now),
                (None, None) => cart.remove_nothing(),
                (None, Some(quantity)) => {
                    let wanted = self.wanted().ok_or(CartError::LineNotFound)?;
                    cart.set(choose(&wanted, &found)?, *quantity, now)
                }
            },
            Self::Set { line, quantity } => {
                let offer = held(cart, line)?.ok_or(CartError::LineNotFound)?;
                resize(cart, offer, *quantity, offers, now)
            }
            Self::Clear => cart.clear(),
        }
    }
}

/// The offer of the line that is meant, when it is in the cart.
fn held(cart: &Cart, line: &LineReference) -> Result<Option<OfferId>, CartError> {
    let line = match line {
        LineReference::Line(id) => cart.line(*id),
        LineReference::Offer(id) => cart.line_of(*id),
        LineReference::Sku(sku) => cart.line_by_sku(sku)?,
    };
    Ok(line.map(|line| line.offer_id))
}

fn resize(
    cart: &mut Cart,
    offer: OfferId,
    quantity: Option<Quantity>,
    offers: &HashMap<OfferId, Offer>,
    now: Timestamp,
) -> Result<(), CartError> {
    match quantity {
        None => cart.remove(offer),
        Some(quantity) => cart.set(offers.get(&offer).ok_or(CartError::OfferUnavailable(offer))?, quantity, now),
    }
}

fn choose<'a>(wanted: &Wanted, found: &'a [Offer]) -> Result<&'a Offer, CartError> {
    let any = found.first().ok_or(CartError::OfferNotFound)?;
    match wanted {
        Wanted::Offer(_) => Ok(any),
        Wanted::Product(_) => winner(found).ok_or(CartError::OfferUnavailable(any.id)),
        Wanted::Sku(sku) => {
            let mut sold = found.iter().filter(|offer| offer.status == OfferStatus::Active);
            let one = sold.next().ok_or(CartError::OfferUnavailable(any.id))?;
            if sold.next().is_some() { Err(CartError::AmbiguousSku(sku.clone())) } else { Ok(one) }
        }
    }
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
