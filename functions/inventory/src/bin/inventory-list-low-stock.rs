//! `GET /v1/inventory/low-stock`.

use inventory::{handlers::list_low_stock, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, list_low_stock).await
}
