use std::collections::BTreeMap;

use rialto_dynamo::{Item, Key, testing as tables};
use rialto_events::{Envelope, OUTBOX, types::ProductChanged};
use rialto_http::StatusCode;
use serde_json::{Value, json};

use crate::handlers::testing_shop::{Shop, row};

#[tokio::test]
async fn given_news_of_stock_between_preview_and_change_when_changed_then_it_is_as_the_seller_saw_it() {
    let shop = Shop::open().await;
    let seen = shop.preview().await;
    shop.stock(5, 3).await;
    let changed = shop.change(&seen.tag, &json!({"title": "Glass lamp"})).await;
    assert_eq!((changed.status, &changed.body["title"]), (StatusCode::OK, &json!("Glass lamp")), "{}", changed.body);
    shop.stock(4, 4).await;
    assert_eq!(shop.preview().await.tag, changed.tag, "stock is no change of the seller's");
    assert_eq!(shop.change(&changed.tag, &json!({"title": "Lamp"})).await.status, StatusCode::OK);
    // Another's change is one.
    assert_eq!(shop.change(&changed.tag, &json!({"title": "Mine"})).await.status, StatusCode::PRECONDITION_FAILED);
    let row = row(&[("price", "2.00")]);
    let before = shop.preview().await.tag;
    shop.upload("later", &row).await;
    assert_eq!(shop.change(&before, &json!({"title": "Mine"})).await.status, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn given_the_tag_of_the_public_page_when_sent_to_change_then_it_matches_nothing_and_says_why() {
    let shop = Shop::open().await;
    let first = shop.page("").await;
    assert_eq!(first.tag, "W/\"2.1\"");
    for weak in [first.tag.clone(), format!("{0}, {0}", first.tag)] {
        let refused = shop.change(&weak, &json!({"title": "Lamp"})).await;
        assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED, "{weak}");
        assert!(refused.body["detail"].as_str().unwrap().contains("weak"), "{}", refused.body);
    }
    // Caches compare it weakly.
    for at_hand in ["W/\"2.1\"", "\"2.1\"", "\"9\", W/\"2.1\"", "*"] {
        let kept = shop.page(at_hand).await;
        assert_eq!((kept.status, &kept.tag), (StatusCode::NOT_MODIFIED, &first.tag), "{at_hand}");
    }
    shop.stock(5, 3).await;
    let next = shop.page(&first.tag).await;
    assert_eq!((next.status, next.tag.as_str()), (StatusCode::OK, "W/\"2.4\""));
}

#[tokio::test]
async fn given_each_change_when_done_then_its_answer_has_the_tag_for_the_next() {
    let shop = Shop::open().await;
    shop.stock(5, 3).await;
    let tag = shop.change(&shop.preview().await.tag, &json!({"title": "Lamp"})).await.tag;
    let gone = shop.archive(true).await;
    assert_eq!((tag.as_str(), gone.tag.as_str()), ("\"2\"", "\"3\""));
    let back = shop.archive(false).await;
    assert_eq!(shop.change(&gone.tag, &json!({"title": "Mine"})).await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(shop.change(&back.tag, &json!({"title": "Mine"})).await.tag, "\"5\"");
    assert_eq!(shop.page("").await.tag, "W/\"2.8\"", "stock and each change count");
}

async fn news(shop: &Shop) -> Vec<ProductChanged> {
    let items: Vec<Item> = tables::items(&shop.table).await.unwrap();
    let outboxes = items.iter().filter_map(|item| item.get(OUTBOX)?.as_l().ok());
    let envelopes = outboxes.flatten().map(|text| serde_json::from_str::<Envelope>(text.as_s().unwrap()).unwrap());
    envelopes.filter_map(|envelope| envelope.read().unwrap()).collect()
}

#[tokio::test]
async fn given_tags_seo_words_and_related_when_set_then_page_history_and_news_say_so_and_empty_takes_them_away() {
    let shop = Shop::open().await;
    let others = ["a", "b"].map(|name| rialto_kernel::ProductId::named(&[name]));
    let plain = shop.page("").await.body;
    let edit = json!({
        "tags": [" Gift ", "gift", "Summer"], "slugWords": "best-lamp",
        "seo": {"title": "Lamps", "description": " The best. "}, "related": others,
    });
    let changed = shop.set(&edit).await.body;
    let page = shop.page("").await.body;
    for shown in [&changed, &page] {
        assert_eq!(shown["tags"], json!(["Gift", "Summer"]));
        assert_eq!(shown["seo"], json!({"title": "Lamps", "description": "The best."}));
        assert_eq!(
            (&shown["slug"], &shown["related"]),
            (&json!(format!("best-lamp-{}", shop.product)), &json!(others))
        );
    }
    assert_eq!(
        shop.last_change().await,
        json!({
            "tags": {"from": [], "to": ["Gift", "Summer"]}, "slugWords": {"from": null, "to": "best-lamp"},
            "seo": {"from": {}, "to": {"title": "Lamps", "description": "The best."}}, "related": {"from": [], "to": others},
        })
    );
    assert_eq!(news(&shop).await.pop().unwrap().tags, ["Gift", "Summer"]);

    shop.set(&json!({"seo": {"title": ""}})).await;
    assert_eq!(shop.page("").await.body["seo"], json!({"description": "The best."}), "what is absent stays");
    let cleared = json!({"tags": [], "slugWords": "", "seo": {"description": ""}, "related": []});
    shop.set(&cleared).await;
    assert_eq!(shop.page("").await.body, plain);
    assert_eq!(news(&shop).await.pop().unwrap().tags, Vec::<String>::new());
}

#[tokio::test]
async fn given_tags_that_were_edited_when_rows_come_then_only_one_that_says_something_new_of_tags_sets_them() {
    let shop = Shop::open().await;
    let tags = async || shop.page("").await.body["tags"].clone();
    let with = |tags: &str| row(&[("tags", tags)]);
    shop.upload("1", &with("a|b")).await;
    assert_eq!(tags().await, json!(["a", "b"]));
    shop.set(&json!({"tags": ["mine"], "seo": {"title": "Lamps"}})).await;
    shop.upload("2", &with("a|b")).await;
    assert_eq!(tags().await, json!(["mine"]), "the row is as it was");
    shop.set(&json!({"title": "Mine"})).await;
    shop.upload("3", &row(&[])).await;
    assert_eq!(shop.page("").await.body["title"], "Mine", "nor does a file without the column say anything new");
    shop.upload("4", &row(&[("price", "2.00")])).await;
    assert_eq!(tags().await, json!(["mine"]), "a file without the column says nothing of tags");
    shop.upload("4", &with("A|c|a")).await;
    assert_eq!(tags().await, json!(["A", "c"]));
    shop.upload("5", &with("")).await;
    assert_eq!(tags().await, json!([]));
    assert_eq!(shop.page("").await.body["seo"], json!({"title": "Lamps"}), "rows change nothing of it");
}

#[tokio::test]
async fn given_a_product_that_was_written_before_there_were_tags_when_read_then_it_has_none() {
    let shop = Shop::open().await;
    let before = shop.page("").await.body;
    let key = Key::new(format!("PRODUCT#{}", shop.product), "PRODUCT");
    let item = tables::item(&shop.table, &key).await.unwrap().unwrap();
    assert!(!item.contains_key("storefront") && !item["main"].as_m().unwrap().contains_key("tags"), "{item:?}");
    assert_eq!((&before["tags"], &before["seo"], &before["related"]), (&json!([]), &json!({}), &json!([])));
    let wrong: Vec<(Value, &str)> = vec![
        (json!({"related": [shop.product]}), "/related/0"),
        (json!({"tags": vec!["x"; 21]}), "/tags"),
        (json!({"seo": {"title": "x".repeat(71)}}), "/seo/title"),
        (json!({"slugWords": "Not these"}), "/slugWords"),
        (json!({"tags": ["ok", "a|b"]}), "/tags/1"),
    ];
    for (edit, pointer) in wrong {
        let refused = shop.change("*", &edit).await;
        assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["pointer"]), (422, &json!(pointer)), "{edit}");
    }
    assert_eq!(shop.page("").await.body, before);
}

