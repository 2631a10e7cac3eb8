//! A step of a person's export.

use orders::handlers::export_person::{ExportOrders, export_person};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("orders").await?;
    rialto_lambda::run_step(ExportOrders::of(&context)?, export_person).await
}
