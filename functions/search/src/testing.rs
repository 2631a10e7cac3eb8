//! Events and products for tests.

use std::collections::BTreeMap;

use rialto_events::{
    Envelope,
    types::{AvailabilityChanged, AvailabilityStatus, ProductChanged, ProductStatus, VariantData},
};
use rialto_kernel::{Currency, Money, OfferId, ProductId, SellerId, VariantId};
use rialto_lambda::Message;

use crate::domain::{
    Availability, News, Update,
    behaviour::{Learnt, Signals},
};

/// Product `number` at `version`, with offers at prices.
pub(crate) fn product(number: u32, version: u64, offers: &[(OfferId, i64)]) -> Update {
    let product_id = ProductId::named(&["test", &number.to_string()]);
    let variants = offers.iter().map(|(offer_id, price)| VariantData {
        variant_id: VariantId::named(&[&offer_id.to_string()]),
        sku: format!("SKU-{number}"),
        offer_id: *offer_id,
        options: BTreeMap::from([("size".to_owned(), "XL".to_owned())]),
        price: Money::new(*price, Currency::USD),
        image: None,
    });
    let data = ProductChanged {
        product_id,
        seller_id: SellerId::named(&["test"]),
        status: ProductStatus::Active,
        title: format!("Product {number} at {version}"),
        description: "Plain text".to_owned(),
        brand: Some("Sony".to_owned()),
        category_path: vec!["Audio".to_owned(), "Headphones".to_owned()],
        tags: vec!["Gift idea".to_owned()],
        attributes: BTreeMap::from([("color".to_owned(), "Red".to_owned())]),
        images: vec!["https://images.example/1.jpg".to_owned()],
        created_at: at(0),
        variants: variants.collect(),
    };
    Update { product_id, version, time: at(version), news: News::Product(Box::new(data)) }
}

/// The stock of an offer of product `number`.
pub(crate) fn availability(number: u32, offer: OfferId, version: u64, status: AvailabilityStatus) -> Update {
    Update {
        product_id: ProductId::named(&["test", &number.to_string()]),
        version,
        time: at(version),
        news: News::Availability(offer, Availability { status, available: None }),
    }
}

/// What was learnt of product `number`.
pub(crate) fn learnt(number: u32, version: u64, sales: u32) -> Update {
    let product_id = ProductId::named(&["test", &number.to_string()]);
    let signals = Signals { sales, conversion: sales, popularity: 0 };
    Learnt { product_id, learnt_at: at(version), signals }.into()
}

fn at(seconds: u64) -> rialto_kernel::Timestamp {
    rialto_kernel::Timestamp::from_second(i64::try_from(seconds).unwrap_or_default()).unwrap_or_default()
}

/// The message that brings an update, as the bus delivers it.
pub(crate) fn delivery(id: &str, update: &Update) -> Message {
    if let News::Signals(signals) = &update.news {
        let learnt = Learnt { product_id: update.product_id, learnt_at: update.time, signals: *signals };
        let body = serde_json::to_string(&learnt).unwrap_or_default();
        return Message { id: id.to_owned(), body, receive_count: 1 };
    }
    let envelope = match &update.news {
        News::Signals(_) => return Message::default(),
        News::Product(product) => Envelope::of(product.as_ref(), update.product_id, update.version, update.time),
        News::Availability(offer_id, availability) => {
            let data = AvailabilityChanged {
                offer_id: *offer_id,
                product_id: update.product_id,
                seller_id: SellerId::named(&["test"]),
                sku: "SKU".to_owned(),
                status: availability.status,
                available: availability.available,
            };
            Envelope::of(&data, offer_id, update.version, update.time)
        }
    };
    let body = serde_json::json!({"detail": envelope.ok()}).to_string();
    Message { id: id.to_owned(), body, receive_count: 1 }
}
