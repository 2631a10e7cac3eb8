//! `PUT /v1/products/{id}/images`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator};
use rialto_kernel::{ImageId, ProductId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    change_product::{author, judge, owner},
    show_product::{ProductView, answer},
};
use crate::{
    domain::{gallery::arranged, picture::Alt},
    store::{Shown, Store},
};

/// The pictures of a product, in the order of its page.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ArrangeImages {
    /// Every picture that is ready, once.
    #[schema(max_items = 20)]
    items: Vec<ArrangedImage>,
}

/// A picture and what it shows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArrangedImage {
    image_id: ImageId,
    /// What it shows, in words; left out, it is said no longer.
    #[serde(default)]
    #[schema(required = false)]
    alt: Alt,
}

/// Sets the order of a product's pictures and what each shows.
///
/// The first one stands for the product in lists, and in search and carts where the variant has no picture of its own.
#[utoipa::path(
    put, path = "/v1/products/{id}/images", operation_id = "catalog-arrange-images", tag = "catalog",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(
        ("id" = ProductId, Path, description = "The product."),
        ("If-Match" = String, Header, description = "The `ETag` of the product's preview, of the list of its pictures, or of the last change's answer."),
    ),
    request_body = ArrangeImages,
    responses((status = 200, description = "The product afterwards.", body = ProductView)),
)]
pub async fn arrange_images(store: &Store, caller: SellerOrOperator, request: Request) -> Result<Response, Problem> {
    let (id, if_match, now) = (request.path_id("id")?, request.required_if_match()?, request.now());
    let input: ArrangeImages = request.json()?;
    let order: Vec<_> = input.items.into_iter().map(|item| (item.image_id, String::from(item.alt))).collect();
    let judged = |shown: &Shown| judge(shown, &if_match, |shown| Ok(arranged(&shown.product, &order)?));
    let shown = store.edit(owner(&caller), id, &author(&caller), now, judged).await?;
    answer(&shown, false)
}
