//! `POST /v1/inventory/stocktakes`: sets the books to what was counted.

use inventory::{handlers::take_stock, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, take_stock).await
}
