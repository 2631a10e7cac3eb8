use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures::future::join_all;
use rialto_dynamo::{Fate, Fault, Faults, Item, Key, Table, Write, testing as tables};
use rialto_http::{
    SellerOrOperator, StatusCode,
    testing::{answered, request},
};
use rialto_kernel::{ImportId, SellerId, Timestamp, UserId};
use serde_json::{Value, json};

use super::*;
use crate::{
    domain::{
        picture::{PICTURES, Picture, Refusal, Size},
        row::Row,
    },
    handlers::{arrange_images::arrange_images, list_images::list_images, remove_image::remove_image},
    store::{GoodRow, Hung, testing_s3::S3},
};

const DAY: i64 = 24 * 60 * 60;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).unwrap()
}

fn seller(name: &str) -> Seller {
    Seller { user_id: UserId::named(&[name]), seller_id: SellerId::named(&[name]) }
}

fn row(price: &str) -> Row {
    let values =
        [("sku", "A"), ("title", "A"), ("category", "C"), ("price", price), ("currency", "USD"), ("quantity", "1")];
    Row::check(&values.map(|(k, v)| (k.to_owned(), v.to_owned())).into()).unwrap()
}

/// A seller's product, and the routes over its pictures.
struct Shop {
    images: NewImages,
    product: ProductId,
}

impl Shop {
    async fn over(table: Table) -> Self {
        let store = Store::new(table.clone());
        let row = row("1.00");
        let owner = seller("s").seller_id;
        let listing = ImportId::named(&["l"]);
        let shown = store.list_item(owner, listing, &row, crate::store::Sale::Now, at(0)).await.unwrap();
        Self { images: NewImages::new(&S3::default().context(&table)).unwrap(), product: shown.product.id }
    }

    fn path(&self) -> String {
        format!("/v1/products/{}/images", self.product)
    }

    async fn ask(&self, who: &str, key: Option<&str>, body: &Value, now: Timestamp) -> (u16, Value) {
        let mut asked = request("POST", &self.path()).path("id", self.product).json(body).at(now);
        if let Some(key) = key {
            asked = asked.header("idempotency-key", key);
        }
        read(answered(create_image(&self.images, seller(who), asked.build()).await))
    }

    async fn asked(&self, now: Timestamp) -> ImageId {
        let (status, body) = self.ask("s", None, &photo(), now).await;
        assert_eq!(status, 201, "{body}");
        serde_json::from_value(body["imageId"].clone()).unwrap()
    }

    /// With so many pictures that are ready, and one that waits.
    async fn with_ready(table: Table, ready: usize) -> (Self, ImageId) {
        let shop = Self::over(table).await;
        for _ in 0..ready {
            let id = shop.asked(at(0)).await;
            assert_eq!(shop.hang(id).await, Hung::There);
        }
        let waiting = shop.asked(at(0)).await;
        (shop, waiting)
    }

    async fn hang(&self, id: ImageId) -> Hung {
        let size = Size { width: 160, height: 90, url: format!("https://images.example/{id}.jpg") };
        let picture = Picture { id, alt: String::new(), width: 160, height: 90, sizes: vec![size] };
        self.images.store.hang(self.original(id), &picture, at(1)).await.unwrap()
    }

    fn original(&self, image_id: ImageId) -> Original {
        Original { seller_id: seller("s").seller_id, product_id: self.product, image_id }
    }

    async fn listed(&self, now: Timestamp) -> (Vec<(String, String)>, String) {
        let asked = request("GET", &self.path()).path("id", self.product).at(now).build();
        let answer = list_images(&self.images.store, SellerOrOperator::Seller(seller("s")), asked).await.unwrap();
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        let (_, body) = read(answer);
        let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
        let items = body["items"].as_array().unwrap().iter();
        (items.map(|item| (text(item, "imageId"), text(item, "state"))).collect(), tag)
    }

    async fn arrange(&self, tag: &str, items: &Value) -> (u16, Value) {
        let asked = request("PUT", &self.path()).path("id", self.product).header("if-match", tag);
        let asked = asked.json(&json!({ "items": items })).at(at(2)).build();
        read(answered(arrange_images(&self.images.store, SellerOrOperator::Seller(seller("s")), asked).await))
    }

    async fn remove(&self, who: &str, id: ImageId) -> u16 {
        let path = format!("{}/{id}", self.path());
        let asked = request("DELETE", &path).path("id", self.product).path("imageId", id).at(at(3)).build();
        let caller = SellerOrOperator::Seller(seller(who));
        answered(remove_image(&self.images.store, caller, asked).await).status().as_u16()
    }

    async fn history(&self) -> Vec<u64> {
        let page = self.images.store.changes_of(self.product, 50, None).await.unwrap();
        page.items.iter().map(|change| change.version).collect()
    }
}

