//! `GET /v1/seller/products`

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_http::run(&context, handlers::store(&context)?, handlers::list_seller_products::list_seller_products).await
}
