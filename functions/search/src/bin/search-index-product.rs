//! Takes products and their availability into the index.

use search::handlers::{Indexer, index_product};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_lambda::run_sqs_batch(Indexer::new(&context)?, index_product).await
}
