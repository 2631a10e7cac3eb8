//! What there is when a run begins: a seller with two warehouses and three offers, and people with something in their carts.

use std::{cell::RefCell, rc::Rc, time::Duration};

use inventory::{
    domain::{Place, Reason, WarehouseName},
    store::{Booking, Inventory, Offer, Warehouse},
};
use rialto_dynamo::{Key, Put};
use rialto_events::{
    Envelope,
    types::{ProductChanged, ProductStatus, VariantData},
};
use rialto_http::{Customer, Shopper, testing::request};
use rialto_kernel::{
    AddressId, CartId, Currency, Money, MovementId, OfferId, ProductId, SellerId, SessionId, UserId, VariantId,
    WarehouseId,
};
use rialto_lambda::Message;
use serde_json::{Value, json};
use tokio::{task::spawn_local, time::sleep};

use crate::{
    aws::{Answer, Call, ServiceError},
    engine::Engine,
    functions::{Deployment, others},
    machine::{Kind, Machine},
    outside,
    tables::Tables,
};

/// An offer, and how many there are of it in each warehouse.
const OFFERS: [(&str, i64, [i64; 2]); 3] =
    [("lamp", 1_999, [3, 2]), ("chair", 4_950, [4, 0]), ("desk", 12_000, [0, 2])];

/// A person who buys.
#[derive(Clone)]
pub(crate) struct Buyer {
    pub(crate) name: String,
    pub(crate) shopper: Shopper,
    pub(crate) cart: CartId,
    /// One in the United States, one in Germany.
    pub(crate) addresses: [AddressId; 2],
    /// What is in the cart.
    pub(crate) lines: Vec<(OfferId, u32)>,
}

