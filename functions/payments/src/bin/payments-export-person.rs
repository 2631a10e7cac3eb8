//! `payments-export-person`, a step of a person's export.

use payments::handlers::methods::{ExportMethods, export_person};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("payments").await?;
    rialto_lambda::run_step(ExportMethods::of(&context)?, export_person).await
}
