//! What the model's world begins with, and what is around it.

use inventory::{
    domain::{Place as Site, Reason},
    store::{Booking, Inventory, Offer, Warehouse},
};
use rialto_dynamo::Table;
use rialto_kernel::{CartId, MovementId, OfferId, ProductId, ReservationId, SellerId, UserId, VariantId, WarehouseId};
use serde_json::{Value, json};

use crate::perform::{TableRows, content, order, payment, time};

/// A row without what tells only when and how often, which no rule reads; none of rows that nothing reads.
pub(crate) fn tidy(sk: &str, row: &Value) -> Option<Value> {
    if sk.starts_with("ATTEMPT#") {
        return None;
    }
    let mut row = row.clone();
    let fields = row.as_object_mut()?;
    for name in ["outbox", "turnedAt", "ttl"] {
        fields.remove(name);
    }
    if sk.starts_with("CHANGE#") || sk.starts_with("EVENT#") {
        fields.clear();
    }
    if sk == "MOVEMENT" {
        fields.retain(|name, _| name.starts_with("delta"));
    }
    if sk.starts_with("STOCK#") {
        fields.insert("version".to_owned(), json!(0));
    }
    Some(row)
}

/// The answer and the refusal of a task that is outside of the model, as it moves neither stock nor money.
pub(crate) fn outside(function: &str) -> Option<(Value, &'static str)> {
    match function {
        "carts-freeze-cart" => {
            let lines = json!({ "lines": [{ "offerId": offer().offer_id, "quantity": 1 }] });
            Some((lines, "CheckoutInProgress"))
        }
        "catalog-quote-offers" => Some((json!({ "lines": [] }), "OfferUnavailable")),
        "checkout-price-order" => Some((priced(), "PriceChanged")),
        "payments-resolve-method" => {
            let tokens = json!({ "sandbox": "token", "paypal": "token" });
            Some((json!({ "class": "wallet", "token": "token", "tokens": tokens }), "PaymentMethodNotFound"))
        }
        "carts-thaw-cart" | "carts-clear-purchased" | "checkout-record-action" | "checkout-record-outcome" => {
            Some((Value::Null, "Unavailable"))
        }
        _ => None,
    }
}

/// A run's input.
pub(crate) fn input(lost: Option<&str>) -> Value {
    json!({
        "orderId": order(), "shopperId": UserId::named(&["model"]), "cartId": CartId::named(&["model"]),
        "reservationId": ReservationId::named(&["model"]), "paymentId": payment(),
        "paymentMethodId": "method", "addressId": null, "lost": lost,
    })
}

fn priced() -> Value {
    let money = |amount: i64| json!({ "amount": amount, "currency": "USD" });
    let Offer { offer_id, seller_id, product_id, sku } = offer();
    let amount = crate::gateway::AMOUNT;
    let charges = json!({ "discount": money(0), "shipping": money(0), "tax": money(0), "taxIncluded": money(0),
        "total": money(amount) });
    let line = json!({ "offerId": offer_id, "productId": product_id, "sellerId": seller_id, "sku": sku, "title": "title",
        "variantId": VariantId::named(&["model"]), "quantity": 1, "unitPrice": money(amount), "charges": charges });
    json!({ "lines": [line], "subtotal": money(amount), "discount": money(0), "shipping": money(0), "tax": money(0),
        "taxIncluded": money(0), "total": money(amount), "shippingAddress": null, "shippingOption": "standard",
        "destination": { "country": "US", "region": null, "postalCode": null } })
}

fn offer() -> Offer {
    let seller_id = SellerId::named(&["model"]);
    let (offer_id, product_id) = (OfferId::named(&["model"]), ProductId::named(&["model"]));
    Offer { offer_id, seller_id, product_id, sku: "sku".to_owned() }
}

/// Inventory's rows with one warehouse and one unit in it.
#[allow(clippy::expect_used, reason = "constants on a table in memory")]
pub(crate) fn stocked() -> TableRows {
    let table = Table::in_memory("model");
    let warehouse_id = WarehouseId::named(&["model"]);
    let warehouse = Warehouse {
        warehouse_id,
        seller_id: offer().seller_id,
        name: "Warehouse".to_owned().try_into().expect("a name"),
        place: Some(Site::new("US", None, None, None).expect("a place")),
        priority: 0,
    };
    let booking = Booking {
        movement_id: MovementId::named(&["model"]),
        offer: offer(),
        warehouse_id,
        delta: 1,
        reason: Reason::Received,
        reference: "model".to_owned(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let inventory = Inventory::new(table.clone());
        inventory.add_warehouse(&warehouse).await.expect("a warehouse");
        inventory.book(&booking, time(false)).await.expect("a booking");
        content(&table).await
    })
}
