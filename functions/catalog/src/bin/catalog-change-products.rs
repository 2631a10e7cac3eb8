//! `POST /v1/products/changes`

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_http::run(&context, handlers::store(&context)?, handlers::change_products::change_products).await
}
