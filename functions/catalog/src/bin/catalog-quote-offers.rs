//! Step `catalog-quote-offers`

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_lambda::run_step(handlers::store(&context)?, handlers::quote_offers::quote_offers).await
}
