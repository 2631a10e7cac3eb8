//! Indexing and searching with a real OpenSearch: the one of the stack whose description `RIALTO_STACK` names. Without
//! that variable there is no stack to ask, and these tests have nothing to say.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::float_arithmetic,
    missing_docs,
    reason = "tests"
)]

mod learnt;
mod live;
mod ranked;
mod rebuild;
mod shop;

use std::collections::BTreeSet;

use rialto_events::types::{AvailabilityStatus, ProductChanged, ProductStatus};
use search::{
    domain::{DEFINITION_VERSION, Filters, Item, Matched, Search, Sort, Start},
    handlers::{Tick, prepare_index, rebuild_index},
};
use serde_json::Value;

use crate::shop::{Shop, browse, changed, product, seller, stocked};

/// 120 products of mixed brands, categories, prices and stock; every third is out of stock.
fn catalogue() -> Vec<(ProductChanged, AvailabilityStatus)> {
    let brands = ["Sony", "SONY", "Bang & Olufsen", "Böse, Inc", ""];
    let categories = ["Audio>Headphones", "Audio>Speakers", "Home>Lamps>Desk"];
    let of_number = |number: usize| {
        let price = i64::try_from(number * 977 % 70_000).unwrap();
        let title = format!("Item {number}");
        let status =
            if number.is_multiple_of(3) { AvailabilityStatus::OutOfStock } else { AvailabilityStatus::InStock };
        (product(number, &title, brands[number % 5], categories[number % 7 % 3], price), status)
    };
    (0..120).map(of_number).collect()
}

async fn catalogue_shop() -> Option<(Shop, Vec<(ProductChanged, AvailabilityStatus)>)> {
    let (shop, catalogue) = (Shop::open().await?, catalogue());
    let messages = catalogue.iter().flat_map(|(product, status)| [stocked(product, 1, *status), changed(product, 1)]);
    shop.deliver(messages.collect()).await;
    shop.settle(120).await;
    Some((shop, catalogue))
}

#[tokio::test]
async fn given_words_as_people_type_them_when_searched_then_the_right_product_is_first() {
    let Some(shop) = Shop::open().await else { return };
    let titles = [
        ("Wireless Headphones", "Sony"),
        ("Wired Headset", "Sony"),
        ("Café Table", "Böse"),
        ("Men's Running Shoes", "Strider"),
        ("Red Lamp", "Lumen"),
        ("Rod Lamp", "Lumen"),
        ("Lamp Shade", "Red"),
        ("Television 42 inch", "Vista"),
    ];
    let products = titles.iter().enumerate().map(|(n, (title, brand))| product(n + 1, title, brand, "Things", 100));
    shop.deliver(products.map(|product| changed(&product, 1)).collect()).await;
    shop.settle(8).await;
    for (words, first) in [
        ("wireless headphones", "Wireless Headphones"),
        ("wireles hedphones", "Wireless Headphones"),
        ("headphone", "Wireless Headphones"),
        ("sony headset", "Wired Headset"),
        ("cafe", "Café Table"),
        ("CAFÉ tables", "Café Table"),
        ("mens runing shoe", "Men's Running Shoes"),
        ("shoes for the run", "Men's Running Shoes"),
        ("televison", "Television 42 inch"),
        ("red lamp", "Red Lamp"),
        ("rod lamp", "Rod Lamp"),
        ("sku-3", "Café Table"),
        ("42\" television", "Television 42 inch"),
        ("television 42inch", "Television 42 inch"),
        ("television 42", "Television 42 inch"),
        ("head phones", "Wireless Headphones"),
        ("runningshoes", "Men's Running Shoes"),
        ("lampshade", "Lamp Shade"),
    ] {
        assert_eq!(shop.titles(words).await.first().map(String::as_str), Some(first), "{words}");
    }
    let found = async |words: &str| shop.find(&Search { words: Some(words.to_owned()), ..browse() }).await;
    let misspelt = found("wireles Headphones").await;
    assert_eq!(misspelt.did_you_mean.as_deref(), Some("wireless Headphones"));
    assert_eq!(misspelt.matched, Matched::Corrected);
    let right = found("wireless headphones").await;
    assert_eq!((right.did_you_mean, right.matched, right.total), (None, Matched::Written, 1));
    let rod = found("rod lamp").await;
    assert_eq!((rod.matched, rod.total), (Matched::Widened, 3), "the other lamps follow");
    let cheapest = Search { words: Some("rod lamp".to_owned()), sort: Sort::PriceAsc, ..browse() };
    assert_eq!(shop.find(&cheapest).await.total, 1, "Red Lamp is one letter away, and not asked for");
    assert_eq!(found("head phones").await.matched, Matched::Loose);
    assert_eq!(shop.titles("submarine").await, Vec::<String>::new());
}

