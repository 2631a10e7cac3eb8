//! The simulation's interpreter and Step Functions take the same way through the checkout for the same purchase.

use rialto_testkit::{Product, Shop};
use serde_json::json;
use simulation::{Purchase, walk};

fn simulated(purchase: Purchase) -> Vec<String> {
    // The simulation has a runtime of its own.
    std::thread::spawn(move || walk(purchase)).join().unwrap()
}

#[tokio::test]
async fn given_purchases_at_once_when_bought_here_and_in_the_simulation_then_they_enter_the_same_states() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(5)).await;
    for method in ["pm_sandbox_approved", "pm_sandbox_declined", "pm_sandbox_capture_fails"] {
        let shopper = shop.new_shopper().await;
        let answer = shopper.buy(&offer, 1, method).await;
        let id = if answer.status == 201 { answer.text("/id") } else { answer.text("/orderId") };
        shop.checkout_ended(&id).await;
        assert_eq!(shop.checkout_path(&id).await, simulated(Purchase::AtOnce(method)), "{method}");
    }
}

#[tokio::test]
async fn given_an_offer_that_is_sold_out_when_bought_here_and_in_the_simulation_then_they_enter_the_same_states() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(1)).await;
    let (late, first) = (shop.new_shopper().await, shop.new_shopper().await);
    late.add(&offer, 1).await;
    first.buy(&offer, 1, "pm_sandbox_approved").await.expect(201);
    let form = late.order_form("pm_sandbox_approved").await;
    late.check_out("late", &form).await.expect_problem(409, "OUT_OF_STOCK");
    let entries = shop.books().under("checkout", &format!("SHOPPER#{}", late.id)).await;
    let id = entries[0]["orderId"].as_str().unwrap().to_owned();
    shop.checkout_ended(&id).await;
    assert_eq!(shop.checkout_path(&id).await, simulated(Purchase::SoldOut));
}

#[tokio::test]
async fn given_a_purchase_in_two_steps_when_bought_here_and_in_the_simulation_then_they_enter_the_same_states() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(2)).await;
    let shopper = shop.new_shopper().await;
    let cart = shopper.add(&offer, 1).await;
    let address =
        json!({"name": "Ada", "line1": "1 Navy Yard", "city": "London", "postalCode": "SW1Y 4JH", "country": "GB"});
    let address = shopper.send("POST", "/v1/me/addresses", Some(&address)).await.expect(201).text("/id");
    let form = json!({"cartId": cart["id"], "shippingAddressId": address});
    let opened = shopper.send_with("POST", "/v1/checkout/initiate", &[("idempotency-key", "open")], Some(&form)).await;
    let id = opened.expect(201).text("/id");
    let form = json!({"checkoutSessionId": id, "paymentMethodId": "pm_sandbox_approved"});
    shopper.send_with("POST", "/v1/checkout/payment", &[("idempotency-key", "pay")], Some(&form)).await.expect(201);
    shop.checkout_ended(&id).await;
    assert_eq!(shop.checkout_path(&id).await, simulated(Purchase::InTwoSteps("pm_sandbox_approved")));
}
