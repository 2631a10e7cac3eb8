//! The queue of `ItemListed.v1`.

use inventory::handlers::stock_item;
use inventory::store::Inventory;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_lambda::run_sqs(Inventory::of(&context)?, stock_item).await
}
