//! Step `catalog-apply-import-rows`

use catalog::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("catalog").await?;
    rialto_lambda::run_step(handlers::Imports::new(&context)?, handlers::apply_import_rows::apply_import_rows).await
}
