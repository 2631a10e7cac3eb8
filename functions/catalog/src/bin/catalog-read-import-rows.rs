//! Step `catalog-read-import-rows`

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_lambda::run_step(handlers::Imports::new(&context)?, handlers::read_import_rows::read_import_rows).await
}
