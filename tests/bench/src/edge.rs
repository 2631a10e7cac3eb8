//! What the edge costs: one handler, `carts-add-item`, alone and behind the parts of the edge, by turns.

use std::cell::Cell;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use carts::{handlers::add_item::add_item, store::Store};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use rialto_dynamo::{Counts, Table};
use rialto_events::types::{AvailabilityChanged, AvailabilityStatus, ProductChanged, ProductStatus, VariantData};
use rialto_http::{
    Anyone, Customer, Edge, Request, Shopper, Throttle, dispatch, testing,
    throttle::{Class, Quotas},
    token,
};
use rialto_kernel::{
    Currency, EventId, Money, OfferId, ProductId, SellerId, SessionId, SignedDuration, Timestamp, UserId, VariantId,
};
use serde_json::{Value, json};

use crate::{
    measure::{cpu, float, median},
    table_at,
};

const STAGE: &str = "bench";
const OFFERS: usize = 10;
const WARM_UP: usize = 1;
/// Between requests, by the clock they are given: a bucket is full again, as it mostly is.
const APART: SignedDuration = SignedDuration::from_secs(4);

/// What is before the handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Routing,
    Token,
    LimitInMemory,
    LimitsInTable,
    Key,
    All,
}

impl Before {
    const EVERY: [Self; 7] =
        [Self::Nothing, Self::Routing, Self::Token, Self::LimitInMemory, Self::LimitsInTable, Self::Key, Self::All];

    fn words(self) -> &'static str {
        match self {
            Self::Nothing => "the handler alone",
            Self::Routing => "with routing, size checks, headers, log",
            Self::Token => "  and the token check",
            Self::LimitInMemory => "  and a limit in memory",
            Self::LimitsInTable => "  and two limits in the table",
            Self::Key => "  and an Idempotency-Key",
            Self::All => "with all: token, limits in the table, key",
        }
    }

    /// What it is compared with: the same without it.
    fn without(self) -> Self {
        match self {
            Self::Nothing | Self::Routing | Self::All => Self::Nothing,
            _ => Self::Routing,
        }
    }

    fn has_token(self) -> bool {
        matches!(self, Self::Token | Self::All)
    }

    fn has_key(self) -> bool {
        matches!(self, Self::Key | Self::All)
    }
}

/// Of one turn, a request.
#[derive(Debug, Clone, Copy)]
struct Cost {
    micros: f64,
    reads: f64,
    writes: f64,
}

struct World {
    store: &'static Store,
    table: Table,
    counts: Counts,
    signer: EncodingKey,
    jwks: String,
    /// The time that requests are given, which never goes back.
    clock: Cell<Timestamp>,
}

pub(crate) async fn run(address: &str) {
    let kinds = [
        ("table in memory: our code alone", Table::in_memory("edge"), 15, 300),
        ("DynamoDB Local: with the SDK's work", table_at(address, "edge").await, 7, 20),
    ];
    for (what, table, turns, requests) in kinds {
        let world = World::new(table).await;
        let mut costs: Vec<Vec<Cost>> = vec![Vec::new(); Before::EVERY.len()];
        for turn in 0..turns + WARM_UP {
            for (before, costs) in Before::EVERY.into_iter().zip(&mut costs) {
                let cost = world.turn(before, requests).await;
                if turn >= WARM_UP {
                    costs.push(cost);
                }
            }
        }
        show(what, &costs);
    }
}

fn show(what: &str, costs: &[Vec<Cost>]) {
    println!("  carts-add-item, {what}");
    println!("  {:44}{:>8} {:>8} {:>6}   DynamoDB reads, writes", "", "CPU us", "adds", "ratio");
    let of = |before: Before| Before::EVERY.iter().zip(costs).find(|(one, _)| **one == before).map(|(_, costs)| costs);
    for (before, costs) in Before::EVERY.into_iter().zip(costs) {
        let Some(without) = of(before.without()) else { continue };
        let pairs = || costs.iter().zip(without);
        let micros = median(costs.iter().map(|cost| cost.micros));
        let adds = median(pairs().map(|(with, without)| with.micros - without.micros));
        let ratio = median(pairs().map(|(with, without)| with.micros / without.micros));
        let reads = median(costs.iter().map(|cost| cost.reads));
        let writes = median(costs.iter().map(|cost| cost.writes));
        println!("  {:44}{micros:8.0} {adds:8.0} {ratio:6.2}   {reads:.1}, {writes:.1}", before.words());
    }
}

impl World {
    async fn new(table: Table) -> Self {
        let counts = Counts::default();
        let table = table.counted(&counts);
        let store: &'static Store = Box::leak(Box::new(Store::new(table.clone())));
        for number in 0..OFFERS {
            let (product, band) = offered(number);
            store.product_changed(&product, 1, Timestamp::now()).await.expect("a product");
            store.availability_changed(&band, 1).await.expect("an availability");
        }
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key pair");
        let signer = EncodingKey::from_ec_der(pair.to_pkcs8v1().expect("PKCS#8").as_ref());
        let mut jwk = Jwk::from_encoding_key(&signer, Algorithm::ES256).expect("a public key");
        jwk.common.key_id = Some(STAGE.to_owned());
        let jwks = json!({"keys": [jwk]}).to_string();
        Self { store, table, counts, signer, jwks, clock: Cell::new(Timestamp::now()) }
    }

