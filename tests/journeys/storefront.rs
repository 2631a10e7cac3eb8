//! What a product's page says, and where it is.

use std::time::Duration;

use rialto_testkit::{Product, Seller, Shop, eventually};
use serde_json::{Value, json};

/// A product of a new seller, on sale and in stock.
struct Page {
    shop: Shop,
    seller: Seller,
    id: String,
    offer: String,
    path: String,
}

impl Page {
    async fn open() -> Self {
        let shop = Shop::open().await;
        let seller = shop.new_seller().await;
        let hits = seller.list_products(&[Product::unique(5)]).await;
        let [id, offer] = ["productId", "offerId"].map(|name| hits[0][name].as_str().unwrap().to_owned());
        let path = format!("/v1/products/{id}");
        shop.stocked_page(&path).await;
        Self { shop, seller, id, offer, path }
    }

    async fn preview(&self) -> rialto_testkit::Answer {
        self.seller.person.send("GET", &format!("{}/preview", self.path), None).await.expect(200)
    }

    async fn change(&self, tag: &str, edit: &Value) -> rialto_testkit::Answer {
        self.seller.person.send_with("PATCH", &self.path, &[("if-match", tag)], Some(edit)).await
    }

    async fn shown(&self) -> Value {
        self.shop.get(&self.path).await.expect(200).body
    }

    /// Where a slug is.
    fn at(slug: &str) -> String {
        format!("/v1/products/by-slug/{slug}")
    }
}

#[tokio::test]
async fn given_tags_seo_words_and_related_when_its_seller_sets_them_then_the_page_and_the_history_say_so() {
    let page = Page::open().await;
    let other = page.shop.new_seller().await;
    let hits = other.list_products(&[Product::unique(1)]).await;
    let related = json!([hits[0]["productId"], "prd_0190163d8694739b9f3a1c5d7e9b2f40"]);
    let edit = json!({
        "tags": ["Gift", "gift", " reading "], "slugWords": "the-lamp", "related": related,
        "seo": {"title": "Walnut desk lamp", "description": "Warm light for late work."},
    });
    for (wrong, status) in [
        (json!({"tags": ["a|b"]}), 422),
        (json!({"seo": {"title": "x".repeat(71)}}), 422),
        (json!({"seo": {"keywords": "lamp"}}), 400),
        (json!({"slugWords": "The lamp"}), 422),
        (json!({"related": [page.id]}), 422),
    ] {
        assert_eq!(page.change("*", &wrong).await.status, status, "{wrong}");
    }
    let changed = page.change(page.preview().await.header("etag"), &edit).await.expect(200);
    let shown = page.shown().await;
    for body in [&changed.body, &shown] {
        assert_eq!((&body["tags"], &body["related"]), (&json!(["Gift", "reading"]), &related));
        assert_eq!((&body["seo"], &body["slug"]), (&edit["seo"], &json!(format!("the-lamp-{}", page.id))));
    }
    let history = page.seller.person.send("GET", &format!("{}/changes", page.path), None).await.expect(200);
    let fields = history.body["items"][0]["fields"].as_object().unwrap();
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["related", "seo", "slugWords", "tags"]);

    // A file that says nothing of tags leaves them; one that does sets them.
    let row = |head: &str, price: &str, rest: &str| {
        let sku = &shown["variants"][0]["sku"].as_str().unwrap();
        format!(
            "sku,title,description,brand,category,price,currency,quantity{head}\n{sku},Lamp,,,Home,{price},USD,5{rest}\n"
        )
    };
    for (file, tags) in [
        (row("", "31.00", ""), json!(["Gift", "reading"])),
        (row(",tags", "31.00", ",summer|GIFT"), json!(["summer", "GIFT"])),
    ] {
        let import = page.seller.upload("tags.csv", file).await;
        assert_eq!((&import["state"], &import["counts"]["accepted"]), (&json!("completed"), &json!(1)), "{import}");
        assert_eq!(page.shown().await["tags"], tags);
    }
    assert_eq!(page.shown().await["seo"], edit["seo"], "files say nothing of it");
}

