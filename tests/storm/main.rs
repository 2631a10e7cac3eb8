//! 64 buyers at once for fewer units, while functions are killed and answers are lost. A seed chooses how many units there are,
//! which function fails when and how, and whose answer is lost. `make simulate STACK=1 SEEDS=n` plays many.
//!
//! A test of its own, which runs when the journeys are over: it would make them wait.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed expectation is a failed test"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rialto_testkit::{InvocationFault, Product, Shop, Shopper, eventually};
use serde_json::Value;
use tokio::{task::JoinSet, time::timeout};

const BUYERS: usize = 64;
const SEEDS: u64 = 3;
const FAULTS: usize = 16;
/// Within so long the faults of a seed begin.
const TROUBLED: Duration = Duration::from_secs(12);
const SETTLED: Duration = Duration::from_secs(300);
const AT_ONCE: usize = 8;
/// The functions of the workflow and of its compensations. All are retried by it, so other tests on the stack only wait.
const FUNCTIONS: [&str; 14] = [
    "orders-create-order",
    "carts-freeze-cart",
    "catalog-quote-offers",
    "checkout-price-order",
    "inventory-reserve-stock",
    "orders-advance-order",
    "payments-authorise-payment",
    "inventory-confirm-reservation",
    "payments-capture-payment",
    "carts-clear-purchased",
    "payments-void-payment",
    "inventory-release-reservation",
    "carts-thaw-cart",
    "checkout-record-outcome",
];

