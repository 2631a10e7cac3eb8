//! Every quarter of an hour: compares stock and ledger.

use inventory::{handlers::reconcile_stock, store::Inventory};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_lambda::run_event(Inventory::of(&context)?, reconcile_stock).await
}
