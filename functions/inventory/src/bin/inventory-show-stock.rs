//! `GET /v1/inventory/{id}`: the stock of an offer.

use inventory::{handlers::show_stock, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, show_stock).await
}
