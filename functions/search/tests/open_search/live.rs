//! What operators change, what is typed, and what events leave, in a real index.

use std::collections::{BTreeMap, BTreeSet};

use rialto_events::types::{AvailabilityStatus, ProductChanged, ProductStatus};
use rialto_lambda::Message;
use search::{
    domain::{Document, Matched, Never, OneWay, Search, Setting, Vocabulary},
    store::Set,
};
use serde_json::{Value, json};

use crate::shop::{Shop, browse, changed, product, stocked};

fn of_words(words: &str) -> Search {
    Search { words: Some(words.to_owned()), ..browse() }
}

async fn shop_of(titles: &[(&str, &str, &str)]) -> Option<Shop> {
    let shop = Shop::open().await?;
    let products = titles.iter().enumerate().map(|(n, (title, brand, path))| product(n + 1, title, brand, path, 100));
    let messages = products.flat_map(|p| [changed(&p, 1), stocked(&p, 1, AvailabilityStatus::InStock)]).collect();
    shop.deliver(messages).await;
    shop.settle(u64::try_from(titles.len()).unwrap()).await;
    Some(shop)
}

#[tokio::test]
async fn given_a_vocabulary_when_set_then_searches_heed_it_without_a_new_index() {
    let titles = [
        ("Grey Sofa", "Oak", "Home>Seats"),
        ("Grey Couch Cover", "Oak", "Home>Seats"),
        ("Frying Pan", "Oak", "Kitchen>Pans"),
        ("Bamboo Pan Pipe", "Fern", "Toys>Music"),
        ("Television", "Vista", "Screens"),
    ];
    let Some(shop) = shop_of(&titles).await else { return };
    assert_eq!(shop.titles("couch").await, ["Grey Couch Cover"]);
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let vocabulary = Vocabulary {
        two_way: vec![words(&["sofa", "couch"])],
        one_way: vec![OneWay { from: "telly".to_owned(), to: words(&["television"]) }],
        never: vec![Never { query: "pan".to_owned(), product: "pan pipe".to_owned() }],
    };
    vocabulary.check().unwrap();
    let kept = Set { version: 1, value: vocabulary, changed: None };
    assert!(shop.store.replace_setting(&kept, 0).await.unwrap());
    assert_eq!(shop.titles("couch").await, ["Grey Couch Cover", "Grey Sofa"], "its own word comes first");
    assert_eq!(shop.titles("grey sofa").await.first().map(String::as_str), Some("Grey Sofa"));
    assert_eq!(shop.titles("telly").await, ["Television"]);
    assert_eq!(shop.titles("pan").await, ["Frying Pan"]);
    assert_eq!(shop.titles("pan pipe").await.first().map(String::as_str), Some("Bamboo Pan Pipe"));
}

#[tokio::test]
async fn given_a_search_when_explained_then_the_parts_of_each_score_are_its_sum() {
    let titles = [("Desk Lamp", "Lumen", "Home>Lamps"), ("Lamp Shade", "Oak", "Home>Parts"), ("Desk", "Oak", "Home")];
    let Some(shop) = shop_of(&titles).await else { return };
    for words in ["desk lamp", "lamp", "lumen lamps", "sku-1"] {
        let explained = shop.searcher().explain(&of_words(words)).await.unwrap();
        let first = explained.items.first().unwrap();
        assert_eq!(first.title, "Desk Lamp", "{words}");
        for item in &explained.items {
            let sum: f64 = item.parts.values().sum();
            assert!((sum - item.score).abs() < 1e-3, "{words}: {item:?}");
        }
        assert!(first.parts.contains_key(if words == "sku-1" { "identity" } else { "allWords" }), "{first:?}");
    }
}