/// What someone was answered.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) buyer: String,
    pub(crate) key: String,
    pub(crate) route: &'static str,
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// All of it.
pub(crate) struct World {
    pub(crate) machine: Rc<Machine>,
    pub(crate) deployment: Rc<Deployment>,
    pub(crate) engine: Rc<Engine>,
    pub(crate) tables: Tables,
    pub(crate) buyers: std::cell::OnceCell<Vec<Buyer>>,
    pub(crate) heard: RefCell<Vec<Heard>>,
    /// Every event that left a table, in the order of writing.
    pub(crate) events: RefCell<Vec<Envelope>>,
    /// Messages and webhooks on their way.
    pub(crate) on_the_way: std::cell::Cell<u64>,
    /// Messages that were given up, for someone to look after.
    pub(crate) dead_letters: RefCell<Vec<(&'static str, Message)>>,
    /// The payments that a holder or a bank looks after.
    pub(crate) looked_after: RefCell<std::collections::BTreeSet<String>>,
}

impl World {
    pub(crate) fn buyers(&self) -> &[Buyer] {
        self.buyers.get().map_or(&[], Vec::as_slice)
    }
}

pub(crate) fn offer_id(name: &str) -> OfferId {
    OfferId::named(&["simulation", name])
}

fn product_id(name: &str) -> ProductId {
    ProductId::named(&["simulation", name])
}

fn seller_id() -> SellerId {
    SellerId::named(&["simulation"])
}

/// What there is of an offer in the beginning.
pub(crate) fn stock_at_first(offer: OfferId) -> i64 {
    OFFERS.iter().filter(|(name, ..)| offer_id(name) == offer).map(|(.., units)| units.iter().sum::<i64>()).sum()
}

/// The offers.
pub(crate) fn offers() -> impl Iterator<Item = OfferId> {
    OFFERS.iter().map(|(name, ..)| offer_id(name))
}

/// Answers the calls of AWS that handlers make.
pub(crate) fn serve(world: &Rc<World>, mut calls: tokio::sync::mpsc::UnboundedReceiver<Call>) {
    let world = Rc::clone(world);
    spawn_local(async move {
        while let Some(Call { target, input, answer }) = calls.recv().await {
            let world = Rc::clone(&world);
            spawn_local(async move {
                sleep(Duration::from_millis(1) + world.machine.within(Duration::from_millis(20))).await;
                let output = served(&world, &target, &input);
                world.machine.note(&format!("{target}: {}", if output.is_ok() { "done" } else { "error" }));
                // Whoever has called may have died.
                let _ = answer.send(output);
            });
        }
    });
}

fn served(world: &Rc<World>, target: &str, input: &Value) -> Answer {
    let text = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let shaken = |lost, unheard, serve: &dyn Fn() -> Answer| {
        if world.machine.strikes(lost) {
            return Err(ServiceError::Unavailable);
        }
        let output = serve();
        if world.machine.strikes(unheard) { Err(ServiceError::Unavailable) } else { output }
    };
    match target.rsplit('.').next().unwrap_or_default() {
        "StartExecution" => shaken(Kind::StartLost, Kind::StartUnheard, &|| {
            let run = serde_json::from_str(&text("input")).unwrap_or_default();
            world.engine.start(&text("name"), run)
        }),
        "DescribeExecution" => world.engine.describe(&text("executionArn")),
        "SendTaskSuccess" => shaken(Kind::WakeLost, Kind::WakeUnheard, &|| {
            let output = serde_json::from_str(&text("output")).unwrap_or_default();
            world.engine.tell(&text("taskToken"), output)
        }),
        "SendMessage" => shaken(Kind::SendLost, Kind::SendUnheard, &|| {
            let delay = input.get("DelaySeconds").and_then(Value::as_u64).unwrap_or_default();
            outside::enqueue(world, "payments-apply-webhook", text("MessageBody"), Duration::from_secs(delay));
            Ok(json!({ "MessageId": "sim" }))
        }),
        "GetSecretValue" => Ok(json!({ "SecretString": json!({ "webhookSecret": outside::SECRET }).to_string() })),
        _ => {
            world.machine.fail(format!("the simulation does not know the call {target}"));
            Err(ServiceError::Unavailable)
        }
    }
}

/// Opens the shop: its stock, its products, its people and what they have put into their carts.
pub(crate) async fn open(world: &Rc<World>) -> Vec<Buyer> {
    let World { tables, deployment, machine, .. } = &**world;
    let inventory = Inventory::new(tables.quiet("INVENTORY_TABLE").clone());
    let now = machine.time();
    let mut warehouses = Vec::new();
    for (name, country, region) in [("West", "US", Some("NV")), ("Abroad", "DE", None)] {
        let place = Place::new(country, region, None, None).unwrap_or_else(|_| panic!("a place"));
        let warehouse = Warehouse {
            warehouse_id: WarehouseId::named(&[name]),
            seller_id: seller_id(),
            name: WarehouseName::try_from(name.to_owned()).unwrap(),
            place: Some(place),
            priority: 0,
        };
        inventory.add_warehouse(&warehouse).await.unwrap();
        warehouses.push(warehouse.warehouse_id);
    }
    for (name, price, units) in OFFERS {
        list(tables, name, price).await;
        let offer = Offer {
            offer_id: offer_id(name),
            seller_id: seller_id(),
            product_id: product_id(name),
            sku: name.to_owned(),
        };
        for (warehouse_id, delta) in warehouses.iter().zip(units).filter(|(_, units)| *units > 0) {
            let booking = Booking {
                movement_id: MovementId::named(&[name, &warehouse_id.to_string()]),
                offer: offer.clone(),
                warehouse_id: *warehouse_id,
                delta,
                reason: Reason::Received,
                reference: "first".to_owned(),
            };
            inventory.book(&booking, now).await.unwrap();
        }
        announce(deployment, name, price, machine).await;
    }
    // Until the carts have heard of it.
    sleep(Duration::from_secs(5)).await;
    let mut buyers = Vec::new();
    for number in 0..=2 + machine.up_to(5) {
        buyers.push(person(tables, deployment, machine, &format!("buyer{number}")).await);
    }
    buyers
}

async fn list(tables: &Tables, name: &str, price: i64) {
    let table = tables.quiet("CATALOG_TABLE");
    let (product, variant, offer) = (product_id(name), VariantId::named(&[name]), offer_id(name));
    let product_row = json!({
        "productId": product, "sellerId": seller_id(), "version": 1,
        "main": { "variantId": variant, "title": name, "description": "", "brand": null, "categoryPath": [] },
        "variants": { variant.to_string(): {
            "sku": name, "offerId": offer, "attributes": {}, "image": null, "price": Money::new(price, Currency::USD),
        } },
    });
    let key = Key::new(format!("PRODUCT#{product}"), "PRODUCT");
    table.put(Put::new(&key, &product_row).unwrap()).await.unwrap();
    let offer_row = json!({ "offerId": offer, "productId": product, "variantId": variant });
    table.put(Put::new(&Key::new(format!("OFFER#{offer}"), "OFFER"), &offer_row).unwrap()).await.unwrap();
}

async fn announce(deployment: &Rc<Deployment>, name: &str, price: i64, machine: &Machine) {
    let variant = VariantData {
        variant_id: VariantId::named(&[name]),
        sku: name.to_owned(),
        offer_id: offer_id(name),
        options: Default::default(),
        price: Money::new(price, Currency::USD),
        image: None,
    };
    let product = ProductChanged {
        product_id: product_id(name),
        seller_id: seller_id(),
        status: ProductStatus::Active,
        title: name.to_owned(),
        description: String::new(),
        brand: None,
        category_path: Vec::new(),
        tags: Vec::new(),
        attributes: Default::default(),
        images: Vec::new(),
        created_at: machine.time(),
        variants: vec![variant],
    };
    let envelope = Envelope::of(&product, product.product_id, 1, machine.time()).unwrap();
    let body = json!({ "detail": envelope }).to_string();
    others::project_offer(Rc::clone(deployment), Message { id: name.to_owned(), body, receive_count: 1 })
        .await
        .unwrap();
}

async fn person(tables: &Tables, deployment: &Rc<Deployment>, machine: &Machine, name: &str) -> Buyer {
    let user_id = UserId::named(&[name]);
    let shopper = Shopper { user_id, session_id: SessionId::named(&[name]) };
    let identity = tables.quiet("IDENTITY_TABLE");
    identity.put(Put::of(Key::new(format!("USER#{user_id}"), "USER"))).await.unwrap();
    let book = identity::store::Addresses::new(identity.clone());
    let mut addresses = Vec::new();
    for (country, region, code) in [("US", Some("NV"), "89501"), ("DE", None, "10115")] {
        let address = json!({"name": name, "line1": "1 Main Street", "city": "Town", "region": region, "postalCode": code,
            "country": country});
        let request = request("POST", "/v1/me/addresses").json(&address).at(machine.time()).build();
        let added = rialto_http::testing::answered(identity::handlers::add_address(&book, shopper, request).await);
        let added: Value = serde_json::from_slice(added.body()).unwrap_or_default();
        let id = added.get("id").cloned().unwrap_or_default();
        addresses.push(serde_json::from_value(id).unwrap_or_else(|_| panic!("no address: {added}")));
    }
    let mut buyer = Buyer {
        name: name.to_owned(),
        shopper,
        cart: carts::domain::Owner::Shopper(user_id).cart_id(),
        addresses: [addresses[0], addresses[1]],
        lines: Vec::new(),
    };
    let first = machine.up_to(2);
    for number in first..=first + machine.up_to(1) {
        let (offer, ..) = OFFERS[usize::try_from(number % 3).unwrap()];
        let quantity = 1 + u32::try_from(machine.up_to(1)).unwrap();
        let body = json!({ "offerId": offer_id(offer), "quantity": quantity });
        let request = request("POST", "/v1/cart/items").json(&body).at(machine.time()).build();
        let customer = Customer::Shopper(buyer.shopper);
        let added = others::add_item(Rc::clone(deployment), customer, request).await;
        assert_eq!(added.status().as_u16(), 201, "{}", String::from_utf8_lossy(added.body()));
        buyer.lines.push((offer_id(offer), quantity));
    }
    buyer
}
