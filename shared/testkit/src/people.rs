//! Who uses the shop.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    Answer, Product, Shop, csv, eventually,
    shop::{PROJECTED, unique},
};

/// A person who is logged in.
#[derive(Debug, Clone)]
pub struct Shopper {
    pub(crate) shop: Shop,
    /// `usr_...`.
    pub id: String,
    /// The e-mail.
    pub email: String,
    /// The access token.
    pub token: String,
}

/// A person who sells.
#[derive(Debug, Clone)]
pub struct Seller {
    /// `sel_...`.
    pub id: String,
    /// The person.
    pub person: Shopper,
}

/// A visitor with at most a cart.
#[derive(Debug, Clone)]
pub struct Guest {
    pub(crate) shop: Shop,
    /// The cart's token, once there is a cart.
    pub token: Option<String>,
}

impl Shopper {
    /// The same person with another access token.
    #[must_use]
    pub fn with_token(&self, token: String) -> Self {
        Self { token, ..self.clone() }
    }

    /// A request as this person.
    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.send_with(method, path, &[], body).await
    }

    /// A request as this person with further headers.
    pub async fn send_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers: Vec<_> = [("authorization", bearer.as_str())].into_iter().chain(headers.iter().copied()).collect();
        self.shop.send(method, path, &headers, body).await
    }

    /// The cart.
    pub async fn cart(&self) -> Value {
        self.send("GET", "/v1/cart", None).await.expect(200).body
    }

    /// Puts units of an offer into the cart, as soon as the cart service has heard of it.
    pub async fn add(&self, offer_id: &str, quantity: u32) -> Value {
        let line = json!({"offerId": offer_id, "quantity": quantity});
        eventually(&format!("{offer_id} can be put into a cart"), PROJECTED, async || {
            let answer = self.send("POST", "/v1/cart/items", Some(&line)).await;
            [200, 201].contains(&answer.status).then_some(answer.body)
        })
        .await
    }

    /// What a checkout of this person's cart sends.
    pub async fn order_form(&self, payment_method: &str) -> Value {
        let cart = self.cart().await;
        json!({"cartId": cart["id"], "paymentMethodId": payment_method, "expectedTotal": cart["subtotal"],
            "shippingAddress": address("GB", "SW1Y 4JH")})
    }

    /// Checks out with this key and form.
    pub async fn check_out(&self, key: &str, form: &Value) -> Answer {
        self.send_with("POST", "/v1/orders/checkout", &[("idempotency-key", key)], Some(form)).await
    }

    /// Fills the cart with one offer and checks out, with a new key.
    pub async fn buy(&self, offer_id: &str, quantity: u32, payment_method: &str) -> Answer {
        self.add(offer_id, quantity).await;
        let form = self.order_form(payment_method).await;
        self.check_out(&unique(), &form).await
    }

    /// An order of this person.
    pub async fn order(&self, id: &str) -> Value {
        self.send("GET", &format!("/v1/orders/{id}"), None).await.expect(200).body
    }
}

/// An address in a country.
#[must_use]
pub(crate) fn address(country: &str, postal_code: &str) -> Value {
    json!({"name": "Ada Lovelace", "line1": "12 St James's Square", "city": "London", "postalCode": postal_code, "country": country})
}

impl Seller {
    /// Puts a file where this seller's uploads go, and returns its key.
    pub async fn put_file(&self, name: &str, content: impl Into<Vec<u8>>) -> String {
        let shop = &self.person.shop;
        let key = format!("uploads/{}/{name}", self.id);
        let bucket = format!("{}-catalog-uploads-{}", shop.stack.stage, shop.stack.account);
        let body = aws_sdk_s3::primitives::ByteStream::from(content.into());
        let put = shop.s3.put_object().bucket(bucket).key(&key).body(body).send().await;
        put.unwrap_or_else(|error| panic!("{key}: {error:?}"));
        key
    }

    /// Uploads a file and waits for its import to end.
    pub async fn upload(&self, name: &str, content: impl Into<Vec<u8>>) -> Value {
        let before = self.imports().await;
        self.put_file(name, content).await;
        eventually(&format!("the import of {name} ends"), Duration::from_secs(120), async || {
            let new = self.imports().await.into_iter().find(|import| !before.iter().any(|old| same(old, import)))?;
            Some(new).filter(|import| !["pending", "running"].contains(&import["state"].as_str().unwrap_or_default()))
        })
        .await
    }

    /// This seller's imports.
    pub async fn imports(&self) -> Vec<Value> {
        let answer = self.person.send("GET", "/v1/catalog-imports?limit=100", None).await.expect(200);
        answer.body["items"].as_array().cloned().unwrap_or_default()
    }

    /// Uploads products, waits until they are searchable, and returns their search hits.
    pub async fn list_products(&self, products: &[Product]) -> Vec<Value> {
        let import = self.upload(&format!("{}.csv", unique()), csv(products)).await;
        assert_eq!(import["state"], "completed", "{import}");
        let mut hits = Vec::new();
        for product in products {
            hits.push(self.person.shop.found(&product.title, &product.sku).await);
        }
        hits
    }

    /// Lists one product and returns its offer's id.
    pub async fn list_product(&self, product: Product) -> String {
        let hits = self.list_products(&[product]).await;
        hits[0]["offerId"].as_str().expect("a hit names the offer").to_owned()
    }

    /// Stock rows of an offer or SKU.
    pub async fn stock(&self, offer_or_sku: &str) -> Vec<Value> {
        let answer = self.person.send("GET", &format!("/v1/inventory/{offer_or_sku}"), None).await.expect(200);
        answer.body["items"].as_array().cloned().unwrap_or_default()
    }

    /// Units of an offer that can be bought, over all warehouses.
    pub async fn available(&self, offer_id: &str) -> i64 {
        self.stock(offer_id).await.iter().filter_map(|row| row["available"].as_i64()).sum()
    }
}

fn same(a: &Value, b: &Value) -> bool {
    a["importId"] == b["importId"]
}

impl Guest {
    /// A request as this guest; a cart token in the answer is kept.
    pub async fn send(&mut self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let token = self.token.clone();
        let headers: Vec<_> = token.as_deref().map(|token| ("cart-token", token)).into_iter().collect();
        let answer = self.shop.send(method, path, &headers, body).await;
        if let Some(token) = answer.body["cartToken"].as_str() {
            self.token = Some(token.to_owned());
        }
        answer
    }
}
