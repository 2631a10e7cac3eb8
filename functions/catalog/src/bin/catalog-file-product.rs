//! Queue of `ProductChanged.v1`

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_lambda::run_sqs(handlers::store(&context)?, handlers::file_product::file_product).await
}
