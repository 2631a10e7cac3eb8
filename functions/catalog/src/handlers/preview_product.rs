//! `GET /v1/products/{id}/preview`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator};
use rialto_kernel::ProductId;

use super::{
    change_product::owner,
    show_product::{ProductView, answer},
};
use crate::store::Store;

/// A product as its seller sees it, whether it is for sale or not: a draft, or one that is archived.
///
/// The `ETag` is for changes of the product. News of its stock leave it as it is, though the preview shows them.
#[utoipa::path(
    get, path = "/v1/products/{id}/preview", operation_id = "catalog-preview-product", tag = "catalog",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(("id" = ProductId, Path, description = "The product.")),
    responses((status = 200, description = "The product.", body = ProductView)),
)]
pub async fn preview_product(store: &Store, caller: SellerOrOperator, request: Request) -> Result<Response, Problem> {
    answer(&store.product_of(owner(&caller), request.path_id("id")?).await?, false)
}
