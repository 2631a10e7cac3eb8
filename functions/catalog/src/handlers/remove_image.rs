//! `DELETE /v1/products/{id}/images/{imageId}`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, respond};
use rialto_kernel::{ImageId, ProductId};

use super::change_product::{author, owner};
use crate::store::Store;

/// Takes a picture off a product, or asks for one no more. A file that comes for it later is removed unseen.
///
/// What is behind the addresses of a picture that shoppers saw stays: their orders show it.
#[utoipa::path(
    delete, path = "/v1/products/{id}/images/{imageId}", operation_id = "catalog-remove-image", tag = "catalog",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(
        ("id" = ProductId, Path, description = "The product."),
        ("imageId" = ImageId, Path, description = "The picture."),
    ),
    responses((status = 204, description = "It is gone.")),
)]
pub async fn remove_image(store: &Store, caller: SellerOrOperator, request: Request) -> Result<Response, Problem> {
    let (product, image) = (request.path_id("id")?, request.path_id("imageId")?);
    store.remove_picture(owner(&caller), product, image, &author(&caller), request.now()).await?;
    Ok(respond::no_content())
}
