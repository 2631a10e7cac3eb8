//! An order as its events have made it.

use rialto_kernel::{Address, CartId, Destination, OrderId, OrderLine, PaymentId, Timestamp, Totals, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Event, Failure};

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It exists; nothing is promised yet. Not in the history.
    Created,
    /// Priced and reserved; payment is under way.
    PaymentPending,
    /// Paid.
    Confirmed,
    /// Ended: not paid.
    PaymentFailed,
    /// Ended: given up before payment.
    Cancelled,
    /// Ended: the reservation ran out first.
    Expired,
}

impl Status {
    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::PaymentPending => "PAYMENT_PENDING",
            Self::Confirmed => "CONFIRMED",
            Self::PaymentFailed => "PAYMENT_FAILED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
        }
    }
}

/// When something happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moment {
    /// What happened.
    #[schema(example = "OrderConfirmed")]
    pub event: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// The current view of an order. `Debug` of the address shows only the country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The order.
    pub id: OrderId,
    /// Number of its events.
    pub version: u64,
    /// Where it stands.
    pub status: Status,
    /// Who buys.
    pub shopper_id: UserId,
    /// From which cart.
    pub cart_id: CartId,
    /// What is bought; empty until it is priced.
    pub lines: Vec<OrderLine>,
    /// What it costs, once it is priced.
    #[serde(default)]
    pub totals: Option<Totals>,
    /// What it is paid with.
    #[serde(default)]
    pub payment_method_id: Option<String>,
    /// By which payment.
    #[serde(default)]
    pub payment_id: Option<PaymentId>,
    /// Where it goes. It is kept here and in no event, so that it can be erased.
    #[serde(default)]
    pub shipping_address: Option<Address>,
    /// What is left of the address once its person is erased: where tax was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Destination>,
    /// Why it ended, if it did.
    #[serde(default)]
    pub failure: Option<Failure>,
    /// What happened, oldest first.
    pub timeline: Vec<Moment>,
}

impl Order {
    /// The order without its person: the address goes but for country, region and postal code, which with lines, sums and
    /// times are what the records of sales must hold for ten years (Regulation (EU) 282/2011, article 63c). `None` while the
    /// order is under way, which still needs the address, and when there is nothing to take away.
    #[must_use]
    pub fn anonymised(&self) -> Option<Self> {
        let under_way = matches!(self.status, Status::Created | Status::PaymentPending);
        let address = self.shipping_address.as_ref().filter(|_| !under_way)?;
        Some(Self { shipping_address: None, destination: Some(address.destination()), ..self.clone() })
    }

    /// Whether the shopper sees it in the history: from the first payment on.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.totals.is_some()
    }
}

/// The order after one more event; none when the event cannot be the order's next, which [`super::decide`] never gives.
#[must_use]
pub fn apply(id: OrderId, order: Option<Order>, event: &Event, at: Timestamp) -> Option<Order> {
    let mut order = match (order, event) {
        (None, Event::OrderCreated(origin)) => Order {
            id,
            version: 0,
            status: Status::Created,
            shopper_id: origin.shopper_id,
            cart_id: origin.cart_id,
            lines: Vec::new(),
            totals: None,
            payment_method_id: None,
            payment_id: None,
            shipping_address: None,
            destination: None,
            failure: None,
            timeline: Vec::new(),
        },
        (Some(order), event) if !matches!(event, Event::OrderCreated(_)) => order,
        _ => return None,
    };
    match event {
        Event::OrderCreated(_) | Event::OrderConfirmed => {}
        Event::OrderPaymentPending { lines, totals, payment_method_id, payment_id } => {
            order.lines.clone_from(lines);
            order.totals = Some(*totals);
            order.payment_method_id = Some(payment_method_id.clone());
            order.payment_id = *payment_id;
        }
        Event::OrderPaymentFailed(failure) | Event::OrderCancelled(failure) | Event::OrderExpired(failure) => {
            order.failure = Some(failure.clone());
        }
    }
    order.version += 1;
    order.status = event.status();
    order.timeline.push(Moment { event: event.name().to_owned(), at });
    Some(order)
}
