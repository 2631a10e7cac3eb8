//! The events of Rialto. Each carries the full state that its consumers keep, so none has to ask back.
//! No event carries a name, an address, an e-mail or a payment token.

use rialto_kernel::{
    CartId, Money, MovementId, OfferId, OrderId, PaymentId, ProductId, Quantity, RefundId, SellerId, UserId,
    WarehouseId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Event;

mod people;
mod products;

pub use people::{PersonErased, PersonErasureRequested, PersonExportRequested};
pub use products::{CategoryMoved, ItemListed, ProductChanged, ProductStatus, VariantData};

macro_rules! events {
    ($($source:literal: $($name:ident)+;)*) => {
        $($(impl Event for $name {
            const TYPE: &'static str = concat!(stringify!($name), ".v1");
            const SOURCE: &'static str = $source;
        })+)*

        /// Every type of event with the JSON Schema of its envelope.
        #[must_use]
        pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
            vec![$($((<$name as Event>::TYPE, schema_of::<$name>())),+),*]
        }
    };
}

events! {
    "rialto.catalog": ProductChanged ItemListed CategoryMoved;
    "rialto.identity": UserRegistered EmailVerificationRequested PasswordResetRequested GuestLoggedIn PersonExportRequested
        PersonErasureRequested PersonErased;
    "rialto.inventory": StockMoved AvailabilityChanged StockLow StockDepleted StockReplenished StockDiscrepancyFound;
    "rialto.orders": OrderCreated OrderPaymentPending OrderConfirmed OrderPaymentFailed OrderCancelled OrderExpired;
    "rialto.payments": PaymentAuthorised PaymentCaptured PaymentFailed PaymentVoided PaymentRefunded;
}

fn schema_of<E: Event>() -> schemars::Schema {
    let mut generator = schemars::SchemaGenerator::default();
    let mut schema = generator.root_schema_for::<crate::Envelope>();
    let data = generator.subschema_for::<E>();
    let definitions = generator.take_definitions(true);
    schema.insert("$defs".to_owned(), definitions.into());
    if let Some(properties) = schema.get_mut("properties").and_then(serde_json::Value::as_object_mut) {
        properties.insert("type".to_owned(), serde_json::json!({ "const": E::TYPE }));
        properties.insert("source".to_owned(), serde_json::json!({ "const": E::SOURCE }));
        properties.insert("data".to_owned(), data.into());
    }
    schema.insert("title".to_owned(), E::TYPE.into());
    schema
}

/// A person made an account. `version` is 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserRegistered {
    /// The account.
    pub user_id: UserId,
}

/// A person wants the mail that verifies their e-mail once more. `version` is the time in epoch milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EmailVerificationRequested {
    /// The account.
    pub user_id: UserId,
}

/// Somebody asked for a new password for an account. `version` is the time in epoch milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordResetRequested {
    /// The account.
    pub user_id: UserId,
}

/// A guest with a cart token logged in. The subject is the login session, `version` is 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GuestLoggedIn {
    /// Who it turned out to be.
    pub user_id: UserId,
    /// The cart under the guest's token. Only who was given the token can name it; it need not be there any more.
    pub cart_id: CartId,
}

/// A movement was written to the stock ledger. `version` is 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StockMoved {
    /// The movement.
    pub movement_id: MovementId,
    /// The offer whose stock moved.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Units that came or went.
    pub delta_on_hand: i64,
    /// Units that were set aside or freed.
    pub delta_reserved: i64,
    /// Such as `received`, `adjusted`, `counted`, `dispatched`, `arrived`, `reserved`, `confirmed`, `released`.
    pub reason: String,
}

/// How much of an offer can be bought, by band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AvailabilityStatus {
    /// More than 10.
    InStock,
    /// From 1 to 10; the number is told.
    Low,
    /// None.
    OutOfStock,
}

/// An offer's availability entered another band. `version` is the sum of its stock rows' versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AvailabilityChanged {
    /// The offer.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// Who sells it.
    pub seller_id: SellerId,
    /// The seller's own text for it.
    pub sku: String,
    /// The band.
    pub status: AvailabilityStatus,
    /// Units, when the band is `low`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<u32>,
}

