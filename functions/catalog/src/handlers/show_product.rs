//! `GET /v1/products/{id}`

use std::collections::BTreeMap;

use rialto_events::types::AvailabilityStatus;
use rialto_http::{Anyone, Caller, Problem, Request, Response, StatusCode, respond};
use rialto_kernel::{Money, OfferId, ProductId, SellerId, Timestamp, VariantId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        described::Described,
        picture::Picture,
        product::{Availability, Status},
        storefront::Seo,
    },
    store::{Shown, Store},
};

/// Browsers ask again each time, with the entity tag; the CDN keeps it for five minutes, or until it is told that the product
/// changed (`purge_pages`).
pub(super) const CACHE: &str = "public, max-age=0, s-maxage=300";

/// Raised with each change of what [`view`] makes of a product: whoever has the page as it was made before is sent the new one.
const VIEW: u32 = 2;

/// A product with all that its page shows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product)]
#[serde(rename_all = "camelCase")]
pub struct ProductView {
    id: ProductId,
    /// Its address for people, at `GET /v1/products/by-slug/{slug}`: words and the id.
    #[schema(example = "glass-lamp-prd_0190163d8694739b9f3a1c5d7e9b2f40")]
    slug: String,
    title: String,
    description: String,
    brand: Option<String>,
    /// From the department down.
    #[schema(example = json!(["Home", "Lighting"]))]
    category_path: Vec<String>,
    tags: Vec<String>,
    /// For search engines; what is absent is as title and description.
    seo: Seo,
    /// Other products to show beside it. Some may not exist, or not be shown: those have no card at `GET /v1/product-cards`.
    related: Vec<ProductId>,
    /// The lowest of the variants' prices.
    price: Money,
    /// The main one first.
    variants: Vec<VariantView>,
    /// Addresses of pictures: the largest sizes of the gallery, then those that its variants name.
    images: Vec<String>,
    /// Pictures that its seller uploaded, each in several sizes.
    gallery: Vec<Picture>,
    /// What all variants have in common.
    attributes: BTreeMap<String, String>,
    seller: SellerView,
    rating: RatingView,
    /// Of the variants together.
    availability: AvailabilityView,
    shipping: ShippingView,
    /// Whether it is for sale; only for its seller and operators.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    /// When a draft is put on sale by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    publish_at: Option<Timestamp>,
}

/// A variant of a product, with the seller's offer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProductVariant)]
#[serde(rename_all = "camelCase")]
pub struct VariantView {
    id: VariantId,
    offer_id: OfferId,
    /// The seller's own text.
    sku: String,
    /// What sets it apart from the other variants, such as size and colour.
    options: BTreeMap<String, String>,
    price: Money,
    images: Vec<String>,
    availability: AvailabilityView,
}

/// How much can be bought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProductAvailability)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityView {
    #[schema(value_type = String, pattern = "^(in_stock|low|out_of_stock)$", example = "in_stock")]
    status: AvailabilityStatus,
    /// Units left, when the status is `low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<u32>,
}

/// Who sells it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProductSeller)]
pub struct SellerView {
    id: SellerId,
}

/// What buyers think of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProductRating)]
pub struct RatingView {
    /// From 1 to 5, as a decimal; absent without reviews.
    average: Option<String>,
    /// Number of reviews.
    count: u64,
}

/// How it comes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProductShipping)]
#[serde(rename_all = "camelCase")]
pub struct ShippingView {
    /// Whose warehouse it leaves.
    #[schema(example = "seller")]
    fulfilled_by: &'static str,
}

/// A product with price, variants, pictures, seller and availability.
///
/// The `ETag` is weak: it is for caches, and changes with the stock as well. To change the product, take the one of its preview.
#[utoipa::path(
    get, path = "/v1/products/{id}", operation_id = "catalog-show-product", tag = "catalog",
    extensions(("x-rialto-caller" = json!(Anyone::NAME))),
    params(
        ("id" = ProductId, Path, description = "The product."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer at hand."),
    ),
    responses(
        (status = 200, description = "The product.", body = ProductView),
        (status = 304, description = "It is as `If-None-Match` says."),
    ),
)]
pub async fn show_product(store: &Store, _: Anyone, request: Request) -> Result<Response, Problem> {
    page(&store.product(request.path_id("id")?).await?, &request)
}

/// The product as shoppers see it, or that what is at hand is so still.
pub(super) fn page(shown: &Shown, request: &Request) -> Result<Response, Problem> {
    let tag = format!("{VIEW}.{}", shown.version());
    let response = if is_at_hand(request, &tag) {
        Response::new(StatusCode::NOT_MODIFIED, "application/json", Vec::new())
    } else {
        respond::ok(&view(shown)?)?
    };
    Ok(response.weak_etag(&tag).cache(CACHE))
}