#[tokio::test]
async fn given_words_that_mean_something_to_the_index_when_searched_then_they_are_only_words() {
    let Some((shop, _)) = catalogue_shop().await else { return };
    let near =
        |count: u8| (0..count).map(|n| format!("near{}{}", char::from(b'a' + n / 26), char::from(b'a' + n % 26)));
    let title = near(200).collect::<Vec<_>>().join(" ");
    shop.deliver(vec![changed(&product(900, &title, "Sony", "Audio", 1), 1)]).await;
    shop.settle(121).await;
    let many = near(20).collect::<Vec<_>>().join(" ");
    let signs = "猫".repeat(20);
    let texts =
        ["*", "item*", "a AND (b OR", "_exists_:title", "\"", "/.*/", "the", "{\"query\":1}", "🎧", &many, &signs];
    for words in texts {
        let results = shop.find(&Search { words: Search::words(words).unwrap(), ..browse() }).await;
        assert!(results.items.len() <= 100, "{words}");
    }
}

fn matches(item: (&ProductChanged, AvailabilityStatus), filters: &Filters, but: &str) -> bool {
    let (product, status) = item;
    let fold = |text: &str| text.to_lowercase().replace('ö', "o");
    let path = fold(&product.category_path.join(">"));
    let price = product.variants[0].price.amount();
    let brand = product.brand.as_deref().map(fold);
    let in_category = |key: String| path == key || path.starts_with(&format!("{key}>"));
    let in_range =
        |from: Option<i64>, to: Option<i64>| from.is_none_or(|f| f <= price) && to.is_none_or(|t| price <= t);
    (but == "brand" || filters.brands.is_empty() || filters.brands.iter().any(|b| brand.as_ref() == Some(&fold(b))))
        && (but == "category"
            || filters.categories.is_empty()
            || filters.categories.iter().any(|c| in_category(fold(&c.key()))))
        && (but == "price" || filters.prices.is_empty() || filters.prices.iter().any(|r| in_range(r.from(), r.to())))
        && (but == "seller" || filters.sellers.is_empty() || filters.sellers.contains(&product.seller_id))
        && (but == "available" || filters.available.is_none_or(|a| a == (status == AvailabilityStatus::InStock)))
        && filters.attributes.iter().filter(|(name, _)| but != format!("attr.{name}")).all(|(name, values)| {
            product.attributes.get(name).is_some_and(|held| values.iter().any(|value| fold(value) == fold(held)))
        })
}

/// Filters drawn by number: each part is there or not, with one value or another.
fn random_filters(number: u64) -> String {
    let mut state = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let mut draw = |choices: &[&str]| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        choices[usize::try_from(state >> 33).unwrap() % choices.len()].to_owned()
    };
    let seller = format!("seller:{}", seller(usize::from(draw(&["0", "1"]) == "1")));
    let parts = [
        draw(&["", "", "brand:sony", r"brand:sony|bose\, inc", "brand:nobody"]),
        draw(&["", "", "category:audio", "category:home>lamps|audio>speakers"]),
        draw(&["", "", "price:5000-40000", "price:-9999|60000-", "price:0-0"]),
        draw(&["", "", "available:true", "available:false"]),
        draw(&["", "", "attr.color:red", "attr.color:red|dark blue"]),
        draw(&["", "", "attr.grade:a", "attr.grade:b|c"]),
        draw(&["", "", "", &seller]),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(",")
}

