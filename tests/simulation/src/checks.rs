//! What must hold when all is over: every timer has passed, every message is delivered, and nothing goes wrong any more.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use rialto_dynamo::{from_item, testing::items};
use rialto_kernel::SignedDuration;
use serde_json::Value;

use crate::{
    asl::Ended,
    functions::others,
    world::{self, World},
};

/// Everything that is on record.
struct Books {
    stock: Vec<Value>,
    movements: Vec<Value>,
    reservations: Vec<Value>,
    orders: BTreeMap<String, Value>,
    order_events: BTreeMap<String, u64>,
    payments: BTreeMap<String, Value>,
    intents: BTreeMap<String, Value>,
    carts: Vec<Value>,
    checkouts: BTreeMap<String, Value>,
}

async fn rows(world: &World, table: &str) -> Vec<Value> {
    let all = items(world.tables.quiet(table)).await.unwrap_or_default();
    all.into_iter().map(|item| from_item(item).unwrap()).collect()
}

fn text<'r>(row: &'r Value, name: &str) -> &'r str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(row: &Value, name: &str) -> i64 {
    row.get(name).and_then(Value::as_i64).unwrap_or_default()
}

fn by_id(rows: &[Value], sk: &str, id: &str) -> BTreeMap<String, Value> {
    let of_kind = rows.iter().filter(|row| text(row, "sk") == sk);
    of_kind.map(|row| (text(row, id).to_owned(), row.clone())).collect()
}

fn with_pk(rows: &[Value], begins: &str) -> Vec<Value> {
    rows.iter().filter(|row| text(row, "pk").starts_with(begins)).cloned().collect()
}

impl Books {
    async fn read(world: &World) -> Self {
        let inventory = rows(world, "INVENTORY_TABLE").await;
        let orders = rows(world, "ORDERS_TABLE").await;
        let mut order_events = BTreeMap::new();
        for event in orders.iter().filter(|row| text(row, "sk").starts_with("EVENT#")) {
            *order_events.entry(text(event, "pk").trim_start_matches("ORDER#").to_owned()).or_default() += 1;
        }
        Self {
            stock: inventory.iter().filter(|row| text(row, "sk").starts_with("STOCK#")).cloned().collect(),
            movements: with_pk(&inventory, "MOVEMENT#"),
            reservations: with_pk(&inventory, "RESERVATION#"),
            orders: by_id(&orders, "ORDER", "id"),
            order_events,
            payments: by_id(&rows(world, "PAYMENTS_TABLE").await, "PAYMENT", "paymentId"),
            intents: by_id(&rows(world, "SANDBOX_GATEWAY_TABLE").await, "INTENT", "pk"),
            carts: with_pk(&rows(world, "CARTS_TABLE").await, "CART#"),
            checkouts: by_id(&rows(world, "CHECKOUT_TABLE").await, "CHECKOUT", "orderId"),
        }
    }

    fn confirmed(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.orders.iter().filter(|(_, order)| text(order, "status") == "CONFIRMED")
    }
}

/// Checks it all; what does not hold is told to the machine.
pub(crate) async fn check(world: &Rc<World>) {
    let books = Books::read(world).await;
    let mut wrong = Vec::new();
    stock(&books, &mut wrong);
    sold(&books, world, &mut wrong);
    payments(&books, &mut wrong);
    gateway(&books, &mut wrong);
    runs(&books, world, &mut wrong);
    orders(&books, world, &mut wrong);
    carts(&books, &mut wrong);
    answers(&books, world, &mut wrong);
    events(world, &mut wrong);
    own_checks(world, &mut wrong).await;
    wrong.sort();
    for what in wrong {
        world.machine.fail(what);
    }
}

