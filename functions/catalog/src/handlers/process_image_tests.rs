use std::{collections::BTreeMap, io::Cursor};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, codecs::jpeg::JpegEncoder};
use rialto_dynamo::{Fault, Faults, Item, Key, Path, Table, Update, testing as tables};
use rialto_events::OUTBOX;
use rialto_kernel::{ImageId, ImportId, ProductId, SellerId};
use serde_json::json;

use super::*;
use crate::{
    domain::{
        picture::{Alt, RefusalCode, State},
        row::Row,
    },
    store::{Sale, testing_s3::S3},
};

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn id() -> ImageId {
    ImageId::named(&["i"])
}

/// A product whose seller has asked for a picture.
struct Shop {
    table: Table,
    s3: S3,
    original: Original,
}

impl Shop {
    async fn asking_for(kind: MediaType) -> Self {
        let (table, s3) = (Table::in_memory("t"), S3::default());
        let store = Store::new(table.clone());
        let values = [("sku", "A"), ("title", "A"), ("category", "C"), ("price", "1.00"), ("currency", "USD")];
        let mut values: BTreeMap<_, _> = values.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        values.insert("quantity".to_owned(), "1".to_owned());
        let seller_id = SellerId::named(&["s"]);
        let row = Row::check(&values).unwrap();
        let shown = store.list_item(seller_id, ImportId::named(&["l"]), &row, Sale::Now, now()).await.unwrap();
        let original = Original { seller_id, product_id: shown.product.id, image_id: id() };
        let asked = Asked::awaiting(kind, Alt::try_from("A lamp".to_owned()).unwrap(), now());
        store.ask_for_picture(seller_id, original.product_id, id(), &asked, now()).await.unwrap();
        Self { table, s3, original }
    }

    /// Puts a file where the picture's form does, and answers what the bucket says of it.
    fn uploaded(&self, version: &str, file: &[u8]) -> Arrival {
        let key = self.original.key();
        self.s3.put(&format!("uploads/{key}?versionId={version}"), file.to_vec());
        let (version_id, bytes) = (version.to_owned(), u64::try_from(file.len()).unwrap());
        Arrival { bucket: "uploads".to_owned(), key, version_id, bytes, time: now() }
    }

    fn room(&self) -> Darkroom {
        Darkroom::new(&self.s3.context(&self.table)).unwrap()
    }

    async fn process(&self, file: &Arrival) -> Result<(), Error> {
        process(&self.room(), file, now()).await
    }

    fn store(&self) -> Store {
        Store::new(self.table.clone())
    }

    /// All that is kept, but for the ids of events, which are drawn.
    async fn kept(&self) -> (Vec<Item>, BTreeMap<String, crate::store::testing_s3::Object>) {
        let mut items = tables::items(&self.table).await.unwrap();
        items.iter_mut().for_each(|item| drop(item.remove(OUTBOX)));
        items.sort_by_key(|item| (item["pk"].as_s().unwrap().clone(), item["sk"].as_s().unwrap().clone()));
        (items, self.s3.objects())
    }

    async fn refusal(&self) -> Option<RefusalCode> {
        let (_, album) = self.store().pictures(None, self.original.product_id).await.unwrap();
        Some(album.images.get(&id())?.refusal.as_ref()?.code)
    }

    async fn gallery(&self) -> Vec<Picture> {
        self.store().product_of(None, self.original.product_id).await.unwrap().product.pictures
    }
}

fn photo() -> Vec<u8> {
    let mut bytes = Vec::new();
    let photo = RgbImage::from_pixel(600, 300, Rgb([90, 120, 150]));
    JpegEncoder::new(&mut bytes).encode_image(&photo).unwrap();
    bytes
}

