//! Every minute: puts on sale the drafts whose time has come

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_lambda::run_event(handlers::store(&context)?, handlers::publish_products::publish_products).await
}
