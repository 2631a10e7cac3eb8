//! `GET /v1/seller/products`

use rialto_http::{Caller, Fault, Limit, Paging, Problem, Request, Response, SellerOrOperator, code, respond};
use rialto_kernel::{Money, ProductId, SellerId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    change_product::owner,
    show_product::{AvailabilityView, availability_of_all},
};
use crate::{
    domain::product::Status,
    store::{Shown, Store},
};

/// Which of whose products.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct Assortment {
    /// Those for sale, those that are not yet, or those that are no longer.
    #[param(inline)]
    status: Status,
    /// Whose list: an operator has to say, a seller sees only their own.
    seller_id: Option<SellerId>,
    /// How many.
    #[serde(default)]
    #[param(required = false)]
    limit: Limit,
    /// `nextCursor` of the page before, with the same status.
    cursor: Option<String>,
}

/// A product as its seller's list shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SellerProduct {
    id: ProductId,
    title: String,
    /// Of its main row.
    sku: String,
    status: Status,
    /// When a draft is put on sale by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    publish_at: Option<Timestamp>,
    /// The lowest of the variants' prices.
    price: Money,
    /// How many variants it has.
    #[schema(example = 1)]
    variants: usize,
    /// Of the variants together.
    availability: AvailabilityView,
    /// Counts its changes: what a change of many products at once is judged on, if it says so.
    #[schema(example = 3)]
    version: u64,
}

/// A page of a seller's products.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SellerProducts {
    /// By SKU. One whose status has just changed is left out, so a page may hold fewer than the limit.
    items: Vec<SellerProduct>,
    /// For the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A seller's products of one status, as they are now; one that just came to it may take a moment to appear.
#[utoipa::path(
    get, path = "/v1/seller/products", operation_id = "catalog-list-seller-products", tag = "catalog",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(Assortment),
    responses(
        (status = 200, description = "A page of products.", body = SellerProducts),
        (status = 404, description = "Another seller's list"),
    ),
)]
pub async fn list_seller_products(
    store: &Store,
    caller: SellerOrOperator,
    request: Request,
) -> Result<Response, Problem> {
    let Assortment { status, seller_id, limit, cursor } = request.query()?;
    let seller = match (owner(&caller), seller_id) {
        (Some(own), None) => own,
        (Some(own), Some(asked)) if own == asked => own,
        (Some(_), Some(_)) => return Err(Problem::not_found()),
        (None, Some(asked)) => asked,
        (None, None) => {
            let problem = Problem::of(code::INVALID_QUERY);
            return Err(problem.parameter("sellerId", Fault::Required, "an operator says whose list"));
        }
    };
    let name = format!("GET /v1/seller/products seller={seller} status={}", status.name());
    let list = Paging { limit, cursor }.of(name);
    let page = store.assortment(seller, status, list.limit, list.after()?).await?;
    let next_cursor = list.next(page.next)?;
    respond::ok(&SellerProducts { items: page.items.iter().filter_map(view).collect(), next_cursor })
}

fn view(shown: &Shown) -> Option<SellerProduct> {
    let product = &shown.product;
    Some(SellerProduct {
        id: product.id,
        title: product.main.as_ref()?.title.clone(),
        sku: product.main_sku()?.to_owned(),
        status: product.status,
        publish_at: product.publish_at,
        price: product.price()?,
        variants: product.variants.len(),
        availability: availability_of_all(shown),
        version: product.version,
    })
}

#[cfg(test)]
#[path = "list_seller_products_tests.rs"]
mod tests;