#[tokio::test]
async fn given_a_product_that_was_renamed_when_an_old_address_is_asked_for_then_it_leads_to_the_page() {
    let page = Page::open().await;
    let old = page.shown().await["slug"].as_str().unwrap().to_owned();
    assert!(old.starts_with("walnut-desk-lamp-") && old.ends_with(&page.id), "{old}");
    let before = page.shop.get_unfollowed(&Page::at(&old)).await.expect(200);
    assert_eq!(before.body["id"], page.id);

    let title = format!("Größere Glaslampe {}", &page.id[24..]);
    page.change("*", &json!({"title": title})).await.expect(200);
    let new = format!("grossere-glaslampe-{}-{}", &page.id[24..], page.id);
    assert_eq!(page.shown().await["slug"], json!(new));
    for from in [&old, &page.id, &format!("some-other-words-{}", page.id)] {
        let moved = page.shop.get_unfollowed(&Page::at(from)).await.expect(301);
        assert_eq!((moved.header("location"), moved.header("cache-control")), (new.as_str(), "public, max-age=0"));
        let followed = page.shop.request("GET", &Page::at(from)).send().await.unwrap();
        assert!(followed.url().path().ends_with(&Page::at(&new)), "{}", followed.url());
        assert_eq!(
            (followed.status().as_u16(), followed.json::<Value>().await.unwrap()["title"].clone()),
            (200, json!(title))
        );
    }
    let now = page.shop.get_unfollowed(&Page::at(&new)).await.expect(200);
    let by_id = page.shop.get(&page.path).await.expect(200);
    assert_eq!((&now.body, now.header("cache-control")), (&by_id.body, by_id.header("cache-control")));
    let at_hand = [("if-none-match", by_id.header("etag"))];
    page.shop.send("GET", &Page::at(&new), &at_hand, None).await.expect(304);

    for none in ["walnut-desk-lamp", "images", "lamp-prd_0190163d8694739b9f3a1c5d7e9b2f40"] {
        page.shop.get(&Page::at(none)).await.expect_problem(404, "NOT_FOUND");
    }
    page.seller.person.send("POST", &format!("{}/archive", page.path), None).await.expect(204);
    for slug in [&old, &new] {
        page.shop.get(&Page::at(slug)).await.expect_problem(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn given_stock_that_moves_between_preview_and_change_when_changed_then_only_anothers_change_stands_in_the_way() {
    let page = Page::open().await;
    let public = page.shop.get(&page.path).await.expect(200).header("etag").to_owned();
    assert!(public.starts_with("W/"), "{public}");
    let seen = page.preview().await;
    let warehouse = page.seller.stock(&page.offer).await[0]["warehouseId"].clone();
    let less = json!({"offerId": page.offer, "warehouseId": warehouse, "delta": -2, "reason": "stocktake"});
    let key = [("idempotency-key", "less")];
    page.seller.person.send_with("POST", "/v1/inventory/adjustments", &key, Some(&less)).await.expect(201);
    eventually("the page tells of it", Duration::from_secs(60), async || {
        (page.shown().await["availability"]["available"] == 3).then_some(())
    })
    .await;
    assert_ne!(page.shop.get(&page.path).await.expect(200).header("etag"), public);

    let changed = page.change(seen.header("etag"), &json!({"description": "Dims to a glow."})).await.expect(200);
    let refused = page.change(seen.header("etag"), &json!({"description": "Late."})).await;
    refused.expect_problem(412, "PRECONDITION_FAILED");
    let weak = page.change(&public, &json!({"description": "Weak."})).await.expect_problem(412, "PRECONDITION_FAILED");
    assert!(weak["detail"].as_str().unwrap().contains("weak"), "{weak}");
    page.change(changed.header("etag"), &json!({"description": "Next."})).await.expect(200);
}
