//! `GET /v1/products/by-slug/{slug}`

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_http::run(&context, handlers::store(&context)?, handlers::show_product_by_slug::show_product_by_slug).await
}