#[tokio::test]
async fn given_news_of_stock_all_the_while_when_changed_again_and_again_then_none_fails_and_no_two_pages_have_one_tag()
{
    for table in tables::tables("catalog-if-match").await.unwrap() {
        let shop = Shop::over(table).await;
        let edits = async {
            let mut tag = shop.preview().await.tag;
            for n in 0..6 {
                let changed = shop.change(&tag, &json!({"title": format!("Lamp {n}")})).await;
                assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
                tag = changed.tag;
                tokio::task::yield_now().await;
            }
        };
        let news = async {
            for version in [3, 1, 7, 5, 2, 9, 8, 4, 6, 10] {
                shop.stock(u32::try_from(version).unwrap(), version).await;
                tokio::task::yield_now().await;
            }
        };
        let reads = async {
            let mut pages = BTreeMap::new();
            for _ in 0..20 {
                let page = shop.page("").await;
                let before = pages.insert(page.tag.clone(), page.body.clone());
                assert!(before.is_none_or(|body| body == page.body), "{}", page.tag);
                tokio::task::yield_now().await;
            }
            pages.len()
        };
        let ((), (), seen) = futures::join!(edits, news, reads);
        assert!(seen > 3, "only {seen} pages");
        let last = shop.page("").await;
        assert_eq!((last.tag.as_str(), &last.body["title"]), ("W/\"2.17\"", &json!("Lamp 5")));
    }
}
