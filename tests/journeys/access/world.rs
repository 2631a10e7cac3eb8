//! The people of the access matrix, and the things that its samples name.

use std::{collections::BTreeMap, sync::Mutex};

use acceptance::access::{FALSE_PAPERS, Row, Sample, Who};
use rialto_testkit::{Answer, PASSWORD, Product, Seller, Shop, Shopper};
use serde_json::Value;

use super::papers::Papers;

/// Names in samples with what they stand for.
pub(super) type Things = BTreeMap<String, String>;

/// Everyone, and what the shopper and the seller own.
pub(super) struct World {
    pub(super) shop: Shop,
    pub(super) shopper: Shopper,
    pub(super) other_shopper: Shopper,
    pub(super) seller: Seller,
    pub(super) other_seller: Seller,
    operator: Shopper,
    guest: String,
    pub(super) papers: Papers,
    /// Things that stay as they are.
    lasting: Things,
    /// An offer of the other seller's, whose stock nobody compares.
    for_sale: String,
    /// The tokens of shoppers who were made for one thing of theirs, by the thing.
    owners: Mutex<BTreeMap<String, String>>,
}

/// Headers of a caller.
pub(super) type Credentials = Vec<(&'static str, String)>;

fn bearer(token: &str) -> Credentials {
    vec![("authorization", format!("Bearer {token}"))]
}

fn unique() -> String {
    rialto_kernel::EventId::draw().to_string().replace('_', "-")
}

impl World {
    pub(super) async fn made(shop: Shop) -> Self {
        let (seller, other_seller) = (shop.new_seller().await, shop.new_seller().await);
        let products = [Product::unique(50), Product::unique(1)];
        let (hits, for_sale) =
            tokio::join!(seller.list_products(&products), other_seller.list_product(Product::unique(50)));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let offer = text(&hits[0]["offerId"]);
        let warehouse = text(&seller.stock(&offer).await[0]["warehouseId"]);
        let (shopper, other_shopper) = (shop.new_shopper().await, shop.new_shopper().await);
        let order = shopper.buy(&offer, 1, "pm_sandbox_approved").await.expect(201).text("/id");
        let payments = shop.books().all("payments").await;
        let paid = |row: &&Value| row["sk"] == "PAYMENT" && row["orderId"] == order.as_str();
        let payment = text(&payments.iter().find(paid).unwrap()["paymentId"]);
        let leaver = shop.new_shopper().await;
        let password = serde_json::json!({"password": PASSWORD});
        let erasure = leaver.send("POST", "/v1/me/erasure", Some(&password)).await.expect(202).text("/id");
        let mut guest = shop.new_guest();
        let line = serde_json::json!({"offerId": offer, "quantity": 1});
        guest.send("POST", "/v1/cart/items", Some(&line)).await.expect(201);
        let category = rialto_kernel::CategoryId::named(&["home"]).to_string();
        rialto_testkit::eventually("the category is there", std::time::Duration::from_secs(30), async || {
            (shop.get(&format!("/v1/categories/{category}")).await.status == 200).then_some(())
        })
        .await;
        let lasting = [
            ("product", text(&hits[0]["productId"])),
            ("product-to-go", text(&hits[1]["productId"])),
            ("offer", offer),
            ("warehouse", warehouse),
            ("seller", seller.id.clone()),
            ("import", text(&seller.imports().await[0]["importId"])),
            ("category", category),
            ("order", order),
            ("payment", payment),
            ("erasure", erasure),
            ("email", shopper.email.clone()),
            ("password", PASSWORD.to_owned()),
            ("other-user", other_shopper.id.clone()),
            ("other-seller", other_seller.id.clone()),
        ];
        Self {
            papers: Papers::like(&shop, &shopper.token).await,
            operator: shop.new_operator().await,
            guest: guest.token.unwrap(),
            lasting: lasting.map(|(name, value)| (name.to_owned(), value)).into(),
            for_sale,
            owners: Mutex::default(),
            shop,
            shopper,
            other_shopper,
            seller,
            other_seller,
        }
    }

    /// One of the shopper's or the seller's things, made anew where using it up would matter.
    async fn thing(&self, name: &str) -> String {
        if let Some(lasting) = self.lasting.get(name) {
            return lasting.clone();
        }
        let made = async |path: &str, body: &str, pointer: &str| {
            let body: Value = serde_json::from_str(&self.filled(body).await).unwrap();
            self.shopper.send("POST", path, Some(&body)).await.expect(201).text(pointer)
        };
        match name {
            "unique" => unique(),
            "cart" => made("/v1/cart/items", r#"{"offerId": "{offer}", "quantity": 1}"#, "/id").await,
            "item" => made("/v1/cart/items", r#"{"offerId": "{offer}", "quantity": 1}"#, "/items/0/id").await,
            "address" => made("/v1/me/addresses", acceptance::access::ADDRESS, "/id").await,
            "method" => made("/v1/me/payment-methods", r#"{"gatewayToken": "pm_sandbox_approved"}"#, "/id").await,
            "other-warehouse" => {
                self.made_by_seller("/v1/warehouses", r#"{"name": "Reno", "country": "US"}"#, "/id").await
            }
            "image" => {
                let path = format!("/v1/products/{}/images", self.lasting["product"]);
                let body = r#"{"contentType": "image/jpeg", "bytes": 100000}"#;
                self.made_by_seller(&path, body, "/imageId").await
            }
            "transfer" => {
                let body = r#"{"offerId": "{offer}", "fromWarehouseId": "{warehouse}",
                    "toWarehouseId": "{other-warehouse}", "quantity": 1}"#;
                self.made_by_seller("/v1/inventory/transfers", body, "/id").await
            }
            "full-cart" => self.full_cart().await.1,
            "checkout" => {
                let (buyer, cart) = self.full_cart().await;
                let address: Value = serde_json::from_str(acceptance::access::ADDRESS).unwrap();
                let address = buyer.send("POST", "/v1/me/addresses", Some(&address)).await.expect(201).text("/id");
                let form = serde_json::json!({"cartId": cart, "shippingAddressId": address});
                let key = unique();
                let opened =
                    buyer.send_with("POST", "/v1/checkout/initiate", &[("idempotency-key", &key)], Some(&form)).await;
                self.owned_by(&buyer, opened.expect(201).text("/id"))
            }
            "refresh-token" => self.logged_in().await.text("/refreshToken"),
            "session" => {
                let token = self.logged_in().await.text("/accessToken");
                super::papers::claims_of(&token)["sid"].as_str().unwrap().to_owned()
            }
            "export" => {
                let asked = self.shopper.send("POST", "/v1/me/exports", None).await;
                asked.expect(202).text("/id")
            }
            unknown => panic!("tests/journeys/access/world.rs knows no thing {unknown:?}"),
        }
    }

    /// A shopper with something in their cart, and the cart.
    async fn full_cart(&self) -> (Shopper, String) {
        let buyer = self.shop.new_shopper().await;
        let cart = buyer.add(&self.for_sale, 1).await["id"].as_str().unwrap().to_owned();
        let cart = self.owned_by(&buyer, cart);
        (buyer, cart)
    }

    /// Notes whose a thing is that was made for itself.
    fn owned_by(&self, owner: &Shopper, thing: String) -> String {
        self.owners.lock().unwrap().insert(thing.clone(), owner.token.clone());
        thing
    }

    async fn made_by_seller(&self, path: &str, body: &str, pointer: &str) -> String {
        let body: Value = serde_json::from_str(&self.filled(body).await).unwrap();
        let key = unique();
        let made = self.seller.person.send_with("POST", path, &[("idempotency-key", &key)], Some(&body)).await;
        made.expect(201).text(pointer)
    }

    /// A further session of the shopper's.
    async fn logged_in(&self) -> Answer {
        let credentials = serde_json::json!({"email": self.shopper.email, "password": PASSWORD});
        self.shop.send("POST", "/v1/sessions", &[], Some(&credentials)).await.expect(201)
    }

    /// The text with each `{name}` replaced.
    async fn filled(&self, text: &str) -> String {
        let things = Box::pin(self.things_in(text)).await;
        replaced(text, &things)
    }

    async fn things_in(&self, text: &str) -> Things {
        let mut things = Things::new();
        for name in names_in(text) {
            things.insert(name.to_owned(), self.thing(name).await);
        }
        things
    }

    /// What a request names, and what its answer is to show.
    pub(super) async fn things_of(&self, sample: &Sample) -> Things {
        self.things_in(&format!("{} {}", texts(sample), sample.shows)).await
    }

    /// What a request names, if none of it has to be made first.
    pub(super) fn lasting_things_of(&self, sample: &Sample) -> Option<Things> {
        let texts = texts(sample);
        let lasting = |name: &str| Some((name.to_owned(), self.lasting.get(name)?.clone()));
        names_in(&texts).into_iter().map(lasting).collect()
    }

    /// What this caller shows at the door, where the shopper is the one who owns the things.
    pub(super) fn credentials(&self, who: Who, things: &Things) -> Credentials {
        match who {
            Who::Nobody => Vec::new(),
            Who::False(index) => bearer(&self.papers.falsified(FALSE_PAPERS[index].0)),
            Who::Guest => vec![("cart-token", self.guest.clone())],
            Who::Shopper => {
                let owners = self.owners.lock().unwrap();
                bearer(things.values().find_map(|thing| owners.get(thing)).unwrap_or(&self.shopper.token))
            }
            Who::OtherShopper => bearer(&self.other_shopper.token),
            Who::Seller => bearer(&self.seller.person.token),
            Who::OtherSeller => bearer(&self.other_seller.person.token),
            Who::Operator => bearer(&self.operator.token),
        }
    }

    /// Calls the route. `extra` goes into the body's top.
    pub(super) async fn call(
        &self,
        row: &Row,
        things: &Things,
        credentials: &Credentials,
        extra: Option<(&str, &Value)>,
    ) -> Answer {
        let Sample { path, query, body, headers, .. } = row.sample;
        let mut address = row.route.path.clone();
        for (name, value) in *path {
            address = address.replace(&format!("{{{name}}}"), &replaced(value, things));
        }
        assert!(!address.contains('{'), "{}: the sample does not say what {address} is", row.sample.operation);
        if !query.is_empty() {
            address = format!("{address}?{}", replaced(query, things));
        }
        let mut all = credentials.clone();
        if row.keyed {
            all.push(("idempotency-key", unique()));
        }
        all.extend(headers.iter().map(|(name, value)| (*name, replaced(value, things))));
        let all: Vec<_> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut body: Option<Value> = body.map(|text| serde_json::from_str(&replaced(text, things)).unwrap());
        if let (Some(body), Some((name, value))) = (&mut body, extra) {
            body[name] = value.clone();
        }
        let _in_peace = crate::idempotency::RECEIVING.read().await;
        self.shop.send(&row.route.method, &address, &all, body.as_ref()).await
    }
}

fn texts(sample: &Sample) -> String {
    let pairs = sample.path.iter().chain(sample.headers).map(|(_, value)| *value);
    pairs.chain([sample.query]).chain(sample.body).collect::<Vec<_>>().join(" ")
}

fn names_in(text: &str) -> Vec<&str> {
    let opened = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    let is_name = |name: &&str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    opened.map(|(name, _)| name).filter(is_name).collect()
}

fn replaced(text: &str, things: &Things) -> String {
    things.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}