#[tokio::test]
async fn given_any_filters_when_searched_then_products_and_facets_are_those_of_a_count_by_hand() {
    let Some((shop, catalogue)) = catalogue_shop().await else { return };
    let texts = [
        "",
        "brand:sony",
        r"brand:SONY|bose\, inc",
        "category:audio",
        "category:Home > Lamps|Audio>Speakers",
        "price:10000-30000",
        "price:-2499|50000-",
        "available:true",
        "available:false,brand:bang & olufsen",
        "attr.color:dark BLUE",
        "attr.color:red|green,brand:sony,category:audio>headphones,price:5000-,available:true",
    ];
    let texts = texts.into_iter().map(str::to_owned).chain((0..60).map(random_filters));
    for text in texts {
        let filters: Filters = text.parse().unwrap();
        let found = shop.find(&Search { filters: filters.clone(), ..browse() }).await;
        let count = |but: &str, more: &str| {
            let more: Filters = more.parse().unwrap();
            let fits = |(product, status): &&(ProductChanged, AvailabilityStatus)| {
                matches((product, *status), &filters, but) && matches((product, *status), &more, "")
            };
            u64::try_from(catalogue.iter().filter(fits).count()).unwrap()
        };
        assert_eq!(found.total, count("", ""), "{text}");
        for (brand, name) in
            [("sony", "brand:sony"), ("bang & olufsen", "brand:bang & olufsen"), ("bose, inc", r"brand:bose\, inc")]
        {
            let facet = found.facets.brand.iter().find(|facet| facet.value == brand).map_or(0, |facet| facet.count);
            assert_eq!(facet, count("brand", name), "{brand} of {text}");
        }
        for category in ["audio", "audio>headphones", "audio>speakers", "home", "home>lamps", "home>lamps>desk"] {
            let facet =
                found.facets.category.iter().find(|facet| facet.value == category).map_or(0, |facet| facet.count);
            assert_eq!(facet, count("category", &format!("category:{category}")), "{category} of {text}");
        }
        for band in &found.facets.price {
            assert_eq!(band.count, count("price", &format!("price:{}", band.value)), "{} of {text}", band.value);
        }
        assert_eq!(found.facets.price.iter().map(|band| band.count).sum::<u64>(), count("price", ""), "{text}");
        for (name, value) in [("color", "red"), ("color", "dark blue"), ("grade", "a"), ("grade", "b")] {
            let facet = found.facets.attributes.iter().find(|facet| facet.name == name);
            let counted = facet.and_then(|facet| facet.values.iter().find(|facet| facet.value == value));
            let expected = count(&format!("attr.{name}"), &format!("attr.{name}:{value}"));
            assert_eq!(counted.map_or(0, |facet| facet.count), expected, "{name} {value} of {text}");
        }
        for seller in [0, 1].map(seller) {
            let facet = found.facets.seller.iter().find(|facet| facet.value == seller.to_string());
            let expected = count("seller", &format!("seller:{seller}"));
            assert_eq!(facet.map_or(0, |facet| facet.count), expected, "{seller} of {text}");
        }
        for value in ["true", "false"] {
            let facet = found.facets.available.iter().find(|facet| facet.value == value).map_or(0, |facet| facet.count);
            assert_eq!(facet, count("available", &format!("available:{value}")), "{value} of {text}");
        }
    }
    let facets = shop.find(&browse()).await.facets;
    assert!(facets.category.iter().any(|facet| facet.path == ["Home", "Lamps"]));
    assert!(facets.brand.iter().any(|facet| facet.label == "Böse, Inc"));
}

