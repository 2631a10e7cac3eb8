//! `carts-export-person`, a step of a person's export.

use carts::handlers::person::{ExportCart, export_person};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("carts").await?;
    rialto_lambda::run_step(ExportCart::of(&context)?, export_person).await
}
