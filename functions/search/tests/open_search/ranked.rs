//! What operators set and shoppers prefer, in the ranking.

use rialto_events::types::AvailabilityStatus;
use search::{
    domain::{Ranking, Search, Setting, Sort},
    store::Set,
};
use serde_json::json;

use crate::shop::{Shop, browse, changed, product, stocked};

fn of(words: &str) -> Search {
    Search { words: Some(words.to_owned()), ..browse() }
}

#[tokio::test]
async fn given_promotions_and_preferences_when_searched_then_they_decide_among_equals_and_never_against_words() {
    let Some(shop) = Shop::open().await else { return };
    let products = [
        product(0, "Lamp one", "Lumen", "Home>Lamps", 100),
        product(1, "Lamp two", "Lumen", "Home>Lamps", 100),
        product(2, "Lamp three", "Oak", "Office>Lamps", 100),
        product(3, "Walnut lamp", "Lumen", "Home>Lamps", 100),
    ];
    let news = products.iter().flat_map(|it| [changed(it, 1), stocked(it, 1, AvailabilityStatus::InStock)]);
    shop.deliver(news.collect()).await;
    shop.settle(4).await;
    let now = browse().now;
    let promotion = |index: usize, from: i64, until: i64| {
        let at = |seconds: i64| rialto_kernel::Timestamp::from_second(now.as_second() + seconds).unwrap();
        json!({"productId": products[index].product_id, "label": "Sponsored", "from": at(from), "until": at(until)})
    };
    let promotions = [promotion(1, 0, 60), promotion(0, 60, 120)];
    let value: Ranking = serde_json::from_value(json!({ "promotions": promotions })).unwrap();
    value.check().unwrap();
    assert!(shop.store.replace_setting(&Set { version: 1, value, changed: None }, 0).await.unwrap());
    let found = shop.find(&of("lamp")).await;
    let first = &found.items[0];
    assert_eq!((first.title.as_str(), first.promoted.as_deref()), ("Lamp two", Some("Sponsored")));
    assert!(found.items[1..].iter().all(|item| item.promoted.is_none()));
    assert_eq!(shop.find(&of("walnut lamp")).await.items[0].title, "Walnut lamp", "no promotion makes up for a word");
    let cheapest = shop.find(&Search { sort: Sort::PriceAsc, ..of("lamp") }).await;
    assert!(cheapest.items.iter().all(|item| item.promoted.is_none()), "it ranked nothing");
    let preferring = |text: &str, words: &str| Search { preferences: text.parse().unwrap(), ..of(words) };
    let of_office = preferring("category:office,brand:OAK", "lamp");
    let explained = shop.searcher().explain(&of_office).await.unwrap();
    let part = |title: &str, part: &str| {
        let item = explained.items.iter().find(|item| item.title == title).unwrap();
        item.parts.get(part).copied().unwrap_or_default()
    };
    for (title, name, weight) in [
        ("Lamp two", "promoted", 0.3),
        ("Lamp one", "promoted", 0.0),
        ("Lamp three", "preferredBrand", 0.15),
        ("Lamp three", "preferredCategory", 0.1),
        ("Lamp one", "preferredBrand", 0.0),
    ] {
        assert!((part(title, name) - weight).abs() < 0.001, "{title} {name}: {}", part(title, name));
    }
    let titles: Vec<String> = shop.find(&of_office).await.items.into_iter().map(|item| item.title).collect();
    assert_eq!(titles[..2], ["Lamp two", "Lamp three"]);
    let all = shop.find(&of("walnut lamp")).await.total;
    let walnut = shop.find(&preferring("brand:oak", "walnut lamp")).await;
    assert_eq!((walnut.items[0].title.as_str(), walnut.total), ("Walnut lamp", all));
}
