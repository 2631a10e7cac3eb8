//! A session as its shopper sees it.

use rialto_kernel::{
    Address, CartId, LineCharges, Money, OfferId, OrderId, OrderLine, ProductId, Quantity, SellerId, Timestamp,
    VariantId,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    domain::{NextAction, Outcome, Phase, Quote, Refusal, Session, ShippingOption},
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
    /// What the shopper has to do for the payment to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_action: Option<NextAction>,
    /// Payments that could not be tried, oldest first.
    #[schema(max_items = 20)]
    pub attempts: Vec<SessionAttempt>,
    /// Why it ended without being bought, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "PAYMENT_DECLINED")]
    pub reason: Option<String>,
}

/// A payment that could not be tried: nothing was asked of the gateway, and the session was open again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionAttempt {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Why, as a code.
    #[schema(example = "PRICE_CHANGED")]
    pub reason: String,
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
            next_action: checkout.next_action.clone().filter(|_| checkout.outcome.is_none()),
            attempts: session.refusals.iter().filter(|refusal| refusal.by.is_some()).map(attempt).collect(),
            reason: match &checkout.outcome {
                Some(Outcome::Refused { error, detail }) => Some(reason(error, detail)),
                _ => None,
            },
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

fn attempt(refusal: &Refusal) -> SessionAttempt {
    SessionAttempt { at: refusal.at, reason: reason(&refusal.error, &refusal.detail) }
}

/// The gateway's word where it gave one, else the refusal's own.
fn reason(error: &str, detail: &Value) -> String {
    let said = detail.get("reason").and_then(Value::as_str);
    said.unwrap_or(match error {
        "PriceChanged" => "PRICE_CHANGED",
        "AddressNotFound" => "ADDRESS_NOT_FOUND",
        "PaymentMethodNotFound" => "PAYMENT_METHOD_NOT_FOUND",
        "NotShipped" => "NOT_SHIPPED",
        "OutOfStock" => "OUT_OF_STOCK",
        "OfferUnavailable" => "OFFER_UNAVAILABLE",
        "SessionCancelled" => "GIVEN_UP",
        "SessionExpired" => "SESSION_EXPIRED",
        "ReservationExpired" => "RESERVATION_EXPIRED",
        "PaymentDeclined" => "PAYMENT_DECLINED",
        "PaymentAmountDiffers" => "PAYMENT_AMOUNT_DIFFERS",
        "PaymentOutcomeUnknown" | "PaymentActionRequired" | "PaymentPending" => "PAYMENT_TIMEOUT",
        "CaptureRefused" => "CAPTURE_REFUSED",
        "CartEmpty" => "CART_EMPTY",
        "CartNotFound" => "CART_NOT_FOUND",
        "CheckoutInProgress" => "CHECKOUT_IN_PROGRESS",
        "MixedCurrencies" => "MIXED_CURRENCIES",
        "AmountTooLarge" => "AMOUNT_TOO_LARGE",
        _ => "INTERRUPTED",
    })
    .to_owned()
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