/// The product as its seller or an operator sees it, with the tag of what people and rows made of it: news of its stock, which
/// come at any time, leave that as it is, so that no change of theirs fails for them.
pub(super) fn answer(shown: &Shown, created: bool) -> Result<Response, Problem> {
    let (status, publish_at) = (Some(shown.product.status), shown.product.publish_at);
    let view = ProductView { status, publish_at, ..view(shown)? };
    let response =
        if created { respond::created(&format!("/v1/products/{}", view.id), &view)? } else { respond::ok(&view)? };
    Ok(response.etag(shown.product.version))
}

fn is_at_hand(request: &Request, tag: &str) -> bool {
    let tag = format!("\"{tag}\"");
    let given = request.header("if-none-match").unwrap_or_default();
    given.split(',').map(str::trim).any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag)
}

fn view(shown: &Shown) -> Result<ProductView, Problem> {
    let product = &shown.product;
    let (main, price) = product.main.as_ref().zip(product.price()).ok_or_else(Problem::not_found)?;
    let Described { common, mut options } = product.described();
    let variants = product.sorted_variants();
    let variants = variants.iter().map(|(id, variant)| VariantView {
        id: *id,
        offer_id: variant.offer_id,
        sku: variant.sku.clone(),
        options: options.remove(id).unwrap_or_default(),
        price: variant.price,
        images: variant.image.iter().cloned().collect(),
        availability: shown.availability_of(variant.offer_id).into(),
    });
    Ok(ProductView {
        id: product.id,
        slug: product.slug(),
        title: main.title.clone(),
        description: main.description.clone(),
        brand: main.brand.clone(),
        category_path: main.category_path.clone(),
        tags: main.tags.clone(),
        seo: product.storefront.seo.clone(),
        related: product.storefront.related.clone(),
        price,
        variants: variants.collect(),
        images: product.images(),
        gallery: product.pictures.clone(),
        attributes: common,
        seller: SellerView { id: product.seller_id },
        rating: RatingView { average: None, count: 0 },
        availability: availability_of_all(shown),
        shipping: ShippingView { fulfilled_by: "seller" },
        status: None,
        publish_at: None,
    })
}

/// How much of a product can be bought, its variants together.
pub(super) fn availability_of_all(shown: &Shown) -> AvailabilityView {
    let offers: Vec<_> =
        shown.product.variants.values().map(|variant| shown.availability_of(variant.offer_id)).collect();
    Availability::of_all(&offers).into()
}

impl From<Availability> for AvailabilityView {
    fn from(availability: Availability) -> Self {
        Self { status: availability.status, available: availability.available }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{product::Product, row::Row};
    use std::collections::HashMap;

    fn row(sku: &str, parent: &str, color: &str, price: &str) -> Row {
        let values = [
            ("sku", sku),
            ("title", "Shirt"),
            ("category", "Apparel > Shirts"),
            ("price", price),
            ("currency", "USD"),
            ("quantity", "1"),
            ("parent_sku", parent),
            ("attr:color", color),
            ("attr:fabric", "cotton"),
        ];
        Row::check(&values.map(|(k, v)| (k.to_owned(), v.to_owned())).into_iter().collect::<BTreeMap<_, _>>()).unwrap()
    }

    #[test]
    fn given_a_product_when_shown_then_all_that_its_page_needs_is_there() {
        let seller = SellerId::named(&["s"]);
        let (red, blue) = (row("S-R", "", "red", "20.00"), row("S-B", "S-R", "blue", "18.50"));
        let mut product = Product::unknown(red.product_id(seller), seller);
        [&red, &blue].into_iter().for_each(|row| product.place(row, "2026-01-01T00:00:00Z".parse().unwrap()));
        let few = Availability { status: AvailabilityStatus::Low, available: Some(3), version: 4 };
        let shown = Shown { product, availability: HashMap::from([(blue.offer_id(seller), few)]) };
        let json = serde_json::to_value(view(&shown).unwrap()).unwrap();
        let expected = serde_json::json!({
            "id": red.product_id(seller), "slug": format!("shirt-{}", red.product_id(seller)), "title": "Shirt", "description": "", "brand": null,
            "categoryPath": ["Apparel", "Shirts"], "tags": [], "seo": {}, "related": [], "price": {"amount": 1850, "currency": "USD"},
            "variants": [
                {"id": red.variant_id(seller), "offerId": red.offer_id(seller), "sku": "S-R", "options": {"color": "red"},
                 "price": {"amount": 2000, "currency": "USD"}, "images": [], "availability": {"status": "out_of_stock"}},
                {"id": blue.variant_id(seller), "offerId": blue.offer_id(seller), "sku": "S-B", "options": {"color": "blue"},
                 "price": {"amount": 1850, "currency": "USD"}, "images": [], "availability": {"status": "low", "available": 3}},
            ],
            "images": [], "gallery": [], "attributes": {"fabric": "cotton"}, "seller": {"id": seller}, "rating": {"average": null, "count": 0},
            "availability": {"status": "low", "available": 3}, "shipping": {"fulfilledBy": "seller"},
        });
        assert_eq!(json, expected);
        assert_eq!(shown.version(), 4);
    }
}
