//! `POST /v1/warehouses`: adds a warehouse of the seller.

use inventory::{handlers::add_warehouse, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, add_warehouse).await
}
