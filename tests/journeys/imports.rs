//! Sellers' files.

use rialto_testkit::{Product, Shop, csv};
use serde_json::json;

/// 20 rows, each wrong in its own way: the row, and the field that the report must name.
fn bad_rows() -> Vec<(&'static str, &'static str)> {
    vec![
        (",No sku,d,b,Home,1.00,USD,1", "sku"),
        ("B02,,d,b,Home,1.00,USD,1", "title"),
        ("B03,Title,d,b,,1.00,USD,1", "category"),
        ("B04,Title,d,b,Home,,USD,1", "price"),
        ("B05,Title,d,b,Home,abc,USD,1", "price"),
        ("B06,Title,d,b,Home,-1.00,USD,1", "price"),
        ("B07,Title,d,b,Home,1.001,USD,1", "price"),
        ("B08,Title,d,b,Home,\"1,50\",USD,1", "price"),
        ("B09,Title,d,b,Home,1e3,USD,1", "price"),
        ("B10,Title,d,b,Home,99999999999999999999,USD,1", "price"),
        ("B11,Title,d,b,Home,1.00,,1", "currency"),
        ("B12,Title,d,b,Home,1.00,usd,1", "currency"),
        ("B13,Title,d,b,Home,1.00,ZZZ,1", "currency"),
        ("B14,Title,d,b,Home,1.00,USD,", "quantity"),
        ("B15,Title,d,b,Home,1.00,USD,-1", "quantity"),
        ("B16,Title,d,b,Home,1.00,USD,1.5", "quantity"),
        ("B17,Title,d,b,Home,1.00,USD,9999999999", "quantity"),
        ("B18,Title,d,b,Home > > Lamps,1.00,USD,1", "category"),
        ("B19,Title,d,b,A > B > C > D > E > F > G,1.00,USD,1", "category"),
        ("B20,Title,d,b,Home,0.00,USD,1", "price"),
    ]
}

#[tokio::test]
async fn given_1000_good_and_20_bad_rows_when_imported_then_each_bad_row_is_in_the_report_and_again_changes_nothing() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let good: Vec<_> = (0..1000)
        .map(|n| Product {
            sku: format!("G{n:04}"),
            title: format!("Good product {n}"),
            price: format!("{}.50", n + 1),
            quantity: 3,
        })
        .collect();
    let mut file = csv(&good);
    let bad = bad_rows();
    for (row, _) in &bad {
        file.push_str(row);
        file.push_str("\r\n");
    }

    let import = seller.upload("mixed.csv", file.clone()).await;

    assert_eq!(import["state"], "completed_with_errors", "{import}");
    assert_eq!(import["counts"], json!({"rows": 1020, "accepted": 1000, "rejected": 20, "unchanged": 0}), "{import}");
    let report = shop.report(&import).await;
    let lines: Vec<_> = report.lines().skip(1).collect();
    assert!(report.starts_with("line,field,code,"), "{report}");
    for (n, (row, field)) in bad.iter().enumerate() {
        let line = 1002 + n;
        let told: Vec<_> = lines.iter().filter(|text| text.starts_with(&format!("{line},"))).collect();
        assert!(told.iter().any(|text| text.starts_with(&format!("{line},{field},"))), "{row}: {told:?}");
    }
    let reported: std::collections::BTreeSet<_> = lines.iter().filter_map(|text| text.split(',').next()).collect();
    assert_eq!(reported.len(), 20, "{report}");

    let before = (shop.books().all("catalog").await.len(), seller.stock("G0007").await);
    let again = seller.upload("again.csv", csv(&good)).await;
    assert_eq!(again["counts"], json!({"rows": 1000, "accepted": 0, "rejected": 0, "unchanged": 1000}), "{again}");
    assert_eq!(seller.stock("G0007").await, before.1);
}

#[tokio::test]
async fn given_a_file_with_bom_line_breaks_and_crlf_when_imported_then_the_text_is_kept() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let product = Product::unique(2);
    let (sku, title) = (&product.sku, &product.title);
    let file = format!(
        "\u{feff}sku,title,description,brand,category,price,currency,quantity,attr:color\r\n\
         {sku},\"{title}\",\"First line\r\nsecond, \"\"quoted\"\" line\",Lumen,Home > Lighting,10.00,EUR,2,smoke blue\r\n"
    );
    let import = seller.upload("bom file ä.csv", file).await;
    assert_eq!(import["state"], "completed", "{import}");
    let hit = shop.found(title, sku).await;
    let page = shop.get(&format!("/v1/products/{}", hit["productId"].as_str().unwrap())).await.expect(200);
    assert_eq!(page.body["description"], "First line\r\nsecond, \"quoted\" line");
    assert_eq!(page.body["attributes"]["color"], "smoke blue");
    assert_eq!(page.body["price"], json!({"amount": 1000, "currency": "EUR"}));
}

#[tokio::test]
async fn given_json_lines_when_imported_then_they_are_products_too_and_another_seller_cannot_see_the_job() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let product = Product::unique(2);
    let row = json!({"sku": product.sku, "title": product.title, "description": "d", "brand": "b", "category": "Home > Lighting",
        "price": "12.34", "currency": "USD", "quantity": 2});
    let import = seller.upload("lines.jsonl", format!("{row}\n")).await;
    assert_eq!(import["state"], "completed", "{import}");
    assert_eq!(shop.found(&product.title, &product.sku).await["price"], json!({"amount": 1234, "currency": "USD"}));
    let id = import["importId"].as_str().unwrap();
    let other = shop.new_seller().await;
    other.person.send("GET", &format!("/v1/catalog-imports/{id}"), None).await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn given_a_quantity_below_what_is_reserved_when_imported_then_the_row_is_refused() {
    let shop = Shop::open().await;
    let seller = shop.new_seller().await;
    let mut product = Product::unique(5);
    let offer = seller.list_product(product.clone()).await;
    let shopper = shop.new_shopper().await;
    shopper.add(&offer, 4).await;
    // Never answered: the stock stays reserved for the seconds until the payment is given up.
    let form = shopper.order_form("pm_sandbox_timeout").await;
    product.quantity = 1;
    let (_, import) = tokio::join!(shopper.check_out("slow", &form), async {
        rialto_testkit::eventually("the stock is reserved", std::time::Duration::from_secs(20), async || {
            let rows = seller.stock(&offer).await;
            rows.iter().any(|row| row["reserved"] == 4).then_some(())
        })
        .await;
        seller.upload("lower.csv", csv(&[product.clone()])).await
    });
    assert_eq!(import["counts"]["rejected"], 1, "{import}");
    assert!(shop.report(&import).await.contains("2,quantity,"), "{import}");
    assert_eq!(shop.books().stock_of(&offer).await.0, 5);
}
