//! `POST /v1/products/{id}/images`

use rialto_http::{Caller, Fault, Problem, Request, Response, Seller, idempotency, respond};
use rialto_kernel::{ImageId, ProductId};
use rialto_lambda::{Context, InitError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::picture::{Alt, Asked, FILE_BYTES, MediaType, Original},
    store::{PostForm, PostForms, Store},
};

/// The table, and forms for the bucket.
#[derive(Debug, Clone)]
pub struct NewImages {
    store: Store,
    forms: PostForms,
}

impl NewImages {
    /// From `CATALOG_TABLE` and `UPLOADS_BUCKET`.
    ///
    /// # Errors
    /// When a variable is not set.
    pub fn new(context: &Context) -> Result<Self, InitError> {
        Ok(Self { store: super::store(context)?, forms: PostForms::new(context)? })
    }
}

/// A picture that is to be uploaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateImage {
    /// What the file is. Its first bytes must say the same.
    content_type: MediaType,
    /// How many bytes the file has.
    #[schema(minimum = 1, maximum = 10_000_000, example = 2_400_000)]
    bytes: u64,
    /// What the picture shows, in words.
    #[serde(default)]
    #[schema(required = false)]
    alt: Alt,
}

/// A picture that waits for its file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedImage {
    image_id: ImageId,
    upload: PostForm,
}

/// Asks for a picture of a product, and answers the form to upload its file with.
///
/// The file becomes part of the product within seconds, the last of its pictures, upright, in several sizes and without
/// anything but its pixels; or it is refused: `GET` of the same path tells. A form takes one file. A product has at most 20
/// pictures, with those that wait for their file; these wait for a day.
#[utoipa::path(
    post, path = "/v1/products/{id}/images", operation_id = "catalog-create-image", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Seller::NAME))),
    params(("id" = ProductId, Path, description = "The product."), idempotency::Accepted),
    request_body = CreateImage,
    responses(
        (status = 201, description = "The picture and the form for its file.", body = CreatedImage),
        (status = 409, description = "`LIMIT_REACHED`: remove one first"),
    ),
)]
pub async fn create_image(images: &NewImages, caller: Seller, request: Request) -> Result<Response, Problem> {
    let (product_id, now) = (request.path_id("id")?, request.now());
    let input: CreateImage = request.json()?;
    if input.bytes == 0 || input.bytes > FILE_BYTES {
        return Err(Problem::invalid("/bytes", Fault::OutOfRange, format!("must be from 1 to {FILE_BYTES}")));
    }
    let CreateImage { content_type, bytes, alt } = input;
    let asked = Asked::awaiting(content_type, alt, now);
    let seller_id = caller.seller_id;
    idempotency::perform_if_keyed(images.store.table(), &request, &caller, ImageId::draw(), async |image_id| {
        images.store.ask_for_picture(seller_id, product_id, image_id, &asked, now).await?;
        let key = Original { seller_id, product_id, image_id }.key();
        let upload = images.forms.picture_form(&key, content_type, bytes, now).await?;
        respond::created(&format!("/v1/products/{product_id}/images"), &CreatedImage { image_id, upload })
    })
    .await
}

#[cfg(test)]
#[path = "create_image_tests.rs"]
mod tests;
