//! Makes the first index of a stage; invoked at each deployment.

use search::handlers::{Preparer, prepare_index};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_lambda::run_event(Preparer::new(&context)?, prepare_index).await
}
