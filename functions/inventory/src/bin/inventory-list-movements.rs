//! `GET /v1/inventory/{id}/movements`: the ledger.

use inventory::{handlers::list_movements, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, list_movements).await
}
