//! Queue of the bucket's notifications

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_lambda::run_sqs(handlers::start_import::Starter::new(&context)?, handlers::start_import::start_import).await
}