#[tokio::test]
async fn given_beginnings_as_people_type_them_when_completed_then_products_brands_and_categories_come() {
    let titles = [
        ("Wireless Headphones", "Sonavox", "Electronics>Audio>Headphones"),
        ("Wired Headset", "Sonavox", "Electronics>Audio>Headphones"),
        ("Head Torch", "Altura", "Sports>Lights"),
        ("Sofa", "Oak", "Home>Seats"),
    ];
    let Some(shop) = shop_of(&titles).await else { return };
    for (typed, title) in [
        ("wirel", "Wireless Headphones"),
        ("wireless he", "Wireless Headphones"),
        ("wireles hedph", "Wireless Headphones"),
        ("tor", "Head Torch"),
    ] {
        let found = shop.searcher().suggest(typed).await.unwrap();
        assert_eq!(found.products.first().map(|product| product.title.as_str()), Some(title), "{typed}");
    }
    for typed in ["headp", "haedph", "audio headph"] {
        let found = shop.searcher().suggest(typed).await.unwrap();
        let names: Vec<_> = found.categories.iter().map(|category| category.value.as_str()).collect();
        assert_eq!(names, ["electronics>audio>headphones"], "{typed}");
    }
    for typed in ["son", "sonavx"] {
        let found = shop.searcher().suggest(typed).await.unwrap();
        assert_eq!(
            found.brands.first().map(|brand| (brand.value.as_str(), brand.count)),
            Some(("sonavox", 2)),
            "{typed}"
        );
    }
    for typed in ["*", "\"", "(a OR", "/.*/", "_x", "the"] {
        assert!(shop.searcher().suggest(typed).await.unwrap().products.is_empty(), "{typed}");
    }
}

#[tokio::test]
async fn given_no_product_with_the_words_when_searched_then_any_of_them_will_do_and_the_answer_says_so() {
    let Some(shop) = shop_of(&[("Red Lamp", "Oak", "Home"), ("Blue Sofa", "Oak", "Home")]).await else { return };
    let found = shop.find(&of_words("lamp sofa")).await;
    assert_eq!((found.matched, found.total), (Matched::Loose, 2));
    let nothing = shop.find(&of_words("submarine periscope")).await;
    assert_eq!((nothing.matched, nothing.total), (Matched::Written, 0));
}

#[tokio::test]
async fn given_few_products_with_the_words_when_searched_then_those_with_some_follow_on_every_page_and_in_every_facet()
{
    let mut titles = vec![("Desk Lamp", "Lumen", "Home"), ("Brass Desk Lamp", "Oak", "Home")];
    titles.extend([("Desk Mat", "Oak", "Home"), ("Wall Lamp", "Oak", "Home"), ("Sofa", "Oak", "Home")]);
    let Some(shop) = shop_of(&titles).await else { return };
    let mut page = Search { limit: 1, ..of_words("desk lamp") };
    let mut walked = Vec::new();
    loop {
        let found = shop.find(&page).await;
        assert_eq!((found.matched, found.total), (Matched::Widened, 4));
        walked.extend(found.items.into_iter().map(|item| item.title));
        let Some(cursor) = found.next_cursor else { break };
        page.resume(&cursor).unwrap();
    }
    assert_eq!(walked[..2], ["Desk Lamp", "Brass Desk Lamp"]);
    assert_eq!(
        BTreeSet::from_iter(&walked[2..]),
        BTreeSet::from_iter(&["Desk Mat".to_owned(), "Wall Lamp".to_owned()])
    );
    let all = shop.find(&of_words("desk lamp")).await;
    for (brand, total) in [("lumen", 1), ("oak", 3), ("nobody", 0)] {
        let narrowed = Search { filters: format!("brand:{brand}").parse().unwrap(), ..of_words("desk lamp") };
        let found = shop.find(&narrowed).await;
        assert_eq!((found.matched, found.total), (Matched::Widened, total), "{brand}");
        assert_eq!(found.facets.brand, all.facets.brand, "{brand}");
    }
    let mut named = product(9, "Shade", "Oak", "Home", 100);
    named.variants[0].sku = "LAMP 9".to_owned();
    shop.deliver(vec![changed(&named, 1)]).await;
    shop.settle(6).await;
    let found = shop.find(&of_words("lamp 9")).await;
    assert_eq!((found.matched, found.total), (Matched::Written, 1), "who names a product wants that one");
}

