//! `PUT /v1/inventory/{id}/threshold`: when an offer counts as low.

use inventory::{handlers::set_threshold, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_http::run(&context, Inventory::of(&context)?, set_threshold).await
}
