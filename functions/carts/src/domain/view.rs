//! A cart as a shopper sees it: lines with today's price and what has changed since they were added.

use std::collections::HashMap;

use rialto_kernel::{CartId, CartItemId, Currency, Money, MoneyError, OfferId, OrderId, ProductId, Quantity, SellerId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Availability, Cart, Line, Offer, OfferStatus};

/// What a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeCode {
    /// One unit costs something else than when it was added.
    PriceChanged,
    /// Fewer are left than the line wants.
    LowStock,
    /// None is left.
    OutOfStock,
    /// It is no longer sold, or not in the cart's currency.
    Unavailable,
}

/// Something about a line that the shopper should know before paying.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    /// What it is about.
    pub code: NoticeCode,
    /// Of `PRICE_CHANGED`: the price when the line was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Money>,
    /// Of `PRICE_CHANGED`: the price now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Money>,
    /// Of `LOW_STOCK`: units left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<u32>,
}

impl Notice {
    fn of(code: NoticeCode) -> Self {
        Self { code, old: None, new: None, available: None }
    }
}

/// A line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemView {
    /// The line.
    pub id: CartItemId,
    /// What is bought.
    pub offer_id: OfferId,
    /// Whose page shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// The seller's text for it.
    pub sku: String,
    /// Who sells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller_id: Option<SellerId>,
    /// The product's title.
    pub title: String,
    /// Address of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// How many.
    pub quantity: Quantity,
    /// Price of one unit when the line was made.
    pub price_at_add: Money,
    /// Price of one unit now.
    pub price: Money,
    /// Price of the line now.
    pub line_total: Money,
    /// How much is left.
    pub availability: Availability,
    /// What has changed since the line was made.
    pub notices: Vec<Notice>,
}

/// A cart with today's prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CartView {
    /// What `cartId` of a checkout names.
    pub id: CartId,
    /// Rises with each change.
    pub version: u64,
    /// In the order of adding.
    pub items: Vec<ItemView>,
    /// Sum of the lines that can be bought in the cart's currency, at today's prices.
    pub subtotal: Money,
    /// Units in the cart.
    pub item_count: u32,
    /// The order whose checkout holds the cart: it cannot change until that ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkout_order_id: Option<OrderId>,
    /// A new guest's secret, given once: send it as `Cart-Token` or keep the cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cart_token: Option<String>,
}

impl CartView {
    /// Joins a cart with what is known of its offers.
    #[must_use]
    pub fn of(cart: &Cart, offers: &HashMap<OfferId, Offer>) -> Self {
        let currency = cart.currency().unwrap_or(Currency::USD);
        let items: Vec<ItemView> = cart.lines.iter().map(|line| item(cart, line, offers.get(&line.offer_id))).collect();
        let bought = items.iter().filter(|item| item.notices.iter().all(|n| n.code != NoticeCode::Unavailable));
        Self {
            id: cart.id,
            version: cart.version,
            subtotal: or_most(Money::sum(currency, bought.map(|item| item.line_total)), currency),
            item_count: cart.lines.iter().map(|line| line.quantity.get()).sum(),
            items,
            checkout_order_id: cart.frozen.map(|frozen| frozen.by),
            cart_token: None,
        }
    }
}

/// A price may rise beyond what a total can hold after the line was made. The cart must still show, so that the line
/// can be taken out; checkout, which computes its own totals, refuses it.
fn or_most(total: Result<Money, MoneyError>, currency: Currency) -> Money {
    total.unwrap_or(Money::new(i64::MAX, currency))
}

fn item(cart: &Cart, line: &Line, offer: Option<&Offer>) -> ItemView {
    let price = offer.map_or(line.price_at_add, |offer| offer.price);
    ItemView {
        id: cart.item_id(line.offer_id),
        offer_id: line.offer_id,
        product_id: offer.map(|offer| offer.product_id),
        sku: line.sku.to_string(),
        seller_id: offer.map(|offer| offer.seller_id),
        title: offer.map_or_else(|| line.sku.to_string(), |offer| offer.title.clone()),
        image: offer.and_then(|offer| offer.image.clone()),
        quantity: line.quantity,
        price_at_add: line.price_at_add,
        price,
        line_total: or_most(price.checked_mul(line.quantity), price.currency()),
        availability: offer.map_or(Availability::OutOfStock, |offer| offer.availability),
        notices: notices(cart, line, offer),
    }
}

fn notices(cart: &Cart, line: &Line, offer: Option<&Offer>) -> Vec<Notice> {
    let sold = |offer: &&Offer| offer.status == OfferStatus::Active && Some(offer.price.currency()) == cart.currency();
    let Some(offer) = offer.filter(sold) else {
        return vec![Notice::of(NoticeCode::Unavailable)];
    };
    let mut notices = Vec::new();
    if offer.price != line.price_at_add {
        notices.push(Notice {
            old: Some(line.price_at_add),
            new: Some(offer.price),
            ..Notice::of(NoticeCode::PriceChanged)
        });
    }
    match offer.availability {
        Availability::OutOfStock | Availability::Low { available: 0 } => {
            notices.push(Notice::of(NoticeCode::OutOfStock))
        }
        Availability::Low { available } if available < line.quantity.get() => {
            notices.push(Notice { available: Some(available), ..Notice::of(NoticeCode::LowStock) });
        }
        Availability::Low { .. } | Availability::InStock => {}
    }
    notices
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
