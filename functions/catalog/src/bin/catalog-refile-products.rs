//! Queue of `CategoryMoved.v1`, and of the pages that follow

use catalog::handlers::refile_products::{Refiler, refile_products};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_lambda::run_sqs(Refiler::new(&context)?, refile_products).await
}
