//! A purchase from the seller's file to the order.

use rialto_testkit::{Product, Shop};
use serde_json::json;

#[tokio::test]
async fn given_an_uploaded_product_when_a_shopper_buys_it_then_stock_ledger_payment_order_and_cart_agree() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let product = Product::unique(7);
    let tag = product.title.rsplit(' ').next().unwrap().to_owned();
    let offer = seller.list_product(product.clone()).await;

    // Misspelt: two letters of "walnut" and "lamp" are wrong or missing.
    let hit = shop.found(&format!("wallnut desk lmp {tag}"), &product.sku).await;
    assert_eq!(
        (hit["title"].as_str(), &hit["price"]),
        (Some(product.title.as_str()), &json!({"amount": 4990, "currency": "USD"}))
    );
    let page = shop.get(&format!("/v1/products/{}", hit["productId"].as_str().unwrap())).await.expect(200);
    assert_eq!(page.body["variants"][0]["sku"], product.sku.as_str());

    let shopper = shop.new_shopper().await;
    let cart = shopper.add(&offer, 2).await;
    assert_eq!((&cart["subtotal"], &cart["itemCount"]), (&json!({"amount": 9980, "currency": "USD"}), &json!(2)));
    let bought = shopper.buy(&offer, 1, "pm_sandbox_approved").await.expect(201);
    let id = bought.text("/id");
    assert_eq!(bought.header("location"), format!("/v1/orders/{id}"));

    let order = shopper.order(&id).await;
    assert_eq!(order["status"], "CONFIRMED", "{order}");
    assert_eq!(order["total"], json!({"amount": 14970, "currency": "USD"}));
    assert_eq!(order["shippingAddress"]["postalCode"], "SW1Y 4JH");
    let told: Vec<_> =
        order["timeline"].as_array().unwrap().iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    assert_eq!(told, ["OrderCreated", "OrderPaymentPending", "OrderConfirmed"], "{order}");
    assert_eq!(bought.body, order, "checkout answers what the order says");

    assert_eq!(shop.books().stock_of(&offer).await, (4, 0, 4));
    assert_eq!(shop.books().captured_for(&id).await, (1, 14970));
    assert_eq!(shopper.cart().await["items"], json!([]));
    let list = shopper.send("GET", "/v1/orders?status=CONFIRMED", None).await.expect(200);
    assert_eq!(list.body["items"][0]["id"], id.as_str());
    let none = shopper.send("GET", "/v1/orders?status=PAYMENT_FAILED", None).await.expect(200);
    assert_eq!(none.body["items"], json!([]));
}

#[tokio::test]
async fn given_a_total_that_has_changed_when_checked_out_then_it_is_409_with_the_new_one_and_nothing_is_reserved() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let offer = seller.list_product(Product::unique(3)).await;
    let shopper = shop.new_shopper().await;
    shopper.add(&offer, 1).await;
    let mut form = shopper.order_form("pm_sandbox_approved").await;
    form["expectedTotal"] = json!({"amount": 100, "currency": "USD"});

    let problem = shopper.check_out("changed", &form).await.expect_problem(409, "PRICE_CHANGED");

    assert_eq!(problem["total"], json!({"amount": 4990, "currency": "USD"}));
    assert_eq!(shop.books().stock_of(&offer).await, (3, 0, 3));
    assert_eq!(shopper.cart().await["itemCount"], 1);
    let orders = shopper.send("GET", "/v1/orders", None).await.expect(200);
    assert_eq!(orders.body["items"], json!([]), "an order that never reached payment is not in the history");
    form["expectedTotal"] = problem["total"].clone();
    shopper.check_out("agreed", &form).await.expect(201);
}

#[tokio::test]
async fn given_a_stored_address_when_checked_out_then_the_order_goes_there_and_nobody_elses_address_can_be_used() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(3)).await;
    let shopper = shop.new_shopper().await;
    let address = json!({"name": "Grace Hopper", "line1": "1 Navy Yard", "city": "Arlington", "region": "VA", "postalCode": "22201", "country": "US"});
    let stored = shopper.send("POST", "/v1/me/addresses", Some(&address)).await.expect(201).text("/id");
    shopper.add(&offer, 1).await;
    let mut form = shopper.order_form("pm_sandbox_approved").await;
    form.as_object_mut().unwrap().remove("shippingAddress");
    form["shippingAddressId"] = stored.as_str().into();

    let other = shop.new_shopper().await;
    other.add(&offer, 1).await;
    let mut theirs = other.order_form("pm_sandbox_approved").await;
    theirs.as_object_mut().unwrap().remove("shippingAddress");
    theirs["addressId"] = stored.as_str().into();
    other.check_out("theirs", &theirs).await.expect_problem(422, "INVALID_VALUE");

    let bought = shopper.check_out("mine", &form).await.expect(201);
    assert_eq!(bought.body["shippingAddress"]["name"], "Grace Hopper");
    assert_eq!(shop.books().stock_of(&offer).await, (2, 0, 2));
}

#[tokio::test]
async fn given_a_guest_when_they_fill_a_cart_then_it_is_theirs_alone() {
    let shop = Shop::open().await;
    let offer = shop.new_seller().await.list_product(Product::unique(3)).await;
    shop.new_shopper().await.add(&offer, 1).await;
    let mut guest = shop.new_guest();
    let line = json!({"offerId": offer, "quantity": 2});
    guest.send("POST", "/v1/cart/items", Some(&line)).await.expect(201);
    assert!(guest.token.is_some(), "a new guest gets a cart token");
    let cart = guest.send("GET", "/v1/cart", None).await.expect(200);
    assert_eq!(cart.body["itemCount"], 2);
    let item = cart.text("/items/0/id");
    let set = guest.send("PATCH", &format!("/v1/cart/items/{item}"), Some(&json!({"quantity": 3}))).await.expect(200);
    assert_eq!(set.body["itemCount"], 3);
    let mut stranger = shop.new_guest();
    assert_eq!(stranger.send("GET", "/v1/cart", None).await.expect(200).body["items"], json!([]));
    guest.send("DELETE", &format!("/v1/cart/items/{item}"), None).await;
    assert_eq!(guest.send("GET", "/v1/cart", None).await.expect(200).body["items"], json!([]));
}