/// `available = onHand - reserved >= 0`, the ledger sums to the stock, and nothing is set aside that nobody waits for.
fn stock(books: &Books, wrong: &mut Vec<String>) {
    let mut ledger: BTreeMap<(&str, &str), (i64, i64, i64)> = BTreeMap::new();
    for movement in &books.movements {
        let sums = ledger.entry((text(movement, "offerId"), text(movement, "warehouseId"))).or_default();
        *sums = (sums.0 + number(movement, "deltaOnHand"), sums.1 + number(movement, "deltaReserved"), sums.2 + 1);
    }
    for row in &books.stock {
        let (on_hand, reserved, available) = (number(row, "onHand"), number(row, "reserved"), number(row, "available"));
        let place = (text(row, "offerId"), text(row, "warehouseId"));
        if available != on_hand - reserved || available < 0 || reserved < 0 {
            wrong.push(format!("stock of {place:?}: {on_hand} on hand, {reserved} reserved, {available} available"));
        }
        let booked = ledger.remove(&place).unwrap_or_default();
        if booked != (on_hand, reserved, number(row, "version")) {
            wrong.push(format!("stock of {place:?} is ({on_hand}, {reserved}), its ledger sums to {booked:?}"));
        }
        if reserved != 0 {
            wrong.push(format!("{reserved} of {place:?} are still set aside"));
        }
    }
    for place in ledger.into_keys() {
        wrong.push(format!("a ledger of no stock: {place:?}"));
    }
    for open in books.reservations.iter().filter(|row| text(row, "state") == "reserved") {
        wrong.push(format!("the reservation {} outlives its time", text(open, "reservationId")));
    }
}

/// What left the shelves is what confirmed orders bought, and each of them has its own reservation.
fn sold(books: &Books, world: &World, wrong: &mut Vec<String>) {
    let mut bought: BTreeMap<String, i64> = BTreeMap::new();
    let mut by_buyer: BTreeMap<(String, String), i64> = BTreeMap::new();
    for (_, order) in books.confirmed() {
        for line in order["lines"].as_array().into_iter().flatten() {
            *bought.entry(text(line, "offerId").to_owned()).or_default() += number(line, "quantity");
            let whose = (text(order, "shopperId").to_owned(), text(line, "offerId").to_owned());
            *by_buyer.entry(whose).or_default() += number(line, "quantity");
        }
    }
    for offer in world::offers() {
        let of_offer = books.stock.iter().filter(|row| text(row, "offerId") == offer.to_string());
        let left: i64 = of_offer.map(|row| number(row, "onHand")).sum();
        let (first, bought) =
            (world::stock_at_first(offer), bought.get(&offer.to_string()).copied().unwrap_or_default());
        if first - left != bought {
            wrong.push(format!("{offer}: {first} at first, {left} left, {bought} in confirmed orders"));
        }
    }
    for buyer in world.buyers() {
        for (offer, quantity) in &buyer.lines {
            let bought = by_buyer.get(&(buyer.shopper.user_id.to_string(), offer.to_string()));
            if bought.copied().unwrap_or_default() > i64::from(*quantity) {
                wrong.push(format!("{} bought {bought:?} of {offer} with {quantity} in the cart", buyer.name));
            }
        }
    }
    let kept: BTreeSet<_> = books.reservations.iter().filter(|row| text(row, "state") == "confirmed").collect_orders();
    let confirmed: BTreeSet<String> = books.confirmed().map(|(id, _)| id.clone()).collect();
    if kept != confirmed {
        wrong.push(format!("sold reservations are of {kept:?}, confirmed are {confirmed:?}"));
    }
}

trait OrdersOf {
    fn collect_orders(self) -> BTreeSet<String>;
}

impl<'r, I: Iterator<Item = &'r Value>> OrdersOf for I {
    fn collect_orders(self) -> BTreeSet<String> {
        self.map(|row| text(row, "orderId").to_owned()).collect()
    }
}