fn read(answer: rialto_http::Response) -> (u16, Value) {
    let empty = answer.status() == StatusCode::NO_CONTENT;
    let body = if empty { Value::Null } else { serde_json::from_slice(answer.body()).unwrap() };
    (answer.status().as_u16(), body)
}

fn photo() -> Value {
    json!({ "contentType": "image/jpeg", "bytes": 5000, "alt": "A lamp" })
}

#[tokio::test]
async fn given_a_product_when_a_picture_is_asked_for_then_the_form_takes_that_file_and_the_same_key_asks_once() {
    let shop = Shop::over(Table::in_memory("t")).await;
    let (status, first) = shop.ask("s", Some("k"), &photo(), at(0)).await;
    assert_eq!(status, 201, "{first}");
    let id: ImageId = serde_json::from_value(first["imageId"].clone()).unwrap();
    let fields = &first["upload"]["fields"];
    assert_eq!((&fields["key"], &fields["Content-Type"]), (&json!(shop.original(id).key()), &json!("image/jpeg")));
    assert_eq!(shop.ask("s", Some("k"), &photo(), at(5)).await, (201, first));
    assert_eq!(shop.listed(at(5)).await.0, [(id.to_string(), "awaiting_upload".to_owned())]);
    // Nothing is told of one whose file never came.
    assert_eq!(shop.listed(at(DAY)).await.0, []);
}

#[tokio::test]
async fn given_others_and_wrong_requests_when_a_picture_is_asked_for_then_nothing_is_noted() {
    let shop = Shop::over(Table::in_memory("t")).await;
    assert_eq!(shop.ask("other", None, &photo(), at(0)).await.0, 404);
    for (pointer, wrong) in [
        ("bytes", json!(0)),
        ("bytes", json!(10_000_001)),
        ("contentType", json!("image/svg+xml")),
        ("alt", json!("x".repeat(251))),
        ("state", json!("ready")),
    ] {
        let mut body = photo();
        body[pointer] = wrong;
        let (status, problem) = shop.ask("s", None, &body, at(0)).await;
        assert!([400, 422].contains(&status), "{problem}");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{pointer}"), "{problem}");
    }
    assert_eq!(shop.listed(at(0)).await.0, []);
}

#[tokio::test]
async fn given_many_who_ask_at_once_when_done_then_a_product_has_no_more_pictures_than_it_may() {
    for table in tables::tables("catalog-images").await.unwrap() {
        let shop = Shop::over(table).await;
        for _ in 0..3 {
            let id = shop.asked(at(0)).await;
            assert_eq!(shop.hang(id).await, Hung::There);
        }
        let mut refused = 0;
        for _ in 0..8 {
            let body = photo();
            let outcomes = join_all((0..5).map(|_| shop.ask("s", None, &body, at(0)))).await;
            refused += outcomes.iter().filter(|(status, _)| *status == 409).count();
            assert!(outcomes.iter().all(|(status, _)| [201, 409, 503].contains(status)), "{outcomes:?}");
            assert!(shop.listed(at(0)).await.0.len() <= PICTURES);
        }
        assert_eq!(shop.listed(at(0)).await.0.len(), PICTURES);
        assert!(refused > 0);
        let (_, problem) = shop.ask("s", None, &photo(), at(0)).await;
        assert_eq!((&problem["code"], &problem["limit"]), (&json!("LIMIT_REACHED"), &json!(PICTURES)));
        // Those that never came make room again.
        shop.asked(at(DAY)).await;
    }
}

/// Someone else gets in, once, before something is read or written.
struct Rival {
    shop: Shop,
    waiting: ImageId,
    /// The sort key that is read, or `WRITE`.
    before: &'static str,
    came: AtomicBool,
}

const WRITE: &str = "write";

impl Rival {
    fn comes_now(&self) -> bool {
        !self.came.swap(true, Ordering::Relaxed)
    }
}

#[async_trait::async_trait]
impl Fate for Rival {
    async fn before_read(&self, keys: &[Key]) {
        if keys.iter().any(|key| key.sk == self.before) && self.comes_now() {
            assert_eq!(self.shop.hang(self.waiting).await, Hung::There);
        }
    }

    async fn before_write(&self, _: &[Write]) -> Option<Fault> {
        if self.before == WRITE && self.comes_now() {
            self.shop.asked(at(0)).await;
        }
        None
    }

    fn applied(&self, _: Vec<(Key, Option<Item>)>) {}
}

