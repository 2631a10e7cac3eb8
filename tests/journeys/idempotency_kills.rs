//! Many keys without a gateway: a route's own handler on a table, whose process is killed before or after any of its
//! writes while duplicates of the request go on coming.

use std::sync::{Arc, Mutex};

use futures::future::join_all;
use inventory::{
    handlers::{receive_stock, set_import_stock, show_stock},
    store::Inventory,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rialto_dynamo::{
    Fault, Faults, Table,
    testing::{items, tables},
};
use rialto_http::{Seller, SellerOrOperator, testing::request};
use rialto_kernel::{ImportId, OfferId, ProductId, SellerId, SignedDuration, Timestamp, UserId};
use serde_json::{Value, json};
use tokio::sync::Notify;

const DUPLICATES: usize = 20;
/// Keys that book on the same row of stock.
const SHARING: usize = 5;
/// A second more than a lease.
const LATER: i64 = 31;

fn seller() -> SellerOrOperator {
    SellerOrOperator::Seller(Seller { user_id: UserId::named(&["ada"]), seller_id: SellerId::named(&["ada"]) })
}

fn offer(group: usize) -> OfferId {
    OfferId::named(&["ada", &group.to_string()])
}

/// The table as the process of one invocation has it: it may be killed at a write of its own.
fn doomed(table: &Table, rng: &mut StdRng) -> (Inventory, Arc<Notify>) {
    let tell = Arc::new(Notify::new());
    let killed = |applied| Fault::Killed { applied, tell: Arc::clone(&tell) };
    let faults = Faults::new().seed(rng.random()).share(25, killed(false)).share(25, killed(true));
    let faults = faults.share(10, Fault::Conflict).share(5, Fault::SentTwice);
    (Inventory::new(table.clone().with_faults(faults)), tell)
}

/// An answer as its client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    status: u16,
    body: Vec<u8>,
    replayed: bool,
}

async fn receive(inventory: &Inventory, key: usize, warehouse: &Value, now: Timestamp) -> Told {
    let body =
        json!({"offerId": offer(key / SHARING), "warehouseId": warehouse, "quantity": key + 1, "reason": "delivery"});
    let request = request("POST", "/v1/inventory/receipts").json(&body).header("idempotency-key", &format!("k{key}"));
    match receive_stock(inventory, seller(), request.at(now).build()).await {
        Ok(response) => Told {
            status: response.status().as_u16(),
            body: response.body().to_vec(),
            replayed: response.headers().contains_key("idempotent-replayed"),
        },
        Err(problem) => Told { status: problem.code().status, body: Vec::new(), replayed: false },
    }
}

/// Sends 20 duplicates at once, some of which die, and after the lease's end again, until 20 are answered. Returns the
/// answers and how many died.
async fn insist(table: &Table, key: usize, warehouse: &Value, rng: &Mutex<StdRng>) -> (Vec<Told>, usize) {
    let (mut answers, mut died) = (Vec::new(), 0);
    for round in 0..100_i64 {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(round * LATER);
        let left = DUPLICATES - answers.len();
        let sent = join_all((0..left).map(async |_| {
            let (inventory, tell) = doomed(table, &mut rng.lock().unwrap());
            tokio::select! {
                told = receive(&inventory, key, warehouse, now) => Some(told),
                () = tell.notified() => None,
            }
        }));
        for told in sent.await {
            match told {
                Some(told) if told.status < 300 => answers.push(told),
                // In flight, or told to try again.
                Some(told) => assert!([409, 503].contains(&told.status), "{told:?}"),
                None => died += 1,
            }
        }
        if answers.len() == DUPLICATES {
            return (answers, died);
        }
    }
    panic!("key {key} was not answered in 100 rounds: {} answers", answers.len());
}

async fn prove(table: &Table, keys: usize) {
    let inventory = Inventory::new(table.clone());
    let rows: Vec<_> = (0..keys.div_ceil(SHARING))
        .map(|group| {
            json!({"line": group + 2, "offerId": offer(group), "productId": ProductId::named(&["p"]),
                "sku": format!("S{group}"), "quantity": 1})
        })
        .collect();
    for rows in rows.chunks(20) {
        let import = json!({"importId": ImportId::draw(), "sellerId": SellerId::named(&["ada"]), "stock": rows});
        set_import_stock(&inventory, serde_json::from_value(import).unwrap()).await.unwrap();
    }
    let shown = request("GET", "/v1/inventory/x").path("id", offer(0)).build();
    let shown = show_stock(&inventory, seller(), shown).await.unwrap();
    let warehouse = serde_json::from_slice::<Value>(shown.body()).unwrap()["items"][0]["warehouseId"].clone();
    let movements = async || {
        let items = items(table).await.unwrap();
        items.iter().filter(|item| format!("{:?}", item.get("pk")).contains("MOVEMENT#")).count()
    };
    let before = movements().await;

    let rng = Mutex::new(StdRng::seed_from_u64(7));
    let mut all_died = 0;
    for group in (0..keys).collect::<Vec<_>>().chunks(SHARING) {
        let outcomes = join_all(group.iter().map(|key| insist(table, *key, &warehouse, &rng))).await;
        for (key, (answers, died)) in group.iter().zip(outcomes) {
            all_died += died;
            let replays: Vec<_> = answers.iter().filter(|told| told.replayed).collect();
            assert!(replays.len() >= DUPLICATES - 1, "key {key}: {} of {DUPLICATES} are replays", replays.len());
            assert!(answers.iter().all(|told| told.body == answers[0].body), "key {key} has several answers");
        }
        let shown = request("GET", "/v1/inventory/x").path("id", offer(group[0] / SHARING)).build();
        let shown = show_stock(&inventory, seller(), shown).await.unwrap();
        let on_hand: Value = serde_json::from_slice(shown.body()).unwrap();
        let wanted = 1 + group.iter().map(|key| key + 1).sum::<usize>();
        assert_eq!(on_hand["items"][0]["onHand"], wanted, "each receipt once");
    }
    assert_eq!(movements().await, before + keys, "one movement a key");
    assert!(all_died > keys, "only {all_died} processes died");
}

#[tokio::test]
async fn given_20_duplicates_of_each_of_200_keys_and_kills_at_any_write_then_each_has_one_effect_and_one_answer() {
    prove(&Table::in_memory("kills"), 200).await;
}

#[tokio::test]
async fn given_20_duplicates_of_each_key_on_dynamodb_local_and_kills_at_any_write_then_each_has_one_effect() {
    for table in tables("kills").await.unwrap() {
        prove(&table, 15).await;
    }
}
