//! The queue of `StockMoved.v1`.

use inventory::handlers::{offer_of, track_availability};
use inventory::store::Inventory;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_lambda::run_sqs_by_key(Inventory::of(&context)?, offer_of, track_availability).await
}