/// What a seed chooses.
struct Plan {
    seed: u64,
    units: u32,
    faults: Vec<(Duration, &'static str, InvocationFault)>,
    /// Of each buyer, when the connection breaks, if it does.
    breaks: Vec<Option<Duration>>,
}

impl Plan {
    fn of(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut faults: Vec<_> = (0..FAULTS)
            .map(|_| {
                let fault = if rng.random() { InvocationFault::Kill } else { InvocationFault::LoseAnswer };
                let after = Duration::from_millis(rng.random_range(0..12_000)).min(TROUBLED);
                (after, FUNCTIONS[rng.random_range(0..FUNCTIONS.len())], fault)
            })
            .collect();
        faults.sort_by_key(|(after, ..)| *after);
        let mut broken = || (rng.random_range(0..4) == 0).then(|| Duration::from_millis(rng.random_range(50..6000)));
        let breaks = (0..BUYERS).map(|_| broken()).collect();
        Self { seed, units: rng.random_range(5..=40), faults, breaks }
    }
}

/// What a buyer was told in the end, how often nothing or an error came before that, and how long it all took.
struct Told {
    status: u16,
    errors: usize,
    took: Duration,
}

/// Asks with one key until there is an answer for good, as a client does that loses its connection.
async fn buy(buyer: Shopper, form: Value, key: String, breaks: Option<Duration>) -> Told {
    let (began, mut errors) = (Instant::now(), 0);
    let mut patience = breaks.unwrap_or(Duration::from_secs(60));
    loop {
        match timeout(patience, buyer.check_out(&key, &form)).await {
            Ok(answer) if answer.body["code"] == "IDEMPOTENCY_IN_FLIGHT" => {}
            Ok(answer) if answer.status < 500 => {
                if ![201, 202].contains(&answer.status) {
                    let problem = answer.clone().expect_problem(409, "OUT_OF_STOCK");
                    assert_eq!(problem["items"][0]["available"], 0, "{problem}");
                }
                return Told { status: answer.status, errors, took: began.elapsed() };
            }
            _ => errors += 1,
        }
        assert!(began.elapsed() < SETTLED, "no answer for {key} in {SETTLED:?}");
        patience = Duration::from_secs(60);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// The buyers' orders, by id, of all that the service has.
async fn orders(shop: &Shop, buyers: &[(Shopper, Value)]) -> BTreeMap<String, Value> {
    let ids: BTreeSet<&str> = buyers.iter().map(|(buyer, _)| buyer.id.as_str()).collect();
    let rows = shop.books().all("orders").await.into_iter().filter(|row| row["sk"] == "ORDER");
    let theirs = rows.filter(|row| row["shopperId"].as_str().is_some_and(|id| ids.contains(id)));
    theirs.map(|row| (row["pk"].as_str().unwrap().trim_start_matches("ORDER#").to_owned(), row)).collect()
}

/// Checks that money was taken once for each confirmed order, its total, and is neither taken nor held for any other.
async fn check_money(shop: &Shop, orders: &BTreeMap<String, Value>) {
    let (payments, intents) = (shop.books().all("payments").await, shop.books().all("sandbox-gateway").await);
    let mut taken: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for payment in payments.iter().filter(|row| row["sk"] == "PAYMENT") {
        let Some((id, order)) = orders.get_key_value(payment["orderId"].as_str().unwrap_or_default()) else { continue };
        for intent in intents.iter().filter(|row| row["sk"] == "INTENT" && row["paymentId"] == payment["paymentId"]) {
            let captures = intent["captures"].as_i64().unwrap();
            let amounts = taken.entry(id).or_default();
            amounts.extend((0..captures).map(|_| intent["amount"].as_i64().unwrap()));
            assert!(order["status"] == "CONFIRMED" || intent["state"] != "authorised", "held for {id}: {intent}");
        }
        let state = payment["state"].as_str().unwrap_or_default();
        assert_eq!(state == "captured", order["status"] == "CONFIRMED", "{payment} of {order}");
    }
    for (id, order) in orders {
        let wanted: Vec<i64> = if order["status"] == "CONFIRMED" {
            vec![order["totals"]["total"]["amount"].as_i64().unwrap()]
        } else {
            vec![]
        };
        assert_eq!(taken.get(id.as_str()).cloned().unwrap_or_default(), wanted, "taken for {order}");
    }
}

async fn play(shop: &Shop, plan: Plan, buyers: &[(Shopper, Value)], offer: &str) {
    let before: BTreeSet<String> = orders(shop, buyers).await.into_keys().collect();
    let began = Instant::now();
    let mut rush = JoinSet::new();
    for ((buyer, form), breaks) in buyers.iter().zip(&plan.breaks) {
        rush.spawn(buy(buyer.clone(), form.clone(), format!("hot-{}", plan.seed), *breaks));
    }
    for (after, function, fault) in &plan.faults {
        tokio::time::sleep(after.saturating_sub(began.elapsed())).await;
        shop.order_fault(function, *fault, 1).await;
    }
    let told = rush.join_all().await;
    let made = eventually("every order is at its end", SETTLED, async || {
        let mut made = orders(shop, buyers).await;
        made.retain(|id, _| !before.contains(id));
        let open = |order: &Value| ["CREATED", "PAYMENT_PENDING"].contains(&order["status"].as_str().unwrap());
        (made.len() == BUYERS && !made.values().any(open)).then_some(made)
    })
    .await;
    for function in FUNCTIONS {
        shop.cancel_faults(function).await;
    }
    let confirmed = made.values().filter(|order| order["status"] == "CONFIRMED").count();
    let [accepted, refused] = [201, 409].map(|status| told.iter().filter(|told| told.status == status).count());
    let mut took: Vec<_> = told.iter().map(|told| told.took.as_secs_f64()).collect();
    took.sort_by(f64::total_cmp);
    // Straight to the stream: what tests print is not shown when they pass.
    let seen = format!(
        "seed {}: {} units, {confirmed} orders confirmed; of {BUYERS} buyers {accepted} accepted, {refused} refused, {} told to \
         look later, {} errors on the way; p50 {:.1} s, p99 {:.1} s; settled after {:.1} s\n",
        plan.seed,
        plan.units,
        BUYERS - accepted - refused,
        told.iter().map(|told| told.errors).sum::<usize>(),
        took[BUYERS / 2],
        took[BUYERS * 99 / 100],
        began.elapsed().as_secs_f64(),
    );
    std::io::stderr().write_all(seen.as_bytes()).unwrap();
    assert_eq!(confirmed, usize::try_from(plan.units).unwrap(), "seed {}: as many as there were units", plan.seed);
    assert!(accepted <= confirmed && refused <= BUYERS - confirmed, "seed {}: nobody was told otherwise", plan.seed);
    assert_eq!(shop.books().stock_of(offer).await, (0, 0, 0), "seed {}", plan.seed);
    check_money(shop, &made).await;
}

/// One unit in the cart and nothing else.
async fn queue_up(buyer: Shopper, offer: &str) -> (Shopper, Value) {
    eventually("the cart is empty", SETTLED, async || {
        let answer = buyer.send("DELETE", "/v1/cart", None).await;
        (answer.status < 300).then_some(())
    })
    .await;
    buyer.add(offer, 1).await;
    let form = buyer.order_form("pm_sandbox_approved").await;
    (buyer, form)
}

fn seeds() -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let first = number("RIALTO_FIRST_SEED").unwrap_or(1);
    first..first + number("RIALTO_SEEDS").unwrap_or(SEEDS)
}

#[tokio::test]
async fn given_fewer_units_than_64_buyers_and_functions_that_are_killed_when_it_is_over_then_each_unit_is_sold_once() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let plans: Vec<_> = seeds().map(Plan::of).collect();
    let products: Vec<_> = plans.iter().map(|plan| Product::unique(plan.units)).collect();
    let hits = seller.list_products(&products).await;
    let mut buyers: Vec<_> =
        stream::iter(0..BUYERS).map(|_| shop.new_shopper()).buffer_unordered(AT_ONCE).collect().await;
    for (plan, hit) in plans.into_iter().zip(hits) {
        let offer = hit["offerId"].as_str().unwrap();
        let queue = stream::iter(buyers).map(|buyer| queue_up(buyer, offer)).buffer_unordered(AT_ONCE);
        let queue: Vec<_> = queue.collect().await;
        play(&shop, plan, &queue, offer).await;
        buyers = queue.into_iter().map(|(buyer, _)| buyer).collect();
    }
}