#[tokio::test]
async fn given_a_product_with_all_pictures_but_one_when_a_rival_gets_in_at_any_step_then_it_has_no_more_than_it_may() {
    // Ready ones, and one that waits: a rival makes that one ready, or asks for the last that there can be.
    for (ready, before) in [(PICTURES - 1, "ALBUM"), (PICTURES - 1, "PRODUCT"), (PICTURES - 2, WRITE)] {
        let table = Table::in_memory("t");
        let (shop, waiting) = Shop::with_ready(table.clone(), ready).await;
        let rival = Shop { images: shop.images.clone(), product: shop.product };
        let rival = Arc::new(Rival { shop: rival, waiting, before, came: AtomicBool::new(false) });
        let store = Store::new(table.with_faults(Faults::by(rival.clone())));
        let harried = Shop { images: NewImages { store, ..shop.images.clone() }, product: shop.product };
        let (status, problem) = harried.ask("s", None, &photo(), at(0)).await;
        assert_eq!((status, &problem["code"]), (409, &json!("LIMIT_REACHED")), "before {before}: {problem}");
        assert!(rival.came.load(Ordering::Relaxed), "before {before}");
        assert_eq!(shop.listed(at(0)).await.0.len(), PICTURES, "before {before}");
    }
}

#[tokio::test]
async fn given_pictures_when_hung_arranged_and_removed_then_page_and_history_follow_and_each_change_is_told_once() {
    let shop = Shop::over(Table::in_memory("t")).await;
    let (a, b) = (shop.asked(at(0)).await, shop.asked(at(1)).await);
    for id in [a, b, a] {
        assert_eq!(shop.hang(id).await, Hung::There);
    }
    let waiting = shop.asked(at(2)).await;
    let (listed, tag) = shop.listed(at(2)).await;
    let states: Vec<_> = listed.iter().map(|(_, state)| state.as_str()).collect();
    assert_eq!(states, ["ready", "ready", "awaiting_upload"]);

    let order = json!([{ "imageId": b, "alt": "First" }, { "imageId": a }]);
    let (status, problem) = shop.arrange(&tag, &json!([{ "imageId": a }, { "imageId": waiting }])).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/items/1/imageId")));
    let (status, product) = shop.arrange(&tag, &order).await;
    assert_eq!(status, 200, "{product}");
    assert_eq!((&product["gallery"][0]["id"], &product["gallery"][0]["alt"]), (&json!(b), &json!("First")));
    assert_eq!(product["images"][0], format!("https://images.example/{b}.jpg"));
    assert_eq!(shop.arrange(&tag, &order).await.0, 412);

    // A row that is uploaded again changes the rest of the product.
    let row = row("2.00");
    let good = vec![GoodRow { line: 2, row: &row, refusal: None }];
    shop.images.store.settle(seller("s").seller_id, ImportId::named(&["f"]), good, at(2)).await.unwrap();
    let product = shop.images.store.product_of(None, shop.product).await.unwrap().product;
    assert_eq!((product.price().unwrap().amount(), product.pictures.len()), (200, 2));

    assert_eq!(shop.remove("other", b).await, 404);
    assert_eq!([shop.remove("s", b).await, shop.remove("s", waiting).await], [204, 204]);
    assert_eq!([shop.remove("s", b).await, shop.remove("s", waiting).await], [404, 404]);
    assert_eq!(shop.listed(at(3)).await.0, [(a.to_string(), "ready".to_owned())]);
    assert_eq!(shop.hang(waiting).await, Hung::Unwanted);
    assert_eq!(shop.hang(b).await, Hung::Unwanted, "what was removed does not come back");
    assert_eq!(shop.history().await, [6, 4, 3, 2]);
}

#[tokio::test]
async fn given_a_refused_picture_when_its_file_turns_out_good_or_is_refused_again_then_it_stays_refused() {
    let shop = Shop::over(Table::in_memory("t")).await;
    let id = shop.asked(at(0)).await;
    let store = &shop.images.store;
    store.refuse_picture(shop.original(id), &Refusal::unreadable(), at(1)).await.unwrap();
    let other = Refusal::of_bytes(u64::MAX).unwrap();
    store.refuse_picture(shop.original(id), &other, at(2)).await.unwrap();
    assert_eq!(shop.hang(id).await, Hung::Unwanted);
    let asked = request("GET", &shop.path()).path("id", shop.product).at(at(DAY)).build();
    let (_, body) = read(list_images(store, SellerOrOperator::Seller(seller("s")), asked).await.unwrap());
    assert_eq!(
        (&body["items"][0]["state"], &body["items"][0]["refusal"]["code"]),
        (&json!("refused"), &json!("unreadable"))
    );
    assert!(shop.history().await.is_empty());
    assert_eq!(shop.listed(at(8 * DAY)).await.0, []);
}

#[tokio::test]
async fn given_a_picture_that_is_hung_and_removed_at_once_when_done_then_it_is_nowhere_or_on_the_page() {
    for table in tables::tables("catalog-images-race").await.unwrap() {
        let shop = Shop::over(table).await;
        for _ in 0..10 {
            let id = shop.asked(at(0)).await;
            let (hung, again, removed) = futures::join!(shop.hang(id), shop.hang(id), shop.remove("s", id));
            assert_eq!(removed, 204);
            assert!(![&hung, &again].into_iter().any(|hung| matches!(hung, Hung::Refused(_))));
            assert_eq!(shop.listed(at(1)).await.0, [], "whichever came first, it is removed");
        }
    }
}