/// Each confirmed order is paid once, with its total; each other payment has come to nothing.
fn payments(books: &Books, wrong: &mut Vec<String>) {
    let mut paid: BTreeMap<&str, u64> = BTreeMap::new();
    for (id, payment) in &books.payments {
        let (state, order_id) = (text(payment, "state"), text(payment, "orderId"));
        let order = books.orders.get(order_id);
        let confirmed = order.is_some_and(|order| text(order, "status") == "CONFIRMED");
        match state {
            "captured" if !confirmed => wrong.push(format!("{id} is captured, and its order {order_id} not confirmed")),
            "captured" => {
                *paid.entry(order_id).or_default() += 1;
                let total = order.and_then(|order| order.pointer("/totals/total"));
                if total != payment.get("amount") {
                    wrong.push(format!("{id} took {}, its order is {total:?}", payment["amount"]));
                }
                if payment["refunds"].as_object().is_some_and(|refunds| !refunds.is_empty()) {
                    wrong.push(format!("{id} is given back, and its order confirmed"));
                }
            }
            "voided" | "failed" if confirmed => {
                wrong.push(format!("{id} is {state}, and its order {order_id} confirmed"))
            }
            "voided" | "failed" => {}
            _ => wrong.push(format!("{id} of {order_id} is still {state}")),
        }
    }
    for (order, _) in books.confirmed() {
        if paid.get(order.as_str()) != Some(&1) {
            wrong.push(format!("the confirmed order {order} is paid {:?} times", paid.get(order.as_str())));
        }
    }
}

/// The gateway's own books: it took money for captured payments, once, and holds none for others.
fn gateway(books: &Books, wrong: &mut Vec<String>) {
    let mut taken: BTreeMap<&str, i64> = BTreeMap::new();
    for (key, intent) in &books.intents {
        let payment = books.payments.get(text(intent, "paymentId"));
        let captured = payment.is_some_and(|payment| text(payment, "state") == "captured");
        let (state, captures) = (text(intent, "state"), number(intent, "captures"));
        if captures > 1 {
            wrong.push(format!("the gateway took {key} {captures} times"));
        }
        if captured != (state == "captured") || captured != (captures == 1) {
            wrong.push(format!(
                "the gateway has {key} as {state}, taken {captures} times; we: {:?}",
                payment.map(|it| text(it, "state"))
            ));
        }
        if state == "authorised" || (state == "captured" && !captured) {
            wrong.push(format!("the gateway holds money of {key}"));
        }
        if let Some(payment) = payment {
            *taken.entry(text(payment, "orderId")).or_default() += captures;
            if captured && payment["amount"]["amount"] != intent["amount"] {
                wrong.push(format!("the gateway took {} of {key}, we have {}", intent["amount"], payment["amount"]));
            }
        }
    }
    for (order, captures) in taken {
        if captures > 1 {
            wrong.push(format!("the order {order} was charged {captures} times"));
        }
    }
    let known: BTreeSet<&str> = books.intents.values().map(|intent| text(intent, "paymentId")).collect();
    for (id, payment) in &books.payments {
        if text(payment, "state") == "captured" && !known.contains(id.as_str()) {
            wrong.push(format!("the gateway does not know {id}"));
        }
    }
}

/// Every run has come to its end by itself, unless it was stopped. That another one then settled what it left shows in its
/// order and its checkout.
fn runs(books: &Books, world: &World, wrong: &mut Vec<String>) {
    for (name, execution) in world.engine.executions().iter() {
        let ended = execution.ended.as_ref().map(|(ended, _)| ended);
        if !matches!(ended, Some(Ended::Succeeded | Ended::Stopped)) {
            wrong.push(format!("the run {name} came to {ended:?}"));
        }
        if !books.orders.contains_key(text(&execution.input, "orderId")) {
            wrong.push(format!("the run {name} has no order"));
        }
    }
}