#[tokio::test]
async fn given_any_order_when_walked_by_cursor_then_each_product_comes_once_and_in_order() {
    let Some((shop, _)) = catalogue_shop().await else { return };
    let price = |item: &Item| item.price.amount();
    for (sort, words) in [
        (Sort::Relevance, None),
        (Sort::Relevance, Some("item")),
        (Sort::PriceAsc, None),
        (Sort::PriceDesc, Some("item")),
        (Sort::Newest, None),
        (Sort::BestSelling, Some("item")),
    ] {
        let mut search = Search { words: words.map(str::to_owned), sort, limit: 7, ..browse() };
        let mut walked: Vec<Item> = Vec::new();
        loop {
            let page = shop.find(&search).await;
            walked.extend(page.items);
            let Some(cursor) = page.next_cursor else { break };
            search.resume(&cursor).unwrap();
        }
        let distinct: BTreeSet<_> = walked.iter().map(|item| item.product_id).collect();
        assert_eq!((walked.len(), distinct.len()), (120, 120), "{sort:?} {words:?}");
        match sort {
            Sort::PriceAsc => assert!(walked.is_sorted_by_key(price)),
            Sort::PriceDesc => assert!(walked.iter().rev().is_sorted_by_key(price)),
            Sort::Relevance | Sort::Newest | Sort::BestSelling => {}
        }
    }
    let third = shop.find(&Search { limit: 10, start: Start::Page(3), ..browse() }).await;
    let all = shop.find(&browse()).await;
    assert_eq!(third.items, all.items[20..30]);
}

#[tokio::test]
async fn given_late_repeated_and_archiving_news_when_indexed_then_the_last_word_stands() {
    let Some(shop) = Shop::open().await else { return };
    let old = product(1, "Old name", "Sony", "Audio", 100);
    let new = ProductChanged { title: "New name".to_owned(), ..old.clone() };
    shop.deliver(vec![changed(&new, 2), stocked(&new, 5, AvailabilityStatus::InStock)]).await;
    shop.settle(1).await;
    shop.deliver(vec![changed(&old, 1), stocked(&old, 4, AvailabilityStatus::OutOfStock)]).await;
    shop.deliver(vec![changed(&new, 2)]).await;
    // What was written before the second product is searchable when that is.
    shop.deliver(vec![changed(&product(2, "Marker", "Sony", "Audio", 100), 1)]).await;
    shop.settle(2).await;
    let found = shop.find(&Search { words: Some("name".to_owned()), ..browse() }).await;
    let [item] = found.items.as_slice() else { panic!("one product has a name") };
    assert_eq!((item.title.as_str(), item.availability.status), ("New name", AvailabilityStatus::InStock));
    let archived = ProductChanged { status: ProductStatus::Archived, ..new.clone() };
    shop.deliver(vec![changed(&archived, 3)]).await;
    shop.settle(1).await;
    shop.deliver(vec![changed(&new, 4)]).await;
    shop.settle(2).await;
}

#[tokio::test]
async fn given_an_index_when_prepared_again_or_twice_at_once_then_there_is_one() {
    let Some(shop) = Shop::unprepared() else { return };
    let (one, other) = (shop.rebuilder(), shop.rebuilder());
    assert_eq!(rebuild_index(&one, Tick { start: true }).await.unwrap(), None, "there is nothing to rebuild yet");
    let (first, second) = tokio::join!(prepare_index(&one, Value::Null), prepare_index(&other, Value::Null));
    assert_eq!(first.unwrap(), second.unwrap());
    let prepared = prepare_index(&one, Value::Null).await.unwrap();
    assert_eq!(prepared.write_targets, std::slice::from_ref(&prepared.serving));
    assert!(prepared.serving.starts_with(&format!("{}-v{DEFINITION_VERSION}-", shop.alias)), "{prepared:?}");
    assert_eq!(shop.index.behind(&shop.alias).await.unwrap(), [prepared.serving]);
    let all = shop.send("POST", &format!("{}-v*/_refresh", shop.alias), Value::Null).await;
    assert_eq!(all["_shards"]["total"], 1, "the other one's is gone");
}
