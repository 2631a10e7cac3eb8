//! Counts what was bought.

use search::handlers::{BehaviourCounter, count_sales};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_lambda::run_sqs(BehaviourCounter::new(&context)?, count_sales).await
}
