//! Many shoppers, little stock.

use rialto_testkit::{Answer, Product, Seller, Shop, Shopper};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// Each shopper with one unit in the cart and a form to check out with.
pub(crate) async fn queue_up(shop: &Shop, offer: &str, shoppers: usize) -> Vec<(Shopper, Value)> {
    let mut queue = Vec::new();
    for _ in 0..shoppers {
        let shopper = shop.new_shopper().await;
        shopper.add(offer, 1).await;
        let form = shopper.order_form("pm_sandbox_approved").await;
        queue.push((shopper, form));
    }
    queue
}

pub(crate) async fn rush(queue: Vec<(Shopper, Value)>) -> Vec<(Shopper, Answer)> {
    let mut rush = JoinSet::new();
    for (shopper, form) in queue {
        rush.spawn(async move {
            let answer = shopper.check_out("rush", &form).await;
            (shopper, answer)
        });
    }
    rush.join_all().await
}

/// Waits for those that were answered 202, and returns how many orders were confirmed and how many refused.
pub(crate) async fn settled(shop: &Shop, answers: Vec<(Shopper, Answer)>) -> (usize, usize) {
    let (mut confirmed, mut refused) = (0, 0);
    for (shopper, answer) in answers {
        let status = match answer.status {
            201 => answer.body["status"].clone(),
            202 => {
                let id = answer.header("location").rsplit('/').next().unwrap().to_owned();
                assert_eq!(shop.checkout_ended(&id).await, "SUCCEEDED");
                shopper.order(&id).await["status"].clone()
            }
            _ => {
                let problem = answer.expect_problem(409, "OUT_OF_STOCK");
                assert_eq!(problem["items"][0]["available"], 0, "{problem}");
                json!("CANCELLED")
            }
        };
        match status.as_str() {
            Some("CONFIRMED") => confirmed += 1,
            Some("CANCELLED") => refused += 1,
            other => panic!("an order ended as {other:?}"),
        }
    }
    (confirmed, refused)
}

#[tokio::test]
async fn given_5_units_when_20_shoppers_check_out_at_once_then_exactly_5_orders_are_confirmed() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(5)).await;
    let answers = rush(queue_up(&shop, &offer, 20).await).await;
    assert_eq!(settled(&shop, answers).await, (5, 15));
    assert_eq!(shop.books().stock_of(&offer).await, (0, 0, 0));
}

async fn second_warehouse(seller: &Seller, offer: &str, units: u32) -> String {
    let form = json!({"name": "North", "country": "GB", "postalCode": "LS1 4DY"});
    let made = seller.person.send_with("POST", "/v1/warehouses", &[("idempotency-key", "north")], Some(&form)).await;
    let warehouse = made.expect(201).text("/id");
    let receipt = json!({"offerId": offer, "warehouseId": warehouse, "quantity": units, "reason": "first delivery"});
    let key = [("idempotency-key", "delivery")];
    let _in_peace = crate::idempotency::RECEIVING.read().await;
    seller.person.send_with("POST", "/v1/inventory/receipts", &key, Some(&receipt)).await.expect(201);
    warehouse
}

#[tokio::test]
async fn given_two_warehouses_of_3_and_2_when_5_are_ordered_then_one_order_takes_both() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let offer = seller.list_product(Product::unique(3)).await;
    second_warehouse(&seller, &offer, 2).await;
    assert_eq!(shop.books().stock_of(&offer).await, (5, 0, 5));
    let buyer = shop.new_shopper().await;
    buyer.buy(&offer, 3, "pm_sandbox_declined").await.expect_problem(402, "PAYMENT_DECLINED");
    buyer.buy(&offer, 2, "pm_sandbox_approved").await.expect(201);
    assert_eq!(shop.books().stock_of(&offer).await, (0, 0, 0));
}

#[tokio::test]
async fn given_two_variants_of_one_cart_when_one_is_short_then_neither_is_taken() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let (plenty, scarce) = (Product::unique(9), Product::unique(4));
    let hits = seller.list_products(&[plenty, scarce]).await;
    let (plenty, scarce) = (hits[0]["offerId"].as_str().unwrap(), hits[1]["offerId"].as_str().unwrap());
    let (first, second) = (shop.new_shopper().await, shop.new_shopper().await);
    for shopper in [&first, &second] {
        shopper.add(plenty, 2).await;
        shopper.add(scarce, 3).await;
    }
    let forms = [first.order_form("pm_sandbox_approved").await, second.order_form("pm_sandbox_approved").await];
    first.check_out("first", &forms[0]).await.expect(201);
    let problem = second.check_out("second", &forms[1]).await.expect_problem(409, "OUT_OF_STOCK");
    assert_eq!(problem["items"], json!([{"offerId": scarce, "requested": 3, "available": 1}]));
    assert_eq!(shop.books().stock_of(plenty).await, (7, 0, 7));
    assert_eq!(shop.books().stock_of(scarce).await, (1, 0, 1));
}
