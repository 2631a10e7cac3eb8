//! `GET /v1/inventory/transfers/{id}`.

use inventory::{handlers::show_transfer, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, show_transfer).await
}
