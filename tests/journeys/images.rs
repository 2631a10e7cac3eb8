//! Pictures of products, from a phone to the page.

use std::time::Duration;

use image::{DynamicImage, ImageEncoder, Rgb, RgbImage, codecs::jpeg::JpegEncoder};
use rialto_testkit::{Product, Seller, Shop, eventually};
use serde_json::{Value, json};

/// A photo as a phone makes it: stored lying down, with its turn and its place in the metadata.
fn photo(width: u32, height: u32) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 52.5200 N 13.4050 E");
    let photo =
        RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([200, 0, 0]) } else { Rgb([0, 0, 200]) });
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 85);
    encoder.set_exif_metadata(exif).unwrap();
    encoder.encode_image(&photo).unwrap();
    bytes
}

fn drawing() -> Vec<u8> {
    let mut bytes = Vec::new();
    let drawing = DynamicImage::ImageRgb8(RgbImage::from_pixel(300, 300, Rgb([1, 2, 3])));
    drawing.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

/// A PNG whose header says 30,000 by 30,000 pixels.
fn bomb() -> Vec<u8> {
    let mut file = drawing();
    file[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let mut crc = u32::MAX;
    for byte in &file[12..29] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
    }
    file[29..33].copy_from_slice(&(crc ^ u32::MAX).to_be_bytes());
    file
}

/// A product of a seller, and the routes of its pictures.
struct Page {
    shop: Shop,
    seller: Seller,
    product: Product,
    id: String,
    offer: String,
}

impl Page {
    async fn open() -> Self {
        let shop = Shop::open().await;
        let seller = shop.new_seller().await;
        let product = Product::unique(5);
        let hits = seller.list_products(std::slice::from_ref(&product)).await;
        let text = |name: &str| hits[0][name].as_str().unwrap().to_owned();
        Self { id: text("productId"), offer: text("offerId"), shop, seller, product }
    }

    fn path(&self) -> String {
        format!("/v1/products/{}/images", self.id)
    }

    async fn ask(&self, kind: &str, bytes: usize) -> Value {
        let body = json!({"contentType": kind, "bytes": bytes, "alt": "A lamp"});
        self.seller.person.send("POST", &self.path(), Some(&body)).await.expect(201).body
    }

    async fn upload(&self, kind: &str, file: Vec<u8>) -> Value {
        let asked = self.ask(kind, file.len()).await;
        self.shop.post_form(&asked["upload"], file).await;
        asked
    }

    async fn standing(&self, asked: &Value) -> Option<Value> {
        let listed = self.seller.person.send("GET", &self.path(), None).await.expect(200).body;
        listed["items"].as_array().unwrap().iter().find(|item| item["imageId"] == asked["imageId"]).cloned()
    }

    async fn judged(&self, asked: &Value) -> Value {
        eventually("the picture is judged", Duration::from_secs(60), async || {
            self.standing(asked).await.filter(|it| it["state"] != "awaiting_upload")
        })
        .await
    }

    async fn shown(&self) -> Value {
        self.shop.get(&format!("/v1/products/{}", self.id)).await.expect(200).body
    }

    /// What the bucket says of a file, said again.
    async fn notified_again(&self, asked: &Value, bytes: usize) {
        let bucket = format!("{}-catalog-uploads-{}", self.shop.stack.stage, self.shop.stack.account);
        let key = &asked["upload"]["fields"]["key"];
        let notice = json!({"Records": [{"eventName": "ObjectCreated:Post", "eventTime": "2026-01-01T00:00:00.000Z",
            "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": bytes, "versionId": "null"}}}]});
        let event = json!({"Records": [{"messageId": "again", "body": notice.to_string(), "attributes": {}}]});
        // A queue tells it again until it is done with.
        eventually("the file is heard again", Duration::from_secs(30), async || {
            let answer = self.shop.invoke("catalog-process-image", &event).await;
            (answer["batchItemFailures"] == json!([])).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn given_a_phones_photo_when_uploaded_then_page_search_and_cart_show_it_upright_and_nothing_tells_where_it_was_taken()
 {
    let page = Page::open().await;
    let file = photo(1600, 800);
    let asked = page.upload("image/jpeg", file.clone()).await;
    let ready = page.judged(&asked).await;
    assert_eq!((&ready["state"], &ready["alt"]), (&json!("ready"), &json!("A lamp")), "{ready}");

    let shown = page.shown().await;
    let sizes = shown["gallery"][0]["sizes"].as_array().unwrap();
    let sides: Vec<_> = sizes.iter().map(|size| (size["width"].as_u64(), size["height"].as_u64())).collect();
    assert_eq!(sides, [(80, 160), (240, 480), (600, 1200)].map(|(width, height)| (Some(width), Some(height))));
    for size in sizes {
        let (bytes, cache) = page.shop.load(size["url"].as_str().unwrap()).await;
        assert_eq!(cache, "public, max-age=31536000, immutable");
        for secret in [&b"Exif"[..], b"GPS", b"52.5200"] {
            assert!(file.windows(secret.len()).any(|window| window == secret));
            assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{size}");
        }
        let there = image::load_from_memory(&bytes).unwrap().to_rgb8();
        assert_eq!(
            (u64::from(there.width()), u64::from(there.height())),
            (size["width"].as_u64().unwrap(), size["height"].as_u64().unwrap())
        );
        // What lay on the left is on top: red.
        assert!(
            there.get_pixel(there.width() / 2, 4).0[0] > 150
                && there.get_pixel(there.width() / 2, there.height() - 5).0[2] > 150
        );
    }
    let largest = &sizes[2]["url"];
    assert_eq!(&shown["images"][0], largest);
    let Product { title, sku, .. } = &page.product;
    eventually("search shows it", Duration::from_secs(60), async || {
        (&page.shop.found(title, sku).await["image"] == largest).then_some(())
    })
    .await;
    let shopper = page.shop.new_shopper().await;
    shopper.add(&page.offer, 1).await;
    eventually("the cart shows it", Duration::from_secs(60), async || {
        (&shopper.cart().await["items"][0]["image"] == largest).then_some(())
    })
    .await;

    for _ in 0..2 {
        page.notified_again(&asked, file.len()).await;
    }
    assert_eq!(page.shown().await["gallery"], shown["gallery"]);
    let history = page.seller.person.send("GET", &format!("/v1/products/{}/changes", page.id), None).await.expect(200);
    let history = history.body["items"].as_array().unwrap().clone();
    assert_eq!(history.len(), 1, "{history:?}");
    assert_eq!(
        (&history[0]["by"], &history[0]["fields"]["images"]["to"][0]["id"]),
        (&json!(page.seller.id), &asked["imageId"])
    );
}

#[tokio::test]
async fn given_files_that_cannot_be_used_when_uploaded_then_the_seller_reads_why_and_the_page_is_as_it_was() {
    let page = Page::open().await;
    let files = [
        ("image/png", bomb(), "too_many_pixels"),
        ("image/jpeg", drawing(), "other_type"),
        ("image/webp", b"<script>alert(1)</script>".to_vec(), "not_an_image"),
        ("image/jpeg", photo(100, 50), "too_small"),
    ];
    let mut all = Vec::new();
    for (kind, file, code) in files {
        all.push((page.upload(kind, file).await, code));
    }
    for (asked, code) in &all {
        let refused = page.judged(asked).await;
        assert_eq!((&refused["state"], &refused["refusal"]["code"]), (&json!("refused"), &json!(code)), "{refused}");
        assert!(refused["refusal"]["detail"].as_str().unwrap().len() > 20, "{refused}");
    }
    // The bucket itself takes no more than was said, and nothing else.
    let small = page.ask("image/jpeg", 1000).await;
    let (status, told) = page.shop.try_form(&small["upload"], photo(1600, 800)).await;
    assert!((400..500).contains(&status), "{status} {told}");
    let mut other = page.ask("image/jpeg", 100_000).await;
    other["upload"]["fields"]["Content-Type"] = json!("text/html");
    let (status, told) = page.shop.try_form(&other["upload"], photo(200, 200)).await;
    assert!((400..500).contains(&status), "{status} {told}");
    let shown = page.shown().await;
    assert_eq!((&shown["gallery"], &shown["images"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn given_pictures_when_arranged_and_removed_then_the_page_follows_and_a_late_file_changes_nothing() {
    let page = Page::open().await;
    let (first, second) = (page.upload("image/jpeg", photo(400, 200)).await, page.upload("image/png", drawing()).await);
    for asked in [&first, &second] {
        assert_eq!(page.judged(asked).await["state"], "ready");
    }
    let order = json!({"items": [{"imageId": second["imageId"], "alt": "Front"}, {"imageId": first["imageId"]}]});
    let arrange = async |tag: &str, order: &Value| {
        page.seller.person.send_with("PUT", &page.path(), &[("if-match", tag)], Some(order)).await
    };
    let partly = json!({"items": [{"imageId": second["imageId"]}]});
    arrange("*", &partly).await.expect_problem(422, "INVALID_VALUE");
    // News of its stock may come in between, and are no change of the product.
    let tag = page.seller.person.send("GET", &page.path(), None).await.expect(200).header("etag").to_owned();
    let arranged = arrange(&tag, &order).await.expect(200).body;
    assert_eq!((&arranged["gallery"][0]["id"], &arranged["gallery"][0]["alt"]), (&second["imageId"], &json!("Front")));
    arrange(&tag, &order).await.expect_problem(412, "PRECONDITION_FAILED");

    let remove = async |asked: &Value| {
        let path = format!("{}/{}", page.path(), asked["imageId"].as_str().unwrap());
        page.seller.person.send("DELETE", &path, None).await
    };
    remove(&second).await.expect(204);
    remove(&second).await.expect_problem(404, "NOT_FOUND");
    let late = page.ask("image/jpeg", 100_000).await;
    remove(&late).await.expect(204);
    page.shop.post_form(&late["upload"], photo(200, 200)).await;
    // One behind it, so that the late one was heard.
    let last = page.upload("image/jpeg", photo(200, 200)).await;
    assert_eq!(page.judged(&last).await["state"], "ready");
    page.notified_again(&late, 1000).await;
    assert_eq!(page.standing(&late).await, None);
    let shown = page.shown().await;
    let ids: Vec<_> = shown["gallery"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    assert_eq!(ids, [&first["imageId"], &last["imageId"]]);
}
