//! An order as its shopper sees it.

use rialto_kernel::{
    Address, Destination, Money, MoneyError, OfferId, OrderId, OrderLine, PaymentId, ProductId, Quantity, SellerId,
    Timestamp, VariantId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Moment, Order, Status};

/// Where the payment of an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Under way.
    Pending,
    /// Taken.
    Captured,
    /// Refused.
    Failed,
    /// Given up, or given back.
    Voided,
}

/// How an order is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentView {
    /// Where it stands.
    pub status: PaymentStatus,
    /// The payment method.
    #[schema(example = "pm_sandbox_approved")]
    pub method: String,
    /// The payment, which operators can look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<PaymentId>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineView {
    /// What was bought.
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
    /// Price of the line.
    pub line_total: Money,
}

/// An order. Sums, payment and address are there once it is priced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderView {
    /// The order.
    pub id: OrderId,
    /// Rises with each event.
    pub version: u64,
    /// Where it stands.
    pub status: Status,
    /// Why it ended without being bought, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "OUT_OF_STOCK")]
    pub reason: Option<String>,
    /// What the reason is about, such as `items` with what is left of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub reason_detail: Option<Value>,
    /// What is bought.
    pub items: Vec<LineView>,
    /// Sum of the lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtotal: Option<Money>,
    /// What is taken off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<Money>,
    /// For sending it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Money>,
    /// On top of the prices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax: Option<Money>,
    /// To be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// How it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentView>,
    /// Where it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// Where it went, when the shopper has been erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<Destination>,
    /// When it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
    /// What happened, oldest first.
    pub timeline: Vec<Moment>,
}

impl OrderView {
    /// The view of an order.
    ///
    /// # Errors
    /// When a line's total is beyond what an amount can hold, which pricing refuses.
    pub fn of(order: &Order) -> Result<Self, MoneyError> {
        Ok(Self {
            id: order.id,
            version: order.version,
            status: order.status,
            reason: order.failure.as_ref().map(|failure| failure.reason.clone()),
            reason_detail: order.failure.as_ref().and_then(|failure| failure.detail.clone()),
            items: order.lines.iter().map(line).collect::<Result<_, _>>()?,
            subtotal: order.totals.map(|totals| totals.subtotal),
            discount: order.totals.map(|totals| totals.discount),
            shipping: order.totals.map(|totals| totals.shipping),
            tax: order.totals.map(|totals| totals.tax),
            total: order.totals.map(|totals| totals.total),
            payment: payment(order),
            shipping_address: order.shipping_address.clone(),
            destination: order.destination.clone(),
            created_at: order.timeline.first().map(|moment| moment.at),
            timeline: order.timeline.clone(),
        })
    }
}

fn line(line: &OrderLine) -> Result<LineView, MoneyError> {
    Ok(LineView {
        offer_id: line.offer_id,
        product_id: line.product_id,
        variant_id: line.variant_id,
        seller_id: line.seller_id,
        sku: line.sku.clone(),
        title: line.title.clone(),
        image: line.image.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        line_total: line.unit_price.checked_mul(line.quantity)?,
    })
}

fn payment(order: &Order) -> Option<PaymentView> {
    let status = match order.status {
        Status::Created | Status::PaymentPending => PaymentStatus::Pending,
        Status::Confirmed => PaymentStatus::Captured,
        Status::PaymentFailed => PaymentStatus::Failed,
        Status::Cancelled | Status::Expired => PaymentStatus::Voided,
    };
    order.payment_method_id.clone().map(|method| PaymentView { status, method, id: order.payment_id })
}