/// The last of many thousand events decides, in whatever order they come, twice, or only at the second try.
#[tokio::test]
async fn given_a_storm_of_shuffled_repeated_and_lost_events_when_it_is_over_then_the_index_is_the_table() {
    const PRODUCTS: usize = 60;
    const VERSIONS: u64 = 25;
    let Some(shop) = Shop::open().await else { return };
    let mut state = 42_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let statuses = [AvailabilityStatus::InStock, AvailabilityStatus::Low, AvailabilityStatus::OutOfStock];
    let mut events: Vec<Message> = Vec::new();
    for number in 1..=PRODUCTS {
        for version in 1..=VERSIONS {
            let price = i64::try_from(draw(90_000)).unwrap();
            let title = format!("Thing {number} of {version}");
            let status = if draw(9) == 0 { ProductStatus::Archived } else { ProductStatus::Active };
            let changed_product = ProductChanged { status, ..product(number, &title, "Sony", "Home>Lamps", price) };
            events.push(changed(&changed_product, version));
            events.push(stocked(&changed_product, version, statuses[draw(3)]));
        }
    }
    let repeats: Vec<Message> = (0..events.len() / 4).map(|_| events[draw(events.len())].clone()).collect();
    events.extend(repeats);
    for place in (1..events.len()).rev() {
        events.swap(place, draw(place + 1));
    }
    // A lost delivery comes again when others have long passed it.
    let (lost, arrived): (Vec<_>, Vec<_>) = events.into_iter().partition(|_| draw(10) == 0);
    for batch in arrived.chunks(100).chain(lost.chunks(100)) {
        shop.deliver(batch.to_vec()).await;
    }
    let indexed = shop.documents_of(&shop.alias).await;
    let mut expected = BTreeMap::new();
    for number in 1..=PRODUCTS {
        let id = product(number, "", "", "A", 1).product_id;
        let row = shop.store.row(id).await.unwrap().unwrap();
        assert_eq!(row.product.as_ref().map(|heard| heard.version), Some(VERSIONS));
        let document = Document::of(&row).unwrap();
        expected.insert(id.to_string(), (document.version, serde_json::to_value(&document).unwrap()));
    }
    assert_eq!(indexed.len(), PRODUCTS);
    for (id, document) in &expected {
        assert_eq!(indexed.get(id), Some(document), "{id}");
    }
}

impl Shop {
    /// What an index holds, with versions.
    pub(crate) async fn documents_of(&self, index: &str) -> BTreeMap<String, (u64, Value)> {
        self.send("POST", &format!("{index}/_refresh"), json!({})).await;
        let query = json!({"size": 1000, "version": true, "query": {"match_all": {}}});
        let found = self.send("POST", &format!("{index}/_search"), query).await;
        let hits = found["hits"]["hits"].as_array().unwrap().clone();
        let documents = hits.into_iter().map(|hit| {
            (hit["_id"].as_str().unwrap().to_owned(), (hit["_version"].as_u64().unwrap(), hit["_source"].clone()))
        });
        documents.collect()
    }
}

#[tokio::test]
async fn given_tags_when_searched_then_their_words_find_their_products_and_titles_come_first() {
    let Some(shop) = Shop::open().await else { return };
    let mut lamp = product(1, "Desk Lamp", "Lumen", "Home>Lamps", 100);
    lamp.tags = vec!["Gift ideas".to_owned(), "Énergie".to_owned()];
    let paper = product(2, "Gift Paper", "Oak", "Home>Paper", 100);
    shop.deliver(vec![changed(&lamp, 1), changed(&paper, 1)]).await;
    shop.settle(2).await;
    assert_eq!(shop.titles("gifts").await, ["Gift Paper", "Desk Lamp"]);
    assert_eq!(shop.titles("lamp energie").await, ["Desk Lamp"]);
    assert_eq!(shop.titles("gift ideas").await.first().map(String::as_str), Some("Desk Lamp"));
}
