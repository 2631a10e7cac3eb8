use rialto_dynamo::Table;
use rialto_http::{
    Anyone, Response,
    testing::{answered, request},
};
use serde_json::{Value, json};

use super::*;
use crate::{
    domain::category::Category,
    handlers::{
        change_product::change_product,
        change_products::change_products,
        create_category::create_category,
        create_item::create_item,
        show_category::show_category,
        testing::{now, operator, read, seller, the_seller},
    },
};

fn id(path: &[&str]) -> CategoryId {
    Category::at(&path.iter().map(|level| (*level).to_owned()).collect::<Vec<_>>()).category_id
}

async fn with_categories(paths: &[&[&str]]) -> Store {
    let store = Store::new(Table::in_memory("t"));
    for path in paths {
        let made = request("POST", "/v1/categories").json(&json!({ "path": path })).at(now()).build();
        assert_eq!(answered(create_category(&store, operator(), made).await).status().as_u16(), 201);
    }
    store
}

async fn declare(store: &Store, id: CategoryId, tag: Option<&str>, attributes: &Value) -> Response {
    let mut sent = request("PUT", "/v1/categories/x/attributes").path("id", id).at(now());
    if let Some(tag) = tag {
        sent = sent.header("if-match", tag);
    }
    answered(declare_attributes(store, operator(), sent.json(&json!({ "attributes": attributes })).build()).await)
}

async fn shown(store: &Store, id: CategoryId) -> (Value, String) {
    let answer = answered(show_category(store, Anyone, request("GET", "/").path("id", id).build()).await);
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    (read(&answer).1, tag)
}

async fn list_item(store: &Store, key: &str, body: &Value) -> (u16, Value) {
    let sent = request("POST", "/v1/items").header("idempotency-key", key).json(body).at(now()).build();
    read(&answered(create_item(store, seller("s"), sent).await))
}

async fn change(store: &Store, id: &Value, edit: &Value) -> (u16, Value) {
    let sent = request("PATCH", "/v1/products/x").path("id", id.as_str().unwrap()).header("if-match", "*");
    read(&answered(change_product(store, the_seller("s"), sent.json(edit).at(now()).build()).await))
}

#[tokio::test]
async fn given_a_category_when_it_declares_then_those_under_it_show_whose_it_is_and_the_nearest_counts() {
    let store = with_categories(&[&["Home"], &["Home", "Lamps"]]).await;
    let (home, lamps) = (id(&["Home"]), id(&["Home", "Lamps"]));
    assert_eq!(shown(&store, lamps).await.0["attributes"], json!([]));
    let of_home = json!([{"name": "Material", "type": "text", "required": true}, {"name": "width", "type": "text"}]);
    let (status, body) = read(&declare(&store, home, Some("\"1\""), &of_home).await);
    assert_eq!((status, body["attributes"].as_array().unwrap().len()), (200, 2), "{body}");
    let of_lamps = json!([{"name": "Width", "type": "number", "unit": "cm"}]);
    let answer = declare(&store, lamps, Some("\"1\""), &of_lamps).await;
    assert_eq!(answer.headers()["etag"], "\"2\"");
    let expected = json!([
        {"name": "Width", "type": "number", "unit": "cm", "values": [], "required": false},
        {"name": "Material", "type": "text", "values": [], "required": true, "inheritedFrom": {"id": home, "name": "Home"}},
    ]);
    assert_eq!(read(&answer).1["attributes"], expected);
    let (body, tag) = shown(&store, lamps).await;
    assert_eq!((&body["attributes"], tag.as_str()), (&expected, "\"2\""));
    // A new category under it shows what it takes over.
    let made = request("POST", "/v1/categories").json(&json!({"path": ["Home", "Lamps", "Desk"]})).at(now()).build();
    let (_, body) = read(&answered(create_category(&store, operator(), made).await));
    assert_eq!(body["attributes"][1]["inheritedFrom"]["name"], "Lamps", "{body}");
    // Without it, the one above counts again.
    let (_, body) = read(&declare(&store, lamps, Some("\"2\""), &json!([])).await);
    assert_eq!(
        (body["attributes"][1]["name"].as_str(), body["attributes"][1]["type"].as_str()),
        (Some("width"), Some("text"))
    );
}

