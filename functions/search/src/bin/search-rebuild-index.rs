//! Goes on with the rebuilding of an index; invoked each minute, and each week to begin one.

use search::{Rebuilder, handlers::rebuild_index};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("search").await?;
    rialto_lambda::run_event(Rebuilder::new(&context)?, rebuild_index).await
}