macro_rules! stock_alerts {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name {
            /// The offer.
            pub offer_id: OfferId,
            /// Its product.
            pub product_id: ProductId,
            /// Who sells it.
            pub seller_id: SellerId,
            /// The seller's own text for it.
            pub sku: String,
            /// Units that can be bought, over all warehouses.
            pub available: u64,
            /// At which number of units the stock counts as low; absent where the seller set none.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub threshold: Option<u32>,
        }
    )*};
}

stock_alerts! {
    /// An offer fell to its threshold or below, but not to nothing; told once until it rises above. `version` counts the
    /// changes of the offer's availability row, for these three events alike.
    StockLow;
    /// Nothing of an offer is left; told once until something is.
    StockDepleted;
    /// An offer rose above its threshold, or from nothing to something (then it may still be at or below the threshold).
    StockReplenished;
}

/// The stock of an offer in a warehouse is not the sum of its ledger. `version` counts the
/// changes of the finding; the subject is `<offer>/<warehouse>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StockDiscrepancyFound {
    /// The offer.
    pub offer_id: OfferId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// Units in the warehouse, as the stock row says.
    pub on_hand: i64,
    /// Units set aside, as the stock row says.
    pub reserved: i64,
    /// Movements of the stock row, as it counts them.
    pub movements: u64,
    /// Units in the warehouse, as the ledger sums up.
    pub ledger_on_hand: i64,
    /// Units set aside, as the ledger sums up.
    pub ledger_reserved: i64,
    /// Movements in the ledger.
    pub ledger_movements: u64,
}

/// A line of an order, as far as others need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderLineData {
    /// What was bought.
    pub offer_id: OfferId,
    /// Its product.
    pub product_id: ProductId,
    /// From whom.
    pub seller_id: SellerId,
    /// The seller's own text for it.
    pub sku: String,
    /// How many.
    pub quantity: Quantity,
    /// Price of one unit.
    pub unit_price: Money,
}

/// An order exists; nothing is promised yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderCreated {
    /// The order.
    pub order_id: OrderId,
    /// Who buys.
    pub shopper_id: UserId,
    /// From which cart.
    pub cart_id: CartId,
}

/// An order is priced and its stock reserved; payment begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderPaymentPending {
    /// The order.
    pub order_id: OrderId,
    /// Who buys.
    pub shopper_id: UserId,
    /// What is bought.
    pub lines: Vec<OrderLineData>,
    /// What is to be paid.
    pub total: Money,
}

/// An order is paid and its stock taken: the point of no return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderConfirmed {
    /// The order.
    pub order_id: OrderId,
    /// Who bought.
    pub shopper_id: UserId,
    /// What was bought.
    pub lines: Vec<OrderLineData>,
    /// What was paid.
    pub total: Money,
}

macro_rules! order_endings {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name {
            /// The order.
            pub order_id: OrderId,
            /// Who wanted to buy.
            pub shopper_id: UserId,
            /// Why, as a code such as `OUT_OF_STOCK`.
            pub reason: String,
        }
    )*};
}

order_endings! {
    /// An order ended because it was not paid.
    OrderPaymentFailed;
    /// An order ended before payment.
    OrderCancelled;
    /// An order ended because its reservation ran out first.
    OrderExpired;
}

macro_rules! payment_events {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name {
            /// The payment.
            pub payment_id: PaymentId,
            /// What it pays for.
            pub order_id: OrderId,
            /// How much.
            pub amount: Money,
            /// Why, as a code, where there is something to explain.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub reason: Option<String>,
        }
    )*};
}

payment_events! {
    /// The gateway set the amount aside.
    PaymentAuthorised;
    /// The gateway took the amount.
    PaymentCaptured;
    /// The gateway refused for certain.
    PaymentFailed;
    /// An authorisation was given up, or a captured amount given back.
    PaymentVoided;
}

/// What of a refund is for one line of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefundedLine {
    /// The line's offer.
    pub offer_id: OfferId,
    /// How much of the refund is for it.
    pub amount: Money,
}

/// The gateway gave a captured amount back, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PaymentRefunded {
    /// The payment.
    pub payment_id: PaymentId,
    /// What it paid for.
    pub order_id: OrderId,
    /// The refund.
    pub refund_id: RefundId,
    /// How much was given back now.
    pub amount: Money,
    /// For which lines; none where the refund is not by line.
    pub lines: Vec<RefundedLine>,
    /// How much was given back in all.
    pub refunded: Money,
    /// How much was captured.
    pub captured: Money,
}