#[tokio::test]
async fn given_a_declaration_that_cannot_be_when_sent_then_it_says_why_and_nothing_changes() {
    let store = with_categories(&[&["Home"]]).await;
    let home = id(&["Home"]);
    let good = json!([{"name": "A", "type": "text"}]);
    for (id, tag, attributes, status, pointer) in [
        (home, None, good.clone(), 428, Value::Null),
        (home, Some("\"9\""), good.clone(), 412, Value::Null),
        (id(&["Nowhere"]), Some("*"), good.clone(), 404, Value::Null),
        (home, Some("*"), json!([{"name": "A", "type": "colour"}]), 422, json!("/attributes/0/type")),
        (home, Some("*"), json!([{"name": "A"}]), 422, json!("/attributes/0/type")),
        (
            home,
            Some("*"),
            json!([{"name": "A", "type": "text", "values": ["x", "X"]}]),
            422,
            json!("/attributes/0/values/1"),
        ),
        (home, Some("*"), json!([{"name": "A", "type": "text", "unti": "cm"}]), 400, json!("/attributes/0/unti")),
    ] {
        let (told, body) = read(&declare(&store, id, tag, &attributes).await);
        assert_eq!((told, &body["errors"][0]["pointer"]), (status, &pointer), "{body}");
    }
    assert_eq!(shown(&store, home).await.1, "\"1\"");
}

#[tokio::test]
async fn given_declared_attributes_when_an_item_is_listed_changed_and_moved_then_it_is_judged_each_time() {
    let store = with_categories(&[&["Home"], &["Strict"]]).await;
    let width = json!([{"name": "Width", "type": "number", "unit": "cm", "required": true}]);
    declare(&store, id(&["Home"]), Some("*"), &width).await;
    let strict = json!([{"name": "Color", "type": "text", "values": ["Red"], "required": true}]);
    declare(&store, id(&["Strict"]), Some("*"), &strict).await;
    let item = |attributes: Value| {
        json!({"name": "Lamp", "price": {"amount": 100, "currency": "USD"}, "quantity": 1, "sku": "A",
            "categoryPath": ["home", "Lamps"], "attributes": attributes})
    };
    for (attributes, pointer) in [
        (json!({}), "/attributes/Width"),
        (json!({"width": "wide"}), "/attributes/width"),
        (json!({"width": "1", "Width": "2"}), "/attributes/width"),
        (json!({"width": "1", "a/b": "x\ny"}), "/attributes/a~1b"),
        (json!({"width": "1", "Weight_G": "5"}), "/attributes/Weight_G"),
    ] {
        let (status, body) = list_item(&store, "bad", &item(attributes)).await;
        assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!(pointer)), "{body}");
    }
    let (status, product) = list_item(&store, "good", &item(json!({"width": "42.50 cm", "Mood": "calm"}))).await;
    assert_eq!((status, &product["attributes"]), (201, &json!({"Width": "42.5 cm", "Mood": "calm"})), "{product}");
    let (id, variant) = (&product["id"], &product["variants"][0]["id"]);

    let (status, body) = change(&store, id, &json!({"categoryPath": ["strict"]})).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/categoryPath")), "{body}");
    let red = json!({"categoryPath": ["strict"], "attributes": [{"variantId": variant, "values": {"color": "red", "width": ""}}]});
    let (status, body) = change(&store, id, &red).await;
    assert_eq!((status, &body["attributes"]), (200, &json!({"Color": "Red", "Mood": "calm"})), "{body}");
}

#[tokio::test]
async fn given_declared_attributes_when_many_products_are_moved_at_once_then_those_that_lack_them_are_refused() {
    let store = with_categories(&[&["Strict"]]).await;
    let strict = json!([{"name": "Color", "type": "text", "values": ["Red"], "required": true}]);
    declare(&store, id(&["Strict"]), Some("*"), &strict).await;
    let mut items = Vec::new();
    for (sku, attributes) in [("A", json!({"color": "red"})), ("B", json!({}))] {
        let item = json!({"name": sku, "price": {"amount": 100, "currency": "USD"}, "quantity": 1, "sku": sku, "attributes": attributes});
        let (_, product) = list_item(&store, sku, &item).await;
        items.push(json!({"productId": product["id"], "edit": {"categoryPath": ["STRICT"]}}));
    }
    let body = json!({ "items": items });
    for (key, first) in [("one", "changed"), ("two", "unchanged")] {
        let sent = request("POST", "/v1/products/changes").header("idempotency-key", key).json(&body).at(now()).build();
        let (status, answer) = read(&answered(change_products(&store, the_seller("s"), sent).await));
        assert_eq!((status, &answer["items"][0]["status"]), (200, &json!(first)), "{answer}");
        let refused = &answer["items"][1];
        assert_eq!(refused["problem"]["errors"][0]["pointer"], "/edit/categoryPath", "{answer}");
        assert_eq!((&refused["status"], &refused["version"]), (&json!("refused"), &json!(1)));
    }
}
