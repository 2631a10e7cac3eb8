use rialto_http::StatusCode;
use rialto_kernel::ProductId;
use serde_json::json;

use crate::handlers::testing_shop::Shop;

#[tokio::test]
async fn given_the_slug_of_now_when_asked_for_then_it_is_the_page_in_one_read() {
    let shop = Shop::open().await;
    shop.stock(3, 2).await;
    let page = shop.page("").await;
    let slug = page.body["slug"].as_str().unwrap();
    assert_eq!(slug, format!("desk-lamp-{}", shop.product));
    let before = shop.counts.reads();
    assert_eq!(shop.at(slug, "").await, page, "body, tag and caching are those of the page");
    assert_eq!(shop.counts.reads() - before, 1);
    assert_eq!(shop.at(slug, &page.tag).await.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn given_a_product_that_was_renamed_when_any_old_address_is_asked_for_then_it_leads_to_the_one_of_now() {
    let shop = Shop::open().await;
    let id = shop.product;
    let slugs = async |title: &str| {
        shop.rename(title).await;
        shop.page("").await.body["slug"].as_str().unwrap().to_owned()
    };
    let first = format!("desk-lamp-{id}");
    let second = slugs("Glaslampe Größe 2").await;
    let third = slugs("...").await;
    assert_eq!(
        (second.as_str(), third.as_str()),
        (format!("glaslampe-grosse-2-{id}").as_str(), id.to_string().as_str())
    );
    let leads = async |from: &str, to: &str| {
        let before = shop.counts.reads();
        let moved = shop.at(from, "*").await;
        assert_eq!((moved.status, moved.location.as_str()), (StatusCode::MOVED_PERMANENTLY, to), "{from}");
        assert_eq!(moved.cache, "public, max-age=0", "two that are kept could lead to each other");
        assert_eq!((shop.counts.reads() - before, moved.tag.as_str()), (1, ""));
    };
    leads(&first, &third).await;
    leads(&second, &third).await;
    // Back to the first name: what led away from it is the page again.
    assert_eq!(slugs("Desk lamp").await, first);
    leads(&second, &first).await;
    leads(&third, &first).await;
    leads(&format!("Anything-else-{id}"), &first).await;
    assert_eq!(shop.at(&first, "").await.status, StatusCode::OK);
    shop.set(&json!({"slugWords": "the-lamp"})).await;
    leads(&first, &format!("the-lamp-{id}")).await;
}

#[tokio::test]
async fn given_no_product_or_one_that_is_not_shown_when_asked_for_by_slug_then_there_is_nothing() {
    let shop = Shop::open().await;
    let (id, none) = (shop.product, ProductId::named(&["none"]));
    let before = shop.counts.reads();
    for slug in ["desk-lamp".to_owned(), format!("{id}-desk-lamp"), "images".to_owned()] {
        assert_eq!(shop.at(&slug, "").await.status, StatusCode::NOT_FOUND, "{slug}");
    }
    assert_eq!(shop.counts.reads(), before, "nothing is read for what is no address");
    assert_eq!(shop.at(&format!("desk-lamp-{none}"), "").await.status, StatusCode::NOT_FOUND);
    let slugs = [format!("desk-lamp-{id}"), format!("other-{id}")];
    shop.archive(true).await;
    for slug in &slugs {
        assert_eq!(shop.at(slug, "").await.status, StatusCode::NOT_FOUND, "{slug}");
    }
    shop.archive(false).await;
    shop.set(&json!({"status": "draft"})).await;
    for slug in &slugs {
        assert_eq!(shop.at(slug, "").await.status, StatusCode::NOT_FOUND, "{slug}");
    }
}