fn drawing() -> Vec<u8> {
    let mut bytes = Vec::new();
    let drawing = DynamicImage::ImageRgb8(RgbImage::from_pixel(200, 200, Rgb([1, 2, 3])));
    drawing.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

#[tokio::test]
async fn given_a_photo_when_uploaded_then_it_is_on_the_page_in_all_sizes_its_original_is_gone_and_again_changes_nothing()
 {
    let shop = Shop::asking_for(MediaType::Jpeg).await;
    let file = shop.uploaded("v1", &photo());
    let key = shop.original.key();
    let notice = json!({"Records": [{"eventName": "ObjectCreated:Post", "eventTime": "2026-01-01T00:00:00.000Z",
        "s3": {"bucket": {"name": "uploads"}, "object": {"key": key, "size": file.bytes, "versionId": "v1"}}}]});
    let message = Message { id: "m".to_owned(), body: notice.to_string(), receive_count: 1 };
    process_image(&shop.room(), message.clone()).await.unwrap();

    let gallery = shop.gallery().await;
    let [picture] = gallery.as_slice() else { panic!("{gallery:?}") };
    assert_eq!((picture.alt.as_str(), picture.width, picture.height), ("A lamp", 600, 300));
    let widths: Vec<_> = picture.sizes.iter().map(|size| size.width).collect();
    assert_eq!(widths, [160, 480, 600]);
    let objects = shop.s3.objects();
    assert_eq!(objects.len(), 3, "the original is gone: {:?}", objects.keys());
    for size in &picture.sizes {
        let object = &objects[size.url.strip_prefix("http://s3.test/").unwrap()];
        assert_eq!(object.headers["content-type"], "image/jpeg");
        assert_eq!(object.headers["cache-control"], "public, max-age=31536000, immutable");
    }
    let history = shop.store().changes_of(shop.original.product_id, 10, None).await.unwrap().items;
    assert_eq!((history.len(), history[0].by.clone()), (1, shop.original.seller_id.to_string()));
    let told = tables::items(&shop.table).await.unwrap();
    let told = told.iter().filter_map(|item| item.get(OUTBOX)?.as_l().ok()).flatten();
    let told: Vec<_> = told.filter_map(|news| news.as_s().ok().cloned()).collect();
    assert!(told.iter().any(|news| news.contains("ProductChanged.v1") && news.contains(&picture.sizes[2].url)));

    let before = shop.kept().await;
    process_image(&shop.room(), message).await.unwrap();
    assert_eq!(shop.kept().await, before);
}

#[tokio::test]
async fn given_a_death_at_any_call_of_s3_when_delivered_again_then_all_is_as_if_it_had_lived() {
    let unharmed = Shop::asking_for(MediaType::Jpeg).await;
    unharmed.process(&unharmed.uploaded("v1", &photo())).await.unwrap();
    let (expected, calls) = (unharmed.kept().await, unharmed.s3.calls());
    assert_eq!(calls, 5, "read, three sizes, remove");
    for at in 1..=calls {
        for applied in [false, true] {
            let shop = Shop::asking_for(MediaType::Jpeg).await;
            let file = shop.uploaded("v1", &photo());
            shop.s3.die(at, applied);
            shop.process(&file).await.unwrap_err();
            shop.s3.live();
            shop.process(&file).await.unwrap();
            assert_eq!(shop.kept().await, expected, "death at call {at}, applied: {applied}");
        }
    }
}

#[tokio::test]
async fn given_a_table_that_fails_at_any_write_when_delivered_again_then_all_is_as_if_it_had_not() {
    for (kind, file) in [(MediaType::Jpeg, photo()), (MediaType::Jpeg, drawing())] {
        let unharmed = Shop::asking_for(kind).await;
        unharmed.process(&unharmed.uploaded("v1", &file)).await.unwrap();
        let expected = unharmed.kept().await;
        for fault in [Fault::NotApplied, Fault::AnswerLost, Fault::SentTwice, Fault::Conflict, Fault::Throttled] {
            let shop = Shop::asking_for(kind).await;
            let arrival = shop.uploaded("v1", &file);
            let faulty = shop.table.clone().with_faults(Faults::new().at(1, fault.clone()));
            let room = Darkroom { store: Store::new(faulty), ..shop.room() };
            let first = process(&room, &arrival, now()).await;
            if first.is_err() {
                assert!(shop.s3.objects().contains_key(&format!("uploads/{}?versionId=v1", arrival.key)), "{fault:?}");
            }
            process(&room, &arrival, now()).await.unwrap();
            assert_eq!(shop.kept().await, expected, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn given_files_that_cannot_be_used_when_uploaded_then_the_seller_is_told_why_and_nothing_is_published() {
    let files: [(&[u8], RefusalCode); 4] = [
        (&drawing(), RefusalCode::OtherType),
        (b"<html>", RefusalCode::NotAnImage),
        (&photo()[..200], RefusalCode::Unreadable),
        (&vec![0; 10_000_001], RefusalCode::TooManyBytes),
    ];
    for (file, code) in files {
        let shop = Shop::asking_for(MediaType::Jpeg).await;
        let arrival = shop.uploaded("v1", file);
        let product = shop.gallery().await;
        for _ in 0..2 {
            shop.process(&arrival).await.unwrap();
            assert_eq!(shop.refusal().await, Some(code));
            assert_eq!((shop.gallery().await, shop.s3.objects().len()), (product.clone(), 0));
        }
        // The form is good for some minutes more; another picture has to be asked for.
        shop.process(&shop.uploaded("v2", &photo())).await.unwrap();
        assert_eq!((shop.refusal().await, shop.s3.objects().len()), (Some(code), 0));
    }
    assert_eq!(serde_json::to_value(State::Refused).unwrap(), "refused");
}

#[tokio::test]
async fn given_a_picture_that_nobody_wants_any_more_when_its_file_comes_then_the_file_is_removed_unseen() {
    let shop = Shop::asking_for(MediaType::Jpeg).await;
    let (seller, product) = (shop.original.seller_id, shop.original.product_id);
    shop.store().remove_picture(Some(seller), product, id(), "s", now()).await.unwrap();
    let before = shop.kept().await;
    shop.process(&shop.uploaded("v1", &photo())).await.unwrap();
    assert_eq!(shop.kept().await, before);
    let strange = Arrival { key: shop.original.key().replace("img_", "xxx_"), ..shop.uploaded("v2", &photo()) };
    shop.process(&strange).await.unwrap();
    assert_eq!(shop.s3.objects().len(), 1, "what is no picture's is left alone");
    // For another product of nobody's.
    let key = Original { product_id: ProductId::named(&["none"]), ..shop.original }.key();
    shop.s3.put(&format!("uploads/{key}?versionId=v3"), photo());
    shop.process(&Arrival { key, version_id: "v3".to_owned(), ..strange }).await.unwrap();
    assert_eq!(shop.s3.objects().len(), 1);
}

#[tokio::test]
async fn given_a_picture_that_is_removed_while_it_is_looked_at_when_done_then_nothing_of_it_is_left() {
    let shop = Shop::asking_for(MediaType::Jpeg).await;
    let file = shop.uploaded("v1", &photo());
    let album = Key::new(format!("PRODUCT#{}", shop.original.product_id), "ALBUM");
    let removal = Update::of(album).remove(Path::attribute("images").entry(id().to_string()));
    let rival = Faults::new().at(1, Fault::Rival(vec![removal.into()]));
    let room = Darkroom { store: Store::new(shop.table.clone().with_faults(rival)), ..shop.room() };
    process(&room, &file, now()).await.unwrap();
    assert_eq!((shop.gallery().await, shop.s3.objects().len()), (Vec::new(), 0));
}

#[tokio::test]
async fn given_two_files_with_one_form_when_heard_in_either_order_or_at_once_then_one_is_the_picture_and_none_is_left()
{
    let shop = Shop::asking_for(MediaType::Jpeg).await;
    let (first, second) = (shop.uploaded("v1", &photo()), shop.uploaded("v2", &photo()));
    shop.process(&second).await.unwrap();
    let gallery = shop.gallery().await;
    shop.process(&first).await.unwrap();
    assert_eq!((shop.gallery().await, gallery.len(), shop.s3.objects().len()), (gallery, 1, 3));

    let shop = Shop::asking_for(MediaType::Jpeg).await;
    let file = shop.uploaded("v1", &photo());
    let outcomes = futures::join!(shop.process(&file), shop.process(&file), shop.process(&file));
    assert!(outcomes.0.is_ok() && outcomes.1.is_ok() && outcomes.2.is_ok());
    assert_eq!((shop.gallery().await.len(), shop.s3.objects().len()), (1, 3));
    assert_eq!(shop.store().product_of(None, shop.original.product_id).await.unwrap().product.version, 2);
}
