//! Reservations of one offer in one warehouse: how fast, in what units, and what conflicts do to them.

mod conflicts;

use std::time::{Duration, Instant};

use futures::future::join_all;
use inventory::{
    domain::Reason,
    store::{Booking, Inventory, Offer, Wanted, Warehouse},
};
use rialto_dynamo::{Key, Put, Table, Update, Write, cond, from_item, testing, units};
use rialto_kernel::{
    Destination, MovementId, OfferId, OrderId, ProductId, ReservationId, SellerId, SignedDuration, Timestamp,
    WarehouseId,
};

use crate::{
    measure::{float, median},
    table_at,
};

const UNITS: i64 = 100_000_000;
const LIFE: SignedDuration = SignedDuration::from_mins(15);
const TURNS: usize = 5;
const TURN: Duration = Duration::from_secs(1);
const WRITERS: [usize; 2] = [1, 16];
const AIM: f64 = 0.6;
/// What DynamoDB takes of one item, and so of one partition key, in write units a second.
const ITEM_UNITS: usize = 1000;

pub(crate) async fn run(address: &str) {
    rates(address).await;
    write_units().await;
    conflicts::run().await;
}

/// One offer with much stock in one warehouse.
#[derive(Debug, Clone)]
struct Hot {
    inventory: Inventory,
    offer: OfferId,
}

impl Hot {
    async fn new(table: Table) -> Self {
        let seller_id = SellerId::named(&["bench"]);
        let warehouse_id = WarehouseId::named(&["bench"]);
        let offer = Offer {
            offer_id: OfferId::named(&["bench"]),
            seller_id,
            product_id: ProductId::named(&["bench"]),
            sku: "HOT-1".to_owned(),
        };
        let offer_id = offer.offer_id;
        let name = "North".to_owned().try_into().expect("a name");
        let warehouse = Warehouse { warehouse_id, seller_id, name, place: None, priority: 0 };
        let delivery = Booking {
            movement_id: MovementId::draw(),
            offer,
            warehouse_id,
            delta: UNITS,
            reason: Reason::Received,
            reference: "bench".to_owned(),
        };
        let inventory = Inventory::new(table);
        inventory.add_warehouse(&warehouse).await.expect("a warehouse");
        inventory.book(&delivery, Timestamp::now()).await.expect("stock");
        Self { inventory, offer: offer_id }
    }

    /// Reserves one unit, as an order of one line does.
    async fn reserve(&self) -> Result<(), inventory::Error> {
        let destination =
            Destination { country: "GB".to_owned(), region: None, postal_code: Some("SW1Y 4JH".to_owned()) };
        let wanted = Wanted {
            reservation_id: ReservationId::draw(),
            order_id: OrderId::draw(),
            units: [(self.offer, 1)].into(),
            destination,
        };
        self.inventory.reserve(&wanted, LIFE, Timestamp::now()).await.map(drop)
    }
}

async fn rates(address: &str) {
    let table = table_at(address, "hot").await;
    let hot = Hot::new(table.clone()).await;
    let counter = Key::new("COUNTER", "COUNTER");
    let put = Put::of(counter.clone()).with("available", UNITS).with("reserved", 0).with("version", 0);
    table.put(put).await.expect("a counter");
    let take = || {
        let update = Update::of(counter.clone()).subtract("available", 1).add("reserved", 1).add("version", 1);
        update.when(cond::exists("pk")).when(cond::ge("available", 1))
    };
    let bare = || Write::from(Put::of(Key::new(ReservationId::draw().to_string(), "BARE")).when(cond::absent("pk")));
    for writers in WRITERS {
        println!("  {writers} writers on DynamoDB Local, a second");
        let mut rows: Vec<(&str, Vec<f64>)> = Vec::new();
        for _ in 0..TURNS {
            let updates = rate(writers, async || table.update(take()).await.expect("a counter")).await;
            let reservations = rate(writers, async || hot.reserve().await.expect("a reservation")).await;
            let stock = rate(writers, async || drop(hot.inventory.stock_of(hot.offer).await.expect("stock"))).await;
            let alone = rate(writers, async || table.transact(vec![take().into()]).await.expect("a counter")).await;
            let three = async || table.transact(vec![take().into(), bare(), bare()]).await.expect("three");
            let three = rate(writers, three).await;
            let turn = [
                ("bare conditional UpdateItem", updates),
                ("reservation of one line", reservations),
                ("  its strong Query of the stock", stock),
                ("  a transaction of that update alone", alone),
                ("  a transaction of three, no index entries", three),
            ];
            rows.resize(turn.len(), ("", Vec::new()));
            for ((name, seen), (of, found)) in rows.iter_mut().zip(turn) {
                *name = of;
                seen.push(found);
            }
        }
        let Some((_, bare)) = rows.first() else { continue };
        for (name, seen) in &rows {
            let ratio = median(seen.iter().zip(bare).map(|(seen, bare)| seen / bare));
            println!("  {name:44}{:8.0}   {ratio:5.2} of the bare one", median(seen.iter().copied()));
        }
    }
    println!("  aim: a reservation at {AIM:.2} of the bare one");
}

/// How many of it get done a second, by so many who do one after another.
async fn rate(writers: usize, once: impl AsyncFn()) -> f64 {
    let began = Instant::now();
    let done = join_all((0..writers).map(async |_| {
        let mut done = 0_u64;
        while began.elapsed() < TURN {
            once().await;
            done = done.saturating_add(1);
        }
        done
    }));
    let done: u64 = done.await.into_iter().sum();
    float(done) / began.elapsed().as_secs_f64()
}

/// What a reservation writes, from the sizes of its rows.
async fn write_units() {
    let table = Table::in_memory("hot");
    let hot = Hot::new(table.clone()).await;
    let before = keys(&table).await;
    hot.reserve().await.expect("a reservation");
    println!("  write units of a reservation, in its one transaction");
    let (mut all, mut of_stock) = (0_usize, 0_usize);
    for item in testing::items(&table).await.expect("items") {
        let Ok(key) = from_item::<Key>(item.clone()) else { continue };
        let is_stock = key.sk.starts_with("STOCK#");
        if before.contains(&key) && !is_stock {
            continue;
        }
        let bytes = units::size(&item);
        // A transaction writes twice, index entries too.
        let entries = 1 + usize::from(item.contains_key("gsi1pk"));
        let written = units::write(bytes).saturating_mul(2).saturating_mul(entries);
        all = all.saturating_add(written);
        if is_stock {
            of_stock = written;
        }
        let row = key.pk.split('#').next().unwrap_or_default().to_lowercase();
        let row = if is_stock { "stock" } else { row.as_str() };
        println!("    {row:14}{bytes:5} bytes, {entries} entries: {written}");
    }
    let most = ITEM_UNITS.checked_div(of_stock).unwrap_or_default();
    println!(
        "    together {all}; {of_stock} of them on the stock row, which takes {ITEM_UNITS}: at most {most} reservations a second"
    );
}

async fn keys(table: &Table) -> Vec<Key> {
    testing::items(table).await.expect("items").into_iter().filter_map(|item| from_item(item).ok()).collect()
}
