//! `POST /v1/items`

use std::collections::BTreeMap;

use rialto_http::{Caller, Fault, Problem, Request, Response, Seller, idempotency};
use rialto_kernel::{ImportId, Money, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

use super::show_product::{ProductView, answer};
use crate::{
    domain::{
        attribute_texts::{Name, Value},
        edit::{Brand, Description, EditError, Level, Sku, Title},
        edit_attributes::checked,
        product::Status,
        row::{CATEGORY_DEPTH, PRICE_MINOR_UNITS, QUANTITY, Row},
        tags::{TAGS, Tag, distinct},
    },
    store::{Sale, Store},
};

/// Where an item goes that names no category.
const ELSEWHERE: &str = "Other";

/// The simplest listing: one thing, one price.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateItem {
    /// What it is called.
    name: Title,
    /// Plain text.
    description: Option<Description>,
    /// Of one unit; above zero.
    price: Money,
    /// Units on hand, which go to the seller's default warehouse.
    #[schema(maximum = 1_000_000, example = 12)]
    quantity: u32,
    /// The seller's own text for it, drawn unless given. No other item of the seller may have it.
    sku: Option<Sku>,
    /// Empty or absent for none.
    brand: Option<Brand>,
    /// From the department down; `Other` unless given.
    #[schema(min_items = 1, max_items = 5)]
    category_path: Option<Vec<Level>>,
    /// Each is kept once, whatever its case.
    #[schema(max_items = 20)]
    tags: Option<Vec<Tag>>,
    /// By name; what its category declares, these are judged by.
    #[serde(default)]
    #[schema(required = false, example = json!({"Width": "42 cm"}))]
    attributes: BTreeMap<Name, Value>,
    /// Whether it is for sale: `active`, which it is unless given, or `draft`.
    status: Option<Status>,
    /// When a draft is put on sale by itself, within a minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    publish_at: Option<Timestamp>,
}

/// Lists one item, without a file: a product with one variant and its offer.
///
/// Its stock is booked by an event, within seconds. Variants and pictures come by `POST /v1/catalog-imports`.
#[utoipa::path(
    post, path = "/v1/items", operation_id = "catalog-create-item", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Seller::NAME))),
    params(idempotency::Required),
    request_body = CreateItem,
    responses(
        (status = 201, description = "The product.", body = ProductView),
        (status = 409, description = "`SKU_TAKEN`: change that product instead"),
    ),
)]
pub async fn create_item(store: &Store, caller: Seller, request: Request) -> Result<Response, Problem> {
    let input: CreateItem = request.json()?;
    let now = request.now();
    idempotency::perform(store.table(), &request, &caller, ImportId::draw(), async |listing_id| {
        let sale = sale(&input)?;
        let row = row(input, listing_id)?;
        let shown = store.list_item(caller.seller_id, listing_id, &row, sale, now).await?;
        answer(&shown, true)
    })
    .await
}

fn sale(input: &CreateItem) -> Result<Sale, Problem> {
    match (input.status.unwrap_or_default(), input.publish_at) {
        (Status::Draft, publish_at) => Ok(Sale::Draft { publish_at }),
        (Status::Active, None) => Ok(Sale::Now),
        (Status::Active, Some(_)) => {
            Err(Problem::invalid("/publishAt", Fault::NotAllowed, "is for drafts: write the status draft with it"))
        }
        (Status::Archived, _) => Err(Problem::invalid("/status", Fault::NotAllowed, "must be active or draft")),
    }
}

fn row(input: CreateItem, listing_id: ImportId) -> Result<Row, Problem> {
    let CreateItem { name, description, price, quantity, sku, brand, category_path, tags, attributes, .. } = input;
    if price.amount() <= 0 || price.amount() > PRICE_MINOR_UNITS {
        let message = format!("must be from 1 to {PRICE_MINOR_UNITS}");
        return Err(Problem::invalid("/price/amount", Fault::OutOfRange, message));
    }
    if quantity > QUANTITY {
        return Err(Problem::invalid("/quantity", Fault::OutOfRange, format!("must be at most {QUANTITY}")));
    }
    let path: Vec<String> =
        category_path.map_or_else(|| vec![ELSEWHERE.to_owned()], |p| p.into_iter().map(String::from).collect());
    if path.is_empty() || path.len() > CATEGORY_DEPTH {
        let message = format!("must have 1 to {CATEGORY_DEPTH} levels");
        return Err(Problem::invalid("/categoryPath", Fault::OutOfRange, message));
    }
    if tags.as_ref().is_some_and(|tags| tags.len() > TAGS) {
        return Err(Problem::invalid("/tags", Fault::OutOfRange, format!("must have at most {TAGS} tags")));
    }
    Ok(Row {
        sku: sku.map_or_else(|| drawn(listing_id), String::from),
        title: name.into(),
        description: description.map(String::from).unwrap_or_default(),
        brand: brand.map(String::from).filter(|brand| !brand.is_empty()),
        category_path: path,
        price,
        quantity,
        attributes: checked(&attributes).map_err(|EditError { pointer, message }| {
            Problem::invalid(format!("/attributes{pointer}"), Fault::NotAllowed, message)
        })?,
        image_url: None,
        parent_sku: None,
        tags: tags.map(distinct),
    })
}

/// A SKU that follows from the request, so that the same request never lists two.
fn drawn(listing_id: ImportId) -> String {
    listing_id.to_string().replacen("imp_", "ITEM-", 1)
}

#[cfg(test)]
mod tests {
    use rialto_dynamo::Table;
    use rialto_http::testing::{answered, request};
    use rialto_kernel::{SellerId, UserId};
    use serde_json::{Value, json};

    use super::*;

    #[tokio::test]
    async fn given_tags_when_an_item_is_listed_then_its_page_has_each_once_and_too_many_are_refused() {
        let store = Store::new(Table::in_memory("t"));
        let list = async |key: &str, tags: Value| {
            let caller = Seller { user_id: UserId::named(&["s"]), seller_id: SellerId::named(&["s"]) };
            let item = json!({"name": "Lamp", "price": {"amount": 1, "currency": "USD"}, "quantity": 1, "tags": tags});
            let asked = request("POST", "/v1/items").header("idempotency-key", key).json(&item).build();
            let response = answered(create_item(&store, caller, asked).await);
            let tag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
            (response.status().as_u16(), tag, serde_json::from_slice::<Value>(response.body()).unwrap())
        };
        let (status, tag, listed) = list("1", json!(["Gift", " gift", "summer"])).await;
        assert_eq!((status, tag.as_deref(), &listed["tags"]), (201, Some("\"1\""), &json!(["Gift", "summer"])));
        assert_eq!(list("2", Value::Null).await.2["tags"], json!([]));
        let (status, _, refused) = list("3", json!(vec!["x"; 21])).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/tags")));
    }
}
