//! `GET /v1/inventory/transfers`.

use inventory::{handlers::list_transfers, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, list_transfers).await
}
