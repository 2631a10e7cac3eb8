//! The way of one purchase through the workflow when nothing goes wrong, to compare with a deployed one.

use std::{rc::Rc, time::Duration};

use inventory::{
    domain::Reason,
    store::{Booking, Inventory, Offer},
};
use rialto_http::testing::request;
use rialto_kernel::MovementId;
use rialto_lambda::testing::{Source, install, settings};
use serde_json::{Value, json};
use tokio::{runtime::Builder, task::LocalSet, time::sleep};

use crate::{
    asl::Document,
    functions::{self, STEPS, others},
    machine::Machine,
    run::{deployed, open},
    tables::listen,
    world::World,
};

/// A purchase of one offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purchase {
    /// At once, with an address of its own and this method.
    AtOnce(&'static str),
    /// At once, after someone else took what there was.
    SoldOut,
    /// In two steps, with a stored address and this method.
    InTwoSteps(&'static str),
}

/// The states that the purchase enters, in order.
///
/// # Panics
/// When the document cannot be read.
#[must_use]
pub fn walk(purchase: Purchase) -> Vec<String> {
    let document = Document::read(&deployed(), STEPS).unwrap_or_else(|error| panic!("{error}"));
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    let states = LocalSet::new().block_on(&runtime, async {
        let machine = Machine::new(0, false);
        machine.begin();
        settings(functions::settings());
        let _installed = install(Rc::clone(&machine) as Rc<dyn Source>);
        let world = open(&machine, document).await;
        buy(&world, purchase).await;
        while !world.engine.is_idle() {
            sleep(Duration::from_secs(1)).await;
        }
        let walked: Vec<String> =
            world.engine.executions().values().flat_map(|run| run.visits.borrow().clone()).collect();
        machine.end();
        listen(None);
        walked
    });
    settings(Default::default());
    states
}

async fn buy(world: &Rc<World>, purchase: Purchase) {
    let buyer = &world.buyers()[0];
    let deployment = || Rc::clone(&world.deployment);
    let now = || world.machine.time();
    let address = json!({"name": "Ada", "line1": "1 Main Street", "city": "Town", "region": "NV", "postalCode": "89501",
        "country": "US"});
    let at_once = |method: &str| json!({"cartId": buyer.cart, "paymentMethodId": method, "shippingAddress": address});
    let place =
        |form: Value| request("POST", "/v1/orders/checkout").json(&form).header("idempotency-key", "k").at(now());
    match purchase {
        Purchase::AtOnce(method) => {
            others::place_order(deployment(), buyer.shopper, place(at_once(method)).build()).await;
        }
        Purchase::SoldOut => {
            take_all(world).await;
            let form = at_once("pm_sandbox_approved");
            others::place_order(deployment(), buyer.shopper, place(form).build()).await;
        }
        Purchase::InTwoSteps(method) => {
            let form = json!({"cartId": buyer.cart, "shippingAddressId": buyer.addresses[0]});
            let initiate =
                request("POST", "/v1/checkout/initiate").json(&form).header("idempotency-key", "k").at(now());
            let opened = others::initiate_session(deployment(), buyer.shopper, initiate.build()).await;
            let opened: Value = serde_json::from_slice(opened.body()).unwrap_or_default();
            let form = json!({"checkoutSessionId": opened["id"], "paymentMethodId": method});
            let pay = request("POST", "/v1/checkout/payment").json(&form).header("idempotency-key", "p").at(now());
            others::pay_session(deployment(), buyer.shopper, pay.build()).await;
        }
    }
}

async fn take_all(world: &World) {
    let inventory = Inventory::new(world.tables.quiet("INVENTORY_TABLE").clone());
    for offer_id in crate::world::offers() {
        for row in inventory.stock_of(offer_id).await.unwrap() {
            let offer = Offer { offer_id, seller_id: row.seller_id, product_id: row.product_id, sku: row.sku };
            let booking = Booking {
                movement_id: MovementId::named(&["taken", &offer_id.to_string(), &row.warehouse_id.to_string()]),
                offer,
                warehouse_id: row.warehouse_id,
                delta: -i64::from(row.on_hand),
                reason: Reason::Adjusted,
                reference: "taken".to_owned(),
            };
            inventory.book(&booking, world.machine.time()).await.unwrap();
        }
    }
}
