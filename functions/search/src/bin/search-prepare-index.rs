//! Makes the index of a stage, or begins to rebuild it; invoked at each deployment.

use search::{Rebuilder, handlers::prepare_index};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_lambda::run_event(Rebuilder::new(&context)?, prepare_index).await
}
