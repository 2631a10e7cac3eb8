//! `GET /v1/products/{id}/images`

use rialto_http::{Caller, Problem, Request, Response, SellerOrOperator, respond};
use rialto_kernel::{ImageId, ProductId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::change_product::owner;
use crate::{
    domain::picture::{Album, Asked, Picture, Refusal, Size, State},
    store::{Shown, Store},
};

/// A picture of a product as its seller sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProductImageStanding)]
pub struct Standing {
    image_id: ImageId,
    state: State,
    /// What it shows.
    alt: String,
    /// Its sizes, when it is ready.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    sizes: Vec<Size>,
    /// Why its file was refused, and what to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
    /// When nothing is told of it any more, unless it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// Pictures of a product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProductImageStandings)]
pub struct Standings {
    /// Those that are ready, in the order of the product's page; then the others, as they were asked for.
    items: Vec<Standing>,
}

/// A product's pictures: those that shoppers see, those that wait for their file, and those whose file was refused.
///
/// The `ETag` is the product's, for changes of the pictures that are ready.
#[utoipa::path(
    get, path = "/v1/products/{id}/images", operation_id = "catalog-list-images", tag = "catalog",
    extensions(("x-rialto-caller" = json!(SellerOrOperator::NAME))),
    params(("id" = ProductId, Path, description = "The product.")),
    responses((status = 200, description = "All of them.", body = Standings)),
)]
pub async fn list_images(store: &Store, caller: SellerOrOperator, request: Request) -> Result<Response, Problem> {
    let (shown, album) = store.pictures(owner(&caller), request.path_id("id")?).await?;
    answer(&shown, &album, request.now())
}

pub(super) fn answer(shown: &Shown, album: &Album, now: Timestamp) -> Result<Response, Problem> {
    let ready = shown.product.pictures.iter().map(Standing::ready);
    // One that became part of the product between the two reads is in both.
    let is_ready = |id: &ImageId| shown.product.pictures.iter().any(|picture| picture.id == *id);
    let others = album.told(now).into_iter().filter(|(id, _)| !is_ready(id));
    let items = ready.chain(others.map(|(id, asked)| Standing::of(id, asked))).collect();
    Ok(respond::ok(&Standings { items })?.etag(shown.product.version))
}

impl Standing {
    fn ready(picture: &Picture) -> Self {
        Self {
            image_id: picture.id,
            state: State::Ready,
            alt: picture.alt.clone(),
            sizes: picture.sizes.clone(),
            refusal: None,
            expires_at: None,
        }
    }

    fn of(image_id: ImageId, asked: &Asked) -> Self {
        Self {
            image_id,
            state: if asked.refusal.is_some() { State::Refused } else { State::AwaitingUpload },
            alt: asked.alt.clone(),
            sizes: Vec::new(),
            refusal: asked.refusal.clone(),
            expires_at: Some(asked.expires_at),
        }
    }
}
