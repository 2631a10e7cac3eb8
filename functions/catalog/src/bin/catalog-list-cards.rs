//! `GET /v1/product-cards`

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_http::run(&context, handlers::store(&context)?, handlers::list_cards::list_cards).await
}
