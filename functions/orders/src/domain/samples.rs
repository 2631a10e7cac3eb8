//! Things that tests are made of.

use rialto_kernel::{
    CartId, Currency, Money, OfferId, OrderId, OrderLine, PaymentId, ProductId, Quantity, SellerId, Timestamp, Totals,
    UserId, VariantId,
};
use serde_json::json;

use super::{Bill, Command, Event, Failure, Order, Origin, apply, decide};

pub(crate) fn now() -> Timestamp {
    "2026-03-01T10:00:00Z".parse().unwrap()
}

pub(crate) fn id() -> OrderId {
    OrderId::named(&["test"])
}

pub(crate) fn origin(shopper: &str) -> Origin {
    Origin { shopper_id: UserId::named(&[shopper]), cart_id: CartId::named(&[shopper]) }
}

pub(crate) fn bill(cents: i64) -> Bill {
    let usd = |amount| Money::new(amount, Currency::USD);
    let line = OrderLine {
        offer_id: OfferId::named(&["o"]),
        product_id: ProductId::named(&["p"]),
        variant_id: VariantId::named(&["v"]),
        seller_id: SellerId::named(&["s"]),
        sku: "LAMP".to_owned(),
        title: "Lamp".to_owned(),
        image: None,
        quantity: Quantity::new(2).unwrap(),
        unit_price: usd(cents),
        weight_grams: None,
        tax_category: None,
        charges: None,
    };
    let totals = Totals {
        subtotal: usd(2 * cents),
        discount: usd(0),
        shipping: usd(0),
        tax: usd(0),
        tax_included: None,
        total: usd(2 * cents),
    };
    let address = json!({"name": "Ada Lovelace", "line1": "12 Secret Square", "city": "London", "postalCode": "SW1Y 4JH",
        "country": "GB"});
    Bill {
        lines: vec![line],
        totals,
        shipping_address: Some(serde_json::from_value(address).unwrap()),
        payment_method_id: "pm_sandbox_approved".to_owned(),
        payment_id: PaymentId::named(&["pay"]),
    }
}

pub(crate) fn create() -> Command {
    Command::Create(origin("me"))
}

pub(crate) fn await_payment() -> Command {
    Command::AwaitPayment(Box::new(bill(1000)))
}

pub(crate) fn fail(error: &str) -> Command {
    Command::Fail { failure: Failure::of_step(error, ""), origin: Some(origin("me")) }
}

/// The order after these commands, with its events.
pub(crate) fn after(commands: &[Command]) -> (Option<Order>, Vec<Event>) {
    let mut order: Option<Order> = None;
    let mut all = Vec::new();
    for command in commands {
        let events = decide(order.as_ref(), command).unwrap();
        for event in &events {
            order = Some(apply(id(), order, event, now()).unwrap());
        }
        if let (Some(order), Command::AwaitPayment(bill)) = (&mut order, command) {
            order.shipping_address.clone_from(&bill.shipping_address);
        }
        all.extend(events);
    }
    (order, all)
}
