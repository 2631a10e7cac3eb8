//! `POST /v1/inventory/adjustments`: corrects the books.

use inventory::{handlers::adjust_stock, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, adjust_stock).await
}
