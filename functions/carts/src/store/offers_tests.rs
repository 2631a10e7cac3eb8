use std::collections::HashMap;

use proptest::prelude::*;
use rialto_dynamo::{Fault, Faults, Table, testing};
use rialto_kernel::{CartId, Currency, Money, SellerId, VariantId};

use super::*;
use crate::domain::{Offer, Wanted, samples::now};

fn product(name: &str, status: ProductStatus, skus: &[(&str, i64)]) -> ProductChanged {
    let variants = skus.iter().map(|(sku, cents)| VariantData {
        variant_id: VariantId::named(&["s", sku]),
        sku: (*sku).to_owned(),
        offer_id: OfferId::named(&["s", sku]),
        options: std::collections::BTreeMap::new(),
        price: Money::new(*cents, Currency::USD),
        image: None,
    });
    ProductChanged {
        product_id: ProductId::named(&["s", name]),
        seller_id: SellerId::named(&["s"]),
        status,
        title: format!("Title {name}"),
        description: String::new(),
        brand: None,
        category_path: vec!["A".to_owned()],
        tags: Vec::new(),
        attributes: std::collections::BTreeMap::new(),
        images: vec!["https://example.com/1.jpg".to_owned()],
        created_at: now(),
        variants: variants.collect(),
    }
}

fn band(sku: &str, status: AvailabilityStatus, available: Option<u32>) -> AvailabilityChanged {
    AvailabilityChanged {
        offer_id: OfferId::named(&["s", sku]),
        product_id: ProductId::named(&["s", "lamp"]),
        seller_id: SellerId::named(&["s"]),
        sku: sku.to_owned(),
        status,
        available,
    }
}

#[derive(Debug, Clone)]
enum News {
    Product(Box<ProductChanged>, u64),
    Band(AvailabilityChanged, u64),
}

/// A product that gains and loses variants and is archived and sold again, and the stock of two of them.
fn history() -> Vec<News> {
    use AvailabilityStatus::{InStock, Low, OutOfStock};
    let told = |product: ProductChanged, version| News::Product(Box::new(product), version);
    vec![
        told(product("lamp", ProductStatus::Active, &[("a", 100)]), 1),
        told(product("lamp", ProductStatus::Archived, &[("a", 100), ("b", 200)]), 2),
        told(product("lamp", ProductStatus::Active, &[("a", 110), ("b", 200), ("c", 300)]), 3),
        told(product("lamp", ProductStatus::Active, &[("a", 120), ("c", 310)]), 4),
        News::Band(band("a", InStock, None), 1),
        News::Band(band("a", Low, Some(3)), 2),
        News::Band(band("b", OutOfStock, None), 1),
        News::Band(band("a", Low, Some(2)), 5),
    ]
}

async fn tell(store: &Store, news: &News) -> Result<(), CartError> {
    match news {
        News::Product(product, version) => {
            let minutes = rialto_kernel::SignedDuration::from_mins(i64::try_from(*version).unwrap());
            store.product_changed(product, *version, now() + minutes).await
        }
        News::Band(band, version) => store.availability_changed(band, *version).await,
    }
}

async fn sold(store: &Store) -> HashMap<OfferId, Offer> {
    let mut offers = HashMap::new();
    store.add_offers(&mut offers, ["a", "b", "c"].map(|sku| OfferId::named(&["s", sku]))).await.unwrap();
    offers.retain(|_, offer| offer.status == OfferStatus::Active);
    offers
}

async fn expect_the_last_state(store: &Store) {
    let offers = sold(store).await;
    let seen =
        |sku: &str| offers.get(&OfferId::named(&["s", sku])).map(|offer| (offer.price.amount(), offer.availability));
    assert_eq!(seen("a"), Some((120, Availability::Low { available: 2 })));
    assert_eq!(seen("b"), None, "withdrawn");
    assert_eq!(seen("c"), Some((310, Availability::OutOfStock)), "stock never heard of");
    for (wanted, expected) in [
        (Wanted::Product(ProductId::named(&["s", "lamp"])), vec!["a", "c"]),
        (Wanted::Sku("a".parse().unwrap()), vec!["a"]),
    ] {
        let opened = store.open(CartId::named(&["x"]), Some(&wanted), None, now()).await.unwrap();
        let expected: Vec<_> = expected.into_iter().map(|sku| OfferId::named(&["s", sku])).collect();
        assert_eq!(opened.found, expected);
    }
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_offers_end_the_same_in_whatever_order_the_events_come(
        news in Just([history(), history()].concat()).prop_shuffle()
    ) {
        run(async {
            let store = Store::new(Table::in_memory("carts"));
            for news in &news {
                tell(&store, news).await.unwrap();
            }
            expect_the_last_state(&store).await;
        });
    }

    #[test]
    fn the_offers_end_the_same_when_events_race_and_writes_fail(
        news in Just(history()).prop_shuffle(), seed in 0_u64..1000
    ) {
        run(async {
            let faults = Faults::new().seed(seed).share(20, Fault::Conflict).share(10, Fault::AnswerLost).share(10, Fault::NotApplied)
                .share(10, Fault::SentTwice);
            let store = Store::new(Table::in_memory("carts").with_faults(faults));
            let deliver = async |news: &News| while tell(&store, news).await.is_err() {};
            futures::future::join_all(news.iter().map(deliver)).await;
            expect_the_last_state(&store).await;
        });
    }
}

#[tokio::test]
async fn given_an_offer_that_moved_to_another_product_when_old_news_come_late_then_it_stays() {
    for table in testing::tables("carts").await.unwrap() {
        let store = Store::new(table);
        let old = product("lamp", ProductStatus::Active, &[("a", 100)]);
        let gone = product("lamp", ProductStatus::Active, &[]);
        let new = product("set", ProductStatus::Active, &[("a", 150)]);
        let at = |minutes| now() + rialto_kernel::SignedDuration::from_mins(minutes);
        store.product_changed(&new, 1, at(3)).await.unwrap();
        store.product_changed(&old, 7, at(1)).await.unwrap();
        store.product_changed(&gone, 8, at(2)).await.unwrap();
        let offer = sold(&store).await.remove(&OfferId::named(&["s", "a"])).unwrap();
        assert_eq!((offer.product_id, offer.price.amount()), (new.product_id, 150));
    }
}
