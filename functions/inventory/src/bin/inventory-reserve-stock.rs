//! Step of a checkout: sets stock aside for the order.

use inventory::handlers::{Reservations, reserve_stock};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), rialto_lambda::Error> {
    let context = rialto_lambda::init("inventory").await?;
    rialto_lambda::run_step(Reservations::of(&context)?, reserve_stock).await
}
