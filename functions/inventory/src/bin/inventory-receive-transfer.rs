//! `POST /v1/inventory/transfers/{id}/receive`: books what arrived.

use inventory::{handlers::receive_transfer, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, receive_transfer).await
}
