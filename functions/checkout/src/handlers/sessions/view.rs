//! A session as its shopper sees it.

use rialto_kernel::{
    Address, CartId, LineCharges, Money, OfferId, OrderId, OrderLine, ProductId, Quantity, SellerId, Timestamp,
    VariantId,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{Outcome, Phase, Quote, Session, ShippingOption},
    store::Checkout,
};

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SessionStatus {
    /// It is being priced and reserved.
    Opening,
    /// It can be changed and paid.
    Open,
    /// It is being changed.
    Changing,
    /// It is being paid.
    Paying,
    /// The order is placed.
    Confirmed,
    /// It was not paid, or failed on our side; the order says why.
    Failed,
    /// It was given up.
    Cancelled,
    /// Its time ran out.
    Expired,
}

/// A checkout in two steps. Lines, totals and its end are there once it is open.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CheckoutSession)]
pub struct SessionView {
    /// The session, which is also the order's id.
    pub id: OrderId,
    /// Where it stands.
    pub status: SessionStatus,
    /// The cart that is bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<CartId>,
    /// What is bought.
    pub lines: Vec<SessionLine>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totals: Option<SessionTotals>,
    /// Where it goes; shipping and tax are not known before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// How it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_option: Option<ShippingOption>,
    /// Until when it can be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// A line of a session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionLine {
    /// What is bought.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// Its variant.
    pub variant_id: VariantId,
    /// From whom.
    pub seller_id: SellerId,
    /// The seller's own text for it.
    pub sku: String,
    /// The product's title.
    pub title: String,
    /// Address of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// How many.
    pub quantity: Quantity,
    /// Price of one unit.
    pub unit_price: Money,
    /// Taken off the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<Money>,
    /// Its share of the shipping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Money>,
    /// On top of its price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax: Option<Money>,
    /// What is paid for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
}

/// `total = subtotal - discount + shipping + tax`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionTotals {
    /// Sum of the lines.
    pub subtotal: Money,
    /// What is taken off.
    pub discount: Money,
    /// For sending it.
    pub shipping: Money,
    /// On top of the prices.
    pub tax: Money,
    /// Within the prices: no part of the sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_included: Option<Money>,
    /// To be paid.
    pub total: Money,
}

impl SessionView {
    /// The view of a checkout's session.
    #[must_use]
    pub fn of(checkout: &Checkout, session: &Session) -> Self {
        let quote = session.quote.as_ref();
        Self {
            id: checkout.order_id,
            status: status(checkout.outcome.as_ref(), session.phase),
            cart_id: checkout.cart_id,
            lines: quote.map(|quote| quote.lines.iter().map(line).collect()).unwrap_or_default(),
            totals: quote.map(totals),
            shipping_address: quote.and_then(|quote| quote.shipping_address.clone()),
            shipping_option: quote.map(|quote| quote.shipping_option),
            expires_at: session.expires_at,
        }
    }
}

fn status(outcome: Option<&Outcome>, phase: Phase) -> SessionStatus {
    match (outcome, phase) {
        (Some(Outcome::Confirmed { .. }), _) => SessionStatus::Confirmed,
        (_, Phase::Cancelled) => SessionStatus::Cancelled,
        (_, Phase::Expired) => SessionStatus::Expired,
        (Some(Outcome::Refused { error, .. }), _) if error == "ReservationExpired" => SessionStatus::Expired,
        (Some(Outcome::Refused { .. }), _) => SessionStatus::Failed,
        (None, Phase::Opening) => SessionStatus::Opening,
        (None, Phase::Open) => SessionStatus::Open,
        (None, Phase::Changing) => SessionStatus::Changing,
        (None, Phase::Paying) => SessionStatus::Paying,
    }
}

fn line(line: &OrderLine) -> SessionLine {
    let of = |part: fn(&LineCharges) -> Money| line.charges.as_ref().map(part);
    SessionLine {
        offer_id: line.offer_id,
        product_id: line.product_id,
        variant_id: line.variant_id,
        seller_id: line.seller_id,
        sku: line.sku.clone(),
        title: line.title.clone(),
        image: line.image.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        discount: of(|charges| charges.discount),
        shipping: of(|charges| charges.shipping),
        tax: of(|charges| charges.tax),
        total: of(|charges| charges.total),
    }
}

fn totals(quote: &Quote) -> SessionTotals {
    let totals = quote.totals;
    SessionTotals {
        subtotal: totals.subtotal,
        discount: totals.discount,
        shipping: totals.shipping,
        tax: totals.tax,
        tax_included: totals.tax_included,
        total: totals.total,
    }
}
