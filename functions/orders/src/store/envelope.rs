//! Events as others hear them: without payment method, pictures and addresses.

use rialto_dynamo::Value;
use rialto_events::{Envelope, types};
use rialto_kernel::{OrderLine, Timestamp};

use crate::{
    OrderError,
    domain::{Event, Failure, Order},
};

/// The outbox of one event of the order.
pub(super) fn outbox(order: &Order, event: &Event, version: u64, at: Timestamp) -> Result<Value, OrderError> {
    let envelope = match event {
        Event::OrderCreated(origin) => told(
            order,
            &types::OrderCreated { order_id: order.id, shopper_id: origin.shopper_id, cart_id: origin.cart_id },
            version,
            at,
        ),
        Event::OrderPaymentPending { lines, totals, .. } => told(
            order,
            &types::OrderPaymentPending {
                order_id: order.id,
                shopper_id: order.shopper_id,
                lines: lines.iter().map(line).collect(),
                total: totals.total,
            },
            version,
            at,
        ),
        Event::OrderConfirmed => {
            let total = order.totals.ok_or_else(|| OrderError::data("a confirmed order has no total"))?.total;
            let lines = order.lines.iter().map(line).collect();
            let (order_id, shopper_id) = (order.id, order.shopper_id);
            told(order, &types::OrderConfirmed { order_id, shopper_id, lines, total }, version, at)
        }
        Event::OrderPaymentFailed(failure) => {
            let (order_id, shopper_id, reason) = ending(order, failure);
            told(order, &types::OrderPaymentFailed { order_id, shopper_id, reason }, version, at)
        }
        Event::OrderCancelled(failure) => {
            let (order_id, shopper_id, reason) = ending(order, failure);
            told(order, &types::OrderCancelled { order_id, shopper_id, reason }, version, at)
        }
        Event::OrderExpired(failure) => {
            let (order_id, shopper_id, reason) = ending(order, failure);
            told(order, &types::OrderExpired { order_id, shopper_id, reason }, version, at)
        }
    }?;
    rialto_events::outbox(&[envelope]).map_err(OrderError::data)
}

fn told<E: rialto_events::Event>(order: &Order, data: &E, version: u64, at: Timestamp) -> Result<Envelope, OrderError> {
    Envelope::of(data, order.id, version, at).map_err(OrderError::data)
}

fn ending(order: &Order, failure: &Failure) -> (rialto_kernel::OrderId, rialto_kernel::UserId, String) {
    (order.id, order.shopper_id, failure.reason.clone())
}

fn line(line: &OrderLine) -> types::OrderLineData {
    types::OrderLineData {
        offer_id: line.offer_id,
        product_id: line.product_id,
        seller_id: line.seller_id,
        sku: line.sku.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
    }
}