/// Every order has ended, its view is that of its events, and its checkout says the same.
fn orders(books: &Books, world: &World, wrong: &mut Vec<String>) {
    for (id, order) in &books.orders {
        let status = text(order, "status");
        let reason = order.pointer("/failure/reason").and_then(Value::as_str).unwrap_or_default();
        world.machine.count(format!("order {status} {reason}").trim_end().to_owned());
        if matches!(status, "CREATED" | "PAYMENT_PENDING") {
            wrong.push(format!("the order {id} is still {status}"));
        }
        if books.order_events.get(id).copied() != order["version"].as_u64() {
            wrong.push(format!(
                "the order {id} is at {}, its events are {:?}",
                order["version"],
                books.order_events.get(id)
            ));
        }
        if !books.checkouts.contains_key(id) {
            wrong.push(format!("the order {id} has no checkout"));
        }
    }
    for (id, checkout) in &books.checkouts {
        if let Some(phase) = checkout.pointer("/session/phase").and_then(Value::as_str) {
            world.machine.count(format!("session {phase}"));
        }
        let told = checkout.pointer("/outcome/type").and_then(Value::as_str).unwrap_or("nothing");
        let confirmed = books.orders.get(id).is_some_and(|order| text(order, "status") == "CONFIRMED");
        if told != (if confirmed { "confirmed" } else { "refused" }) {
            let status = books.orders.get(id).map(|order| text(order, "status"));
            wrong.push(format!("the checkout {id} tells {told}, its order is {status:?}"));
        }
    }
}

/// No cart is held by an order that has ended.
fn carts(books: &Books, wrong: &mut Vec<String>) {
    for cart in &books.carts {
        if let Some(order) = cart.get("frozenBy") {
            wrong.push(format!("the cart {} is held by {order}", text(cart, "pk")));
        }
    }
}

/// What people were told is so.
fn answers(books: &Books, world: &World, wrong: &mut Vec<String>) {
    let mut ids: BTreeMap<(String, &str), BTreeSet<String>> = BTreeMap::new();
    for heard in world.heard.borrow().iter() {
        let confirmed = |id: &str| books.orders.get(id).is_some_and(|order| text(order, "status") == "CONFIRMED");
        let buys = matches!(heard.route, "checkout-place-order" | "checkout-pay-session");
        let id = text(&heard.body, "id");
        let who = format!("{} with {}", heard.buyer, heard.key);
        if buys && heard.status == 201 && !confirmed(id) {
            wrong.push(format!("{who} was told that {id} is bought"));
        }
        let refused = heard.status == 402 || text(&heard.body, "code") == "ORDER_CANCELLED";
        let other = text(&heard.body, "orderId");
        if buys && refused && confirmed(other) {
            wrong.push(format!("{who} was told that {other} is not bought"));
        }
        let opens = matches!(heard.route, "checkout-place-order" | "checkout-initiate-session");
        if opens && !id.is_empty() && heard.status < 300 {
            ids.entry((heard.key.clone(), heard.route)).or_default().insert(id.to_owned());
        }
    }
    for (key, ids) in ids.into_iter().filter(|(_, ids)| ids.len() > 1) {
        wrong.push(format!("one key, several orders: {key:?} {ids:?}"));
    }
}

/// Of one subject and version there is one event.
fn events(world: &World, wrong: &mut Vec<String>) {
    let mut known: BTreeMap<(String, String, u64), Value> = BTreeMap::new();
    for event in world.events.borrow().iter() {
        let name = (event.event_type.clone(), event.subject.clone(), event.version);
        let content = serde_json::to_value(event).unwrap_or_default();
        match known.get(&name) {
            Some(before) if *before != content => wrong.push(format!("two events under one name: {name:?}")),
            _ => drop(known.insert(name, content)),
        }
    }
}

/// The product's own reconciliations find nothing.
async fn own_checks(world: &Rc<World>, wrong: &mut Vec<String>) {
    for _ in 0..3 {
        match others::reconcile_stock(Rc::clone(&world.deployment)).await {
            Ok(pass) if pass["finished"] == true => {}
            other => wrong.push(format!("the stock's reconciliation: {other:?}")),
        }
    }
    let days = world.machine.elapsed().as_secs() / (24 * 3600);
    for day in 0..=days + 1 {
        let back = SignedDuration::from_hours(24 * i64::try_from(day).unwrap_or_default());
        let at = world.machine.time().checked_sub(back).ok();
        match others::reconcile_day(Rc::clone(&world.deployment), at).await {
            Ok(done) if done["findings"] == 0 => {}
            other => wrong.push(format!("the payments' reconciliation: {other:?}")),
        }
    }
}
