//! Step `catalog-finish-import`

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_lambda::run_step(handlers::Imports::new(&context)?, handlers::finish_import::finish_import).await
}
