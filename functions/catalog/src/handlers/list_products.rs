//! `GET /v1/products`

use rialto_http::{Anyone, Caller, Limit, Paging, Problem, Request, Response, respond};
use rialto_kernel::{Money, ProductId, SellerId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::show_product::{AvailabilityView, CACHE, availability_of_all};
use crate::{
    domain::category::Named,
    store::{Shown, Sort, Store},
};

/// Which products, in which order.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Browse {
    /// A category by its id or its path, such as `Home > Lighting`. Products of those under it are there too.
    #[param(
        value_type = String, max_length = 320, example = "Home > Lighting",
        pattern = r"^[^>]*[^>\s][^>]*(>[^>]*[^>\s][^>]*){0,4}$"
    )]
    category: Named,
    /// `newest` unless given. Prices in different currencies are not compared: they come currency by currency.
    #[serde(default)]
    #[param(required = false, inline)]
    sort: Sort,
    /// How many.
    #[serde(default)]
    #[param(required = false)]
    limit: Limit,
    /// `nextCursor` of the page before, with the same category and sort.
    cursor: Option<String>,
}

/// A product as a list shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductCard {
    pub(super) id: ProductId,
    /// Its address for people, at `GET /v1/products/by-slug/{slug}`.
    slug: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<String>,
    /// From the department down.
    category_path: Vec<String>,
    /// The lowest of the variants' prices.
    price: Money,
    /// Its first picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    seller_id: SellerId,
    /// Of the variants together.
    availability: AvailabilityView,
}

/// A page of products.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductPage {
    /// In the order asked for. One that was just withdrawn is left out, so a page may hold fewer than the limit.
    items: Vec<ProductCard>,
    /// For the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Products of a category, as they are now. A new one may take a moment to appear.
#[utoipa::path(
    get, path = "/v1/products", operation_id = "catalog-list-products", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    params(Browse),
    responses((status = 200, description = "A page of products; empty for a category that has none.", body = ProductPage)),
)]
pub async fn list_products(store: &Store, _: Anyone, request: Request) -> Result<Response, Problem> {
    let Browse { category: Named(category), sort, limit, cursor } = request.query()?;
    let name = format!("GET /v1/products category={category} sort={}", sort.name());
    let list = Paging { limit, cursor }.of(name);
    let page = store.browse(category, sort, list.limit, list.after()?).await?;
    let next_cursor = list.next(page.next)?;
    let items = page.items.iter().filter_map(card).collect();
    Ok(respond::ok(&ProductPage { items, next_cursor })?.cache(CACHE))
}

pub(super) fn card(shown: &Shown) -> Option<ProductCard> {
    let product = &shown.product;
    let main = product.main.as_ref()?;
    Some(ProductCard {
        id: product.id,
        slug: product.slug(),
        title: main.title.clone(),
        brand: main.brand.clone(),
        category_path: main.category_path.clone(),
        price: product.price()?,
        image: product.images().into_iter().next(),
        seller_id: product.seller_id,
        availability: availability_of_all(shown),
    })
}
