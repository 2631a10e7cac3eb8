//! `GET /v1/warehouses`: the seller's warehouses.

use inventory::{handlers::list_warehouses, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, list_warehouses).await
}
