//! `POST /v1/inventory/transfers/{id}/cancel`: books all units back.

use inventory::{handlers::cancel_transfer, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, cancel_transfer).await
}
