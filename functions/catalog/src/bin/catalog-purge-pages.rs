//! Queue of `ProductChanged` and `AvailabilityChanged`

use catalog::handlers::purge_pages::{Purger, purge_pages};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_lambda::run_sqs_batch(Purger::new(&context)?, purge_pages).await
}
