//! `POST /v1/inventory/transfers`: sends units to another warehouse.

use inventory::{handlers::dispatch_transfer, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, dispatch_transfer).await
}