    /// So many requests of a new shopper, one after another. Making them is not measured.
    async fn turn(&self, before: Before, requests: usize) -> Cost {
        let shopper = Shopper { user_id: UserId::draw(), session_id: SessionId::draw() };
        let edge = self.edge(before);
        let token = self.token(shopper);
        let customer = Customer::Shopper(shopper);
        // The keys are read once a sandbox.
        self.answer(&edge, &customer, Sent::of(before, &token, 0)).await;
        let events: Vec<_> = (0..requests).map(|number| Sent::of(before, &token, number)).collect();
        let (reads, writes, began) = (self.counts.reads(), self.counts.writes(), cpu());
        for event in events {
            self.answer(&edge, &customer, event).await;
        }
        let spent = cpu().saturating_sub(began);
        let requests = float(u64::try_from(requests).unwrap_or(u64::MAX));
        Cost {
            micros: spent.as_secs_f64() * 1e6 / requests,
            reads: float(self.counts.reads().saturating_sub(reads)) / requests,
            writes: float(self.counts.writes().saturating_sub(writes)) / requests,
        }
    }

    async fn answer(&self, edge: &Edge, customer: &Customer, sent: Sent) {
        let now = self.clock.get() + APART;
        self.clock.set(now);
        let status = match sent {
            Sent::Straight(request) => {
                add_item(self.store, customer.clone(), *request).await.expect("the handler answers").status()
            }
            Sent::ByToken(event) => dispatch(edge, self.store, &add_item, *event, now).await.status(),
            Sent::ByAnyone(event) => {
                let handler = |store, _: Anyone, request| add_item(store, customer.clone(), request);
                dispatch(edge, self.store, &handler, *event, now).await.status()
            }
        };
        assert_eq!(status, 201, "something was added");
    }

    fn edge(&self, before: Before) -> Edge {
        let edge = Edge::new("carts-add-item", token::Verifier::new(STAGE, self.jwks.clone()));
        match before {
            Before::LimitInMemory => edge.throttled(Throttle::in_memory(Quotas::default())),
            Before::LimitsInTable | Before::All => {
                edge.throttled(Throttle::new(Class::Checkout, Quotas::default(), self.table.clone()))
            }
            _ => edge,
        }
    }

    fn token(&self, shopper: Shopper) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(token::TYPE.to_owned());
        header.kid = Some(STAGE.to_owned());
        let now = Timestamp::now().as_second();
        let claims = token::Claims {
            iss: token::issuer(STAGE),
            aud: token::AUDIENCE.to_owned(),
            sub: shopper.user_id,
            roles: vec![token::Role::Shopper],
            seller_id: None,
            sid: shopper.session_id,
            iat: now,
            exp: now.saturating_add(900),
        };
        encode(&header, &claims, &self.signer).expect("a token")
    }
}

/// A request, before its turn.
enum Sent {
    /// To the handler.
    Straight(Box<Request>),
    /// To the route, where the token says who it is.
    ByToken(Box<lambda_http::Request>),
    /// To the route, where no token is looked at.
    ByAnyone(Box<lambda_http::Request>),
}

impl Sent {
    fn of(before: Before, token: &str, number: usize) -> Self {
        let body = json!({"offerId": offer(number % OFFERS), "quantity": 1});
        if before == Before::Nothing {
            let request = testing::request("POST", "/v1/cart/items").json(&body).at(Timestamp::now());
            return Self::Straight(Box::new(request.build()));
        }
        let mut headers = json!({"content-type": "application/json", "accept": "application/json"});
        if before.has_token() {
            set(&mut headers, "authorization", format!("Bearer {token}"));
        }
        if before.has_key() {
            set(&mut headers, "idempotency-key", EventId::draw().to_string());
        }
        let event = Box::new(event(&headers, &body));
        if before.has_token() { Self::ByToken(event) } else { Self::ByAnyone(event) }
    }
}

fn set(headers: &mut Value, name: &str, value: String) {
    if let Some(headers) = headers.as_object_mut() {
        headers.insert(name.to_owned(), value.into());
    }
}

/// As the REST API sends it.
fn event(headers: &Value, body: &Value) -> lambda_http::Request {
    let event = json!({
        "resource": "/v1/cart/items", "path": "/v1/cart/items", "httpMethod": "POST",
        "headers": headers, "multiValueHeaders": {}, "queryStringParameters": null, "multiValueQueryStringParameters": null,
        "pathParameters": null, "stageVariables": null,
        "requestContext": {
            "accountId": "1", "resourceId": "r", "stage": STAGE, "requestId": "gateway-7", "resourcePath": "/v1/cart/items",
            "path": "/bench/v1/cart/items", "httpMethod": "POST", "apiId": "a", "protocol": "HTTP/1.1",
            "identity": {"sourceIp": "192.0.2.7"},
        },
        "body": body.to_string(), "isBase64Encoded": false,
    });
    lambda_http::request::from_str(&event.to_string()).expect("an event")
}

fn offer(number: usize) -> OfferId {
    OfferId::named(&[STAGE, &number.to_string()])
}

/// An offer in stock, as the cart service hears of it.
fn offered(number: usize) -> (ProductChanged, AvailabilityChanged) {
    let (sku, seller_id) = (number.to_string(), SellerId::named(&[STAGE]));
    let (product_id, offer_id) = (ProductId::named(&[STAGE, &sku]), offer(number));
    let variant = VariantData {
        variant_id: VariantId::named(&[STAGE, &sku]),
        sku: sku.clone(),
        offer_id,
        options: std::collections::BTreeMap::new(),
        price: Money::new(1000, Currency::USD),
        image: None,
    };
    let product = ProductChanged {
        product_id,
        seller_id,
        status: ProductStatus::Active,
        title: format!("Product {sku}"),
        description: String::new(),
        brand: None,
        category_path: vec![],
        tags: Vec::new(),
        attributes: std::collections::BTreeMap::new(),
        images: vec![],
        created_at: Timestamp::now(),
        variants: vec![variant],
    };
    let status = AvailabilityStatus::InStock;
    (product, AvailabilityChanged { offer_id, product_id, seller_id, sku, status, available: None })
}
