//! `POST /v1/inventory/receipts`: books goods that came in.

use inventory::{handlers::receive_stock, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, receive_stock).await
}
